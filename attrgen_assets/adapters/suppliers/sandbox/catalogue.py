"""Invented appliance parts with known values. The same seed gives the same parts, and each part by itself."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.gtin import check_digit

PARTS: Final = 5_000

# brand: (its department's site, pattern of its part numbers; # is a digit)
_BRANDS: Final = {
    "GE": ("ge.example.com", "WR##X#####"),
    "Whirlpool": ("whirlpool.example.com", "W1#######"),
    "Frigidaire": ("frigidaire.example.com", "2########"),
    "LG": ("lg.example.com", "EBR########"),
    "Samsung": ("samsung.example.com", "DA##-#####A"),
    "Bosch": ("bosch.example.com", "00######"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What parts of one kind have in common. inches: typical longest side. electrical: has voltage and terminals."""

    department: str
    name: str
    noun: str
    inches: tuple[float, float]
    pounds: tuple[float, float]
    dollars: tuple[float, float]
    electrical: bool
    materials: tuple[str, ...]
    symptoms: tuple[str, ...]


def _kind(where: str, noun: str, sizes: str, materials: str, symptoms: str, *, electrical: bool = False) -> Category:
    department, name = where.split(" > ")
    inches, pounds, dollars = ((float(a), float(b)) for a, b in (pair.split("-") for pair in sizes.split()))
    return Category(
        department=department, name=name, noun=noun, inches=inches, pounds=pounds, dollars=dollars,
        electrical=electrical, materials=tuple(materials.split("|")), symptoms=tuple(symptoms.split("|")),
    )  # fmt: skip


_COLD, _WASH, _DISH, _HEAT, _DRY = "Refrigeration", "Laundry", "Dishwashing", "Cooking", "Drying"
_CATEGORIES: Final = (
    _kind(f"{_COLD} > Sensors", "Temperature Sensor", "1-6 0.05-0.3 8-40", "ABS|Epoxy",
          "Too warm|Too cold|Runs all the time|Does not defrost", electrical=True),
    _kind(f"{_COLD} > Door Seals", "Door Gasket", "24-70 1-5 40-160", "PVC|Rubber", "Door ajar|Frost|Sweating"),
    _kind(f"{_COLD} > Shelves", "Door Shelf Bin", "8-20 0.5-3 25-90", "Acrylic|Styrene", "Shelf broken|Shelf fell"),
    _kind(f"{_COLD} > Filters", "Water Filter", "7-12 0.4-1.5 30-70", "Carbon|Polypropylene", "Bad taste|Slow water"),
    _kind(f"{_COLD} > Ice Makers", "Ice Maker Assembly", "9-14 3-8 90-260", "Steel|ABS",
          "No ice|Too little ice|Leaks", electrical=True),
    _kind(f"{_WASH} > Pumps", "Drain Pump", "5-9 1-4 30-120", "Polypropylene|ABS",
          "Does not drain|Noisy|Leaks", electrical=True),
    _kind(f"{_WASH} > Belts", "Drive Belt", "10-40 0.1-0.6 10-45", "Rubber|Neoprene", "Does not spin|Squeals"),
    _kind(f"{_DISH} > Racks", "Rack Roller Kit", "1-4 0.05-0.5 8-40", "Nylon|Polypropylene", "Rack falls|Rack sticks"),
    _kind(f"{_DISH} > Heating", "Heating Element", "8-22 0.5-2 25-90", "Steel|Incoloy",
          "Does not dry|Water stays cold", electrical=True),
    _kind(f"{_HEAT} > Igniters", "Oven Igniter", "4-10 0.2-0.8 20-80", "Silicon Carbide|Ceramic",
          "Does not heat|Slow to heat", electrical=True),
    _kind(f"{_HEAT} > Knobs", "Control Knob", "1-3 0.05-0.3 6-35", "ABS|Zinc", "Knob turns freely|Knob broken"),
    _kind(f"{_DRY} > Fuses", "Thermal Fuse", "1-4 0.03-0.2 6-30", "Ceramic|Phenolic",
          "Does not start|Does not heat", electrical=True),
)  # fmt: skip
_COLORS: Final = ("White", "Black", "Gray", "Clear", "Almond", "Silver")
_FINISHES: Final = ("Matte", "Glossy", "Textured", "Brushed")
_TERMINALS: Final = ("Quick Connect", "Spade", "Plug-In", "Wire Lead")
_TYPES: Final = ("oem", "oem", "oem", "aftermarket", "universal")

# Part numbers that a demo can rely on: number, brand, category, successor.
_NAMED: Final = (
    ("WR55X10025", "GE", 0, None),
    ("WR55X11152", "GE", 0, "WR55X10025"),  # not sold any more: use WR55X10025
    ("CHAIN1001", "Whirlpool", 5, "CHAIN1002"),
    ("CHAIN1002", "Whirlpool", 5, "CHAIN1003"),
    ("CHAIN1003", "Whirlpool", 5, None),
    ("LOOP1001", "Bosch", 7, "LOOP1002"),  # two records that point at each other, as catalogues have them
    ("LOOP1002", "Bosch", 7, "LOOP1001"),
)
NAMED: Final = len(_NAMED)
"""How many part numbers are named, at the front; every supplier has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part and its true values by field; a field that does not apply is absent. index: its place, from 0."""

    index: int
    number: str
    category: Category
    successor: str | None
    truth: dict[str, Any]


class Catalogue:
    """`parts` parts of a seed.

    >>> Catalogue(seed=7, parts=10).find("WR55X10025").truth["manufacturer"]
    'GE'
    """

    def __init__(self, *, seed: int, parts: int = PARTS) -> None:
        self.seed = seed
        self._numbers = _numbers(seed, max(parts, len(_NAMED)))
        self._index = {number: index for index, number in enumerate(self._numbers)}
        self._part = lru_cache(maxsize=None)(self._make)

    @property
    def numbers(self) -> tuple[str, ...]:
        """All part numbers, those that are named in the documentation first."""
        return self._numbers

    def find(self, number: str) -> Part | None:
        """The part of a number."""
        index = self._index.get(number)
        return None if index is None else self._part(index)

    def at(self, index: int) -> Part | None:
        """The part at a place."""
        return self._part(index) if 0 <= index < len(self._numbers) else None

    def truth_rows(self) -> Iterator[tuple[str, str, str]]:
        """(object, attribute, value) of every true value; the value as `claims_frame` writes it."""
        for index in range(len(self._numbers)):
            part = self._part(index)
            for attribute, value in part.truth.items():
                yield part.number, attribute, value_text(value) or ""

    def _make(self, index: int) -> Part:
        rng = random.Random(f"{self.seed}:part:{index}")  # noqa: S311 - invented data, to be the same every time
        number = self._numbers[index]
        if index < len(_NAMED):
            _, brand, kind, successor = _NAMED[index]
            category = _CATEGORIES[kind]
        else:
            brand, category = _brand_of(self.seed, index), rng.choice(_CATEGORIES)
            later = index + rng.randint(1, 50)
            successor = self._numbers[later] if later < len(self._numbers) and rng.random() < 0.02 else None
        return Part(
            index=index, number=number, category=category, successor=successor,
            truth=_truth(rng, number, brand, category, self._numbers),
        )  # fmt: skip


def _brand_of(seed: int, index: int) -> str:
    return random.Random(f"{seed}:brand:{index}").choice(list(_BRANDS))  # noqa: S311 - invented data


def _numbers(seed: int, count: int) -> tuple[str, ...]:
    numbers = {number: None for number, *_ in _NAMED}
    rng = random.Random(f"{seed}:numbers")  # noqa: S311 - invented data
    while len(numbers) < count:
        pattern = _BRANDS[_brand_of(seed, len(numbers))][1]
        numbers.setdefault("".join(str(rng.randrange(10)) if mark == "#" else mark for mark in pattern))
    return tuple(numbers)


def _truth(rng: random.Random, number: str, brand: str, category: Category, numbers: tuple[str, ...]) -> dict[str, Any]:
    longest = rng.uniform(*category.inches)
    sides = [round(longest * share, 2) for share in (1.0, rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.3))]
    price = round(rng.uniform(*category.dollars), 2)
    color, material = rng.choice(_COLORS), rng.choice(category.materials)
    digits = f"0{rng.randrange(10**10):010d}"
    site = _BRANDS[brand][0]
    images = [f"https://images.{site}/{number}/{view}.jpg" for view in ("front", "back", "scale")]
    truth: dict[str, Any] = {
        "mpn": number,
        "manufacturer": brand,
        "part_type": rng.choice(_TYPES),
        "part_title": f"{brand} {category.noun} {number}",
        "long_description": (
            f"{category.noun} for {brand} appliances, part number {number}. Made of {material.lower()}, "
            f"{color.lower()}. Measures {sides[0]:g} by {sides[1]:g} by {sides[2]:g} inches."
        ),
        "primary_department": category.department,
        "primary_category": category.name,
        "sub_categories": [f"{brand} {category.name}", category.noun],
        "primary_image_url": images[0],
        "gallery_images": images[: rng.randint(1, 3)],
        "msrp": round(price * rng.uniform(1.1, 1.6), 2),
        "current_selling_price": price,
        "weight_lbs": round(rng.uniform(*category.pounds), 2),
        **_sizes(sides),
        "upc_ean_gtin": f"{digits}{check_digit(digits)}",
        "compatible_models": _models(rng, brand),
        "cross_reference_parts": sorted(
            {rng.choice(numbers), f"AP{rng.randrange(10**7):07d}", f"PS{rng.randrange(10**7):07d}"}
        ),
        "color": color,
        "material": material,
        "finish": rng.choice(_FINISHES),
        "related_symptoms": sorted(rng.sample(category.symptoms, rng.randint(1, len(category.symptoms)))),
        "installation_suggestions": f"Unplug the appliance. Take out the old {category.noun.lower()}. Fit the new one.",
        "manufacturer_url": f"https://{site}/parts/{number}",
    }
    if category.electrical:
        truth |= {"voltage": float(rng.choice((12, 120, 240))), "terminal_type": rng.choice(_TERMINALS)}
    return truth


def _sizes(sides: list[float]) -> dict[str, float]:
    """Of the part, and of a box with a quarter of an inch around it."""
    named = dict(zip(("length", "width", "height"), sides, strict=True))
    product = {f"product_{side}_in": value for side, value in named.items()}
    return product | {f"box_{side}_in": round(value + 0.5, 2) for side, value in named.items()}


def _models(rng: random.Random, brand: str) -> list[str]:
    """Numbers of appliances, 3 to 50."""
    return sorted({f"{brand[:2].upper()}{rng.randrange(10**5):05d}" for _ in range(rng.randint(3, 50))})

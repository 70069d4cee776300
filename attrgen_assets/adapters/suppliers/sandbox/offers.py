"""What each supplier says of a part: the truth, with its own errors, its gaps, and what it copied from another."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from attrgen_assets.adapters.suppliers.sandbox.catalogue import NAMED, Part
from attrgen_assets.adapters.suppliers.sandbox.specs import own_specs

# Share of values that are wrong, of values that are absent, of parts that it does not have.
_HABITS: Final = {
    "encompass": (0.06, 0.05, 0.04),
    "marcone": (0.10, 0.04, 0.06),
    "reliable_parts": (0.18, 0.08, 0.10),
    "amazon": (0.22, 0.15, 0.08),
}
_COPYIST, _COPIED_FROM, _COPY_SHARE = "reliable_parts", "marcone", 0.4  # copies a part's values as they are, errors too
_STALE_SHARE: Final = 0.08
_PRICES: Final = frozenset({"msrp", "current_selling_price"})
_KEPT: Final = frozenset({"mpn", "primary_image_url", "gallery_images", "manufacturer_url"})
_WRONG: Final = {
    "manufacturer": ("Hotpoint", "Kenmore", "Maytag"),
    "part_type": ("generic", "aftermarket", "refurbished"),
    "primary_department": ("Appliances", "Parts", "Kitchen"),
    "primary_category": ("Accessories", "Hardware", "Assemblies"),
    "color": ("Beige", "Chrome", "Blue"),
    "material": ("Plastic", "Metal", "Composite"),
    "finish": ("Painted", "Chrome", "Satin"),
    "terminal_type": ("Ring", "Screw", "Pigtail"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A part as one supplier has it.

    values: by field; None where it says "N/A". price_date: since when its prices hold. junk_sizes: it writes
    thousandths of an inch as if they were inches. successor: of a part that it does not sell any more. specs: what it
    lists beyond, by its own names.
    """

    part: Part
    supplier: str
    values: dict[str, Any]
    price_date: date
    junk_sizes: bool
    no_weight: bool
    successor: str | None
    specs: dict[str, str]

    def get(self, field: str, absent: Any = "") -> Any:
        """The value of a field, or `absent`."""
        return self.values.get(field, absent)


def make_offer(part: Part, supplier: str, *, seed: int, today: date) -> Offer | None:
    """What the supplier says of the part; None where it does not have it. The same arguments give the same offer."""
    rng = random.Random(f"{seed}:{supplier}:{part.index}")  # noqa: S311 - invented data, to be the same every time
    if rng.random() < _HABITS[supplier][2] and part.index >= NAMED:
        return None
    values = _values(part, supplier, seed=seed)
    if supplier == _COPYIST and rng.random() < _COPY_SHARE:
        own = {name: values[name] for name in _PRICES if name in values}
        values = {**_values(part, _COPIED_FROM, seed=seed), **own}
    stale = rng.random() < _STALE_SHARE
    age = rng.randint(500, 1_500) if stale else rng.randint(0, 90)
    if stale:
        for name in sorted(_PRICES & values.keys()):  # in an order of its own each process would draw other numbers
            values[name] = round(values[name] * rng.uniform(0.55, 0.8), 2)
    demo = part.number == "WR55X10025"
    return Offer(
        part=part,
        supplier=supplier,
        values=values,
        price_date=today - timedelta(days=age),
        junk_sizes=supplier == "encompass" and (demo or rng.random() < 0.2),
        no_weight=supplier == "encompass" and (demo or rng.random() < 0.25),
        successor=part.successor,
        specs=own_specs(part, supplier, seed=seed),
    )


def _values(part: Part, supplier: str, *, seed: int) -> dict[str, Any]:
    wrong_share, gap_share, _ = _HABITS[supplier]
    rng = random.Random(f"{seed}:values:{supplier}:{part.index}")  # noqa: S311 - invented data
    values: dict[str, Any] = {}
    for name, value in part.truth.items():
        gap, wrong = rng.random() < gap_share, rng.random() < wrong_share
        changed = _changed(name, value, rng)
        if name in _KEPT or not (gap or wrong):
            values[name] = _own_price(name, value, rng)
        elif not gap:
            values[name] = changed
    if not part.category.electrical:
        values |= {"voltage": None, "terminal_type": None}
    return values


def _own_price(name: str, value: Any, rng: random.Random) -> Any:
    """Every shop has a price of its own, some per cent around the market's."""
    return round(value * rng.uniform(0.97, 1.03), 2) if name == "current_selling_price" else value


def _changed(name: str, value: Any, rng: random.Random) -> Any:
    """A wrong value, as sources have them: another word, a list with less in it, a number that is off."""
    if isinstance(value, float):
        return round(value * rng.choice((0.5, 0.8, 1.25, 2.0)), 2)
    if isinstance(value, list):
        return value[: max(1, len(value) // 2)]
    if name == "upc_ean_gtin":
        return f"{value[:-1]}{(int(value[-1]) + 1) % 10}"  # the check digit is wrong
    return rng.choice(_WRONG[name]) if name in _WRONG else f"{value} (see note)"

"""What the sandbox's suppliers list beyond their common fields, each under names and in units of its own."""

import random
from collections.abc import Callable
from typing import Final

from attrgen_assets.adapters.suppliers.sandbox.catalogue import Part

_WRONG_SHARE: Final = 0.06

# noun of the category: (name at Marcone, how it writes a number), (name at Reliable Parts, how it writes it), numbers
_Spec = tuple[tuple[str, Callable[[float], str]], tuple[str, Callable[[float], str]], tuple[float, ...]]


def _as(text: str, factor: float = 1.0) -> Callable[[float], str]:
    return lambda number: text.format(f"{number * factor:g}")


_SPECS: Final[dict[str, tuple[_Spec, ...]]] = {
    "Temperature Sensor": (
        (("Resistance", _as("{} ohms")), ("Coil Resistance", _as("{} kohm", 0.001)), (2_700, 5_000, 10_000)),
        (("Temp Range", _as("-22 to {} F")), ("Operating Temperature", _as("-22 - {} °F")), (120, 140, 180)),
        (("Lead Length", _as("{} in")), ("Wire Length (in)", _as("{}")), (4.5, 6, 11)),
    ),
    "Drain Pump": (
        (("Watts", _as("{}")), ("Power Rating", _as("{} kW", 0.001)), (35, 60, 85)),
        (("Frequency", _as("{} Hz")), ("Frequency (Hz)", _as("{}")), (60,)),
        (("GPM", _as("{}")), ("Flow Rate", _as("{} gpm")), (10, 13, 17)),
    ),
    "Drive Belt": (
        (("Belt Length", _as("{} in")), ("Outer Circumference", _as("{} cm", 2.54)), (73.5, 89.5, 93.5)),
        (("Ribs", _as("{}")), ("Number of Ribs", _as("{}")), (4, 5, 6)),
    ),
    "Water Filter": (
        (("Filter Life", _as("{} months")), ("Replace Every", _as("{} months")), (6,)),
        (("Gallon Capacity", _as("{}")), ("Filter Capacity", _as("{} gal")), (170, 200, 300)),
    ),
    "Thermal Fuse": (
        (("Opens At", _as("{} F")), ("Cut Off Temperature", _as("{} degrees F")), (184, 196, 309)),
        (("Amps", _as("{}")), ("Current Rating", _as("{} A")), (15, 25)),
    ),
    "Oven Igniter": (
        (("Amps", _as("{} - 3.6 A")), ("Rated Current", _as("{}-3.6 amps")), (3.2, 3.3)),
        (("Gas", lambda _: "Natural or LP"), ("Fuel Type", lambda _: "Natural or LP"), (1,)),
    ),
    "Heating Element": (
        (("Wattage", _as("{} W")), ("Watts (W)", _as("{}")), (1_400, 2_500, 3_000)),
    ),
    "Control Knob": (
        (("Shaft Size", _as("{} in")), ("Shaft Diameter", _as("{} mm", 25.4)), (0.25, 0.3125)),
        (("Stem Style", lambda _: "D-shaped"), ("Stem Style", lambda _: "D-Shaped"), (1,)),
    ),
}  # fmt: skip


def own_specs(part: Part, supplier: str, *, seed: int) -> dict[str, str]:
    """{name: value} of one supplier, the same every time; now and then wrong.

    >>> from attrgen_assets.adapters.suppliers.sandbox.catalogue import Catalogue
    >>> sorted(own_specs(Catalogue(seed=17).find("WR55X10025"), "marcone", seed=17))
    ['Lead Length', 'Resistance', 'Temp Range']
    """
    truth = random.Random(f"{seed}:specs:{part.index}")  # noqa: S311 - invented data, to be the same every time
    slips = random.Random(f"{seed}:specs:{supplier}:{part.index}")  # noqa: S311 - as above
    found = {}
    for marcone, reliable, numbers in _SPECS.get(part.category.noun, ()):
        number = truth.choice(numbers)
        if slips.random() < _WRONG_SHARE:
            number *= 2
        name, written = marcone if supplier == "marcone" else reliable
        found[name] = written(number)
    return found

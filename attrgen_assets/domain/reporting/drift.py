"""Has a feed changed its habits? The profiles of two runs, held against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, log2, sqrt
from typing import Final

from attrgen_assets.domain.reporting.profile import AttributeProfile, Profile

LEAST_DISTANCE: Final = 0.1
"""Below this a distribution counts as the same: 50 % against 57 % of two values is 0.06, against 64 % it is 0.12."""
LEAST_COVERAGE_CHANGE: Final = 0.05
Z_CHANCE: Final = 3.0902
"""And it must be more than chance alone brings once in a thousand times: the normal distribution's 99.9 % point."""

_LEAST_SHIFT: Final = 0.01  # smaller ones are the same number in a table
_OTHER: Final = "(other values)"


@dataclass(frozen=True, slots=True)
class Shift:
    """A value whose share of the found ones changed; shares 0-1."""

    value: str
    then: float
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDrift:
    """One attribute in both runs.

    coverage_then, coverage_now: found / (found + not found), 0-1, None where that cannot be said.
    distance: Jensen-Shannon distance of the value distributions, 0-1, None where a run has no values.
    chance: the distance that two samples of these sizes from one distribution exceed once in a thousand times.
    shifts: the values that moved most, most first.
    """

    name: str
    coverage_then: float | None
    coverage_now: float | None
    coverage_moved: bool
    distance: float | None
    chance: float | None
    values_moved: bool
    shifts: tuple[Shift, ...]

    @property
    def coverage_change(self) -> float | None:
        """Now less then, -1 to 1."""
        if self.coverage_then is None or self.coverage_now is None:
            return None
        return self.coverage_now - self.coverage_then


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """This run against the one before; `appeared` and `vanished` name attributes that only one of them has."""

    then: Profile
    now: Profile
    attributes: tuple[AttributeDrift, ...]
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]

    @property
    def moved(self) -> tuple[str, ...]:
        """Attributes whose coverage or values moved."""
        return tuple(one.name for one in self.attributes if one.coverage_moved or one.values_moved)

    @property
    def largest_distance(self) -> float:
        """The largest distance of all attributes, 0-1; 0 where nothing can be compared."""
        return max((one.distance or 0.0 for one in self.attributes), default=0.0)


def drift(then: Profile, now: Profile) -> Drift:
    """Compare two runs, attribute by attribute in the order of the later one."""
    before = {attribute.name: attribute for attribute in then.attributes}
    names = [attribute.name for attribute in now.attributes]
    return Drift(
        then=then,
        now=now,
        attributes=tuple(_attribute_drift(before[one.name], one) for one in now.attributes if one.name in before),
        appeared=tuple(name for name in names if name not in before),
        vanished=tuple(name for name in before if name not in names),
    )


def jensen_shannon_distance(first: Mapping[str, int], second: Mapping[str, int]) -> float | None:
    """How far apart two distributions are: 0 the same, 1 nothing in common; None where one has no counts.

    The square root of the Jensen-Shannon divergence to base 2 (Lin, Divergence measures based on the Shannon
    entropy, IEEE Trans. Inf. Theory 37, 1991), which is a metric (Endres, Schindelin, IEEE Trans. Inf. Theory 49,
    2003). Unlike the population stability index it is defined for values that only one of the two has.

    >>> jensen_shannon_distance({"Red": 5, "Blue": 5}, {"Red": 50, "Blue": 50})
    0.0
    >>> jensen_shannon_distance({"Red": 5}, {"Blue": 7})
    1.0
    """
    rows, others = sum(first.values()), sum(second.values())
    if not rows or not others:
        return None
    divergence = 0.0
    for value in first.keys() | second.keys():
        p, q = first.get(value, 0) / rows, second.get(value, 0) / others
        divergence += sum(share * log2(2 * share / (p + q)) for share in (p, q) if share) / 2
    return round(sqrt(min(1.0, max(0.0, divergence))), 9)


def chance_distance(values: int, rows: int, others: int) -> float:
    """The distance that two samples of one distribution over so many values exceed once in a thousand times.

    For small differences the divergence in nats is the sum of (p - q)^2 / 8m; over two samples of n and k rows that is
    (1/n + 1/k) / 8 times a chi-square statistic with values - 1 degrees of freedom, whose quantile is that of Wilson
    and Hilferty (The distribution of chi-square, PNAS 17, 1931). Where most values are rare the bound is generous.

    >>> round(chance_distance(10, 100, 100), 3)
    0.318
    """
    if not rows or not others or values < 2:
        return 0.0
    freedom = values - 1
    spread = 2 / (9 * freedom)
    quantile = freedom * (1 - spread + Z_CHANCE * sqrt(spread)) ** 3
    return min(1.0, sqrt(quantile * (1 / rows + 1 / others) / (8 * log(2))))


def _attribute_drift(then: AttributeProfile, now: AttributeProfile) -> AttributeDrift:
    first, second = _distributions(then, now)
    distance = jensen_shannon_distance(first, second)
    rows, others = sum(first.values()), sum(second.values())
    chance = chance_distance(len(first.keys() | second.keys()), rows, others) if distance is not None else None
    shifts = [
        Shift(value, first.get(value, 0) / rows, second.get(value, 0) / others)
        for value in (first.keys() | second.keys() if distance else ())
    ]
    shifts.sort(key=lambda shift: (-round(abs(shift.now - shift.then), 9), shift.value))
    return AttributeDrift(
        name=now.name,
        coverage_then=then.found_fraction,
        coverage_now=now.found_fraction,
        coverage_moved=_coverage_moved(then, now),
        distance=distance,
        chance=chance,
        values_moved=distance is not None and chance is not None and distance >= max(LEAST_DISTANCE, chance),
        shifts=tuple(shift for shift in shifts[:3] if abs(shift.now - shift.then) >= _LEAST_SHIFT),
    )


def _distributions(then: AttributeProfile, now: AttributeProfile) -> tuple[dict[str, int], dict[str, int]]:
    """Counts by value of both runs. A value that one of them may have counted among the rest counts there in both."""
    first, second = ({count.name: count.rows for count in one.values} for one in (then, now))
    if then.other_values or now.other_values:
        both = first.keys() & second.keys()
        first, second = (
            {value: rows for value, rows in counts.items() if value in both}
            | {_OTHER: one.other_values + sum(rows for value, rows in counts.items() if value not in both)}
            for one, counts in ((then, first), (now, second))
        )
    return first, second


def _coverage_moved(then: AttributeProfile, now: AttributeProfile) -> bool:
    """Whether the found share moved by more than a little, and by more than chance brings once in a thousand times."""
    before, after = then.found_fraction, now.found_fraction
    if before is None or after is None:
        return False
    rows, others = _applies(then), _applies(now)
    share = (before * rows + after * others) / (rows + others)
    error = sqrt(share * (1 - share) * (1 / rows + 1 / others))
    return abs(after - before) >= max(LEAST_COVERAGE_CHANGE, Z_CHANCE * error)


def _applies(one: AttributeProfile) -> int:
    return one.statuses.get("FOUND", 0) + one.statuses.get("NOT_FOUND", 0)

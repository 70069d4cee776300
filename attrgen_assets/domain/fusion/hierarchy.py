"""Broader and narrower values that do not contradict one another: Silk and Pure Silk, Paris and "Paris, France"."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.errors import FeedError

NARROWER: Final = 1 / 3
"""The narrower value is taken where at least this share of those who say one of the two says it."""

_KEY: Final = ("object", "attribute")


class Hierarchy:
    """Which value is a kind of which: child -> parent, case and punctuation aside."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._parents = {folded(child): folded(parent) for child, parent in pairs}
        for child in self._parents:
            self._check(child)

    def _check(self, child: str) -> None:
        seen, at = {child}, child
        while at in self._parents:
            at = self._parents[at]
            if at in seen:
                raise FeedError(f"the hierarchy goes in a circle: {child!r} is a kind of itself, by way of {at!r}")
            seen.add(at)

    def narrower(self, one: str, other: str) -> bool:
        """Whether `one` is a kind of `other`.

        >>> Hierarchy([("Tussar Silk", "Pure Silk"), ("Pure Silk", "Silk")]).narrower("tussar silk", "SILK")
        True
        """
        at, wanted = folded(one), folded(other)
        while at in self._parents:
            at = self._parents[at]
            if at == wanted:
                return True
        return False

    def __bool__(self) -> bool:
        return bool(self._parents)


def folded(text: str) -> str:
    """A value as it is compared: letters and digits in lower case, one space between words."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def places_within(one: str, other: str) -> bool:
    """Whether a place says all that another says, and more: its parts, between commas, are among those of the other.

    >>> places_within("Paris, France", "France"), places_within("Paris, Texas", "Paris, France")
    (True, False)
    """
    mine, theirs = ({folded(part) for part in text.split(",") if folded(part)} for text in (one, other))
    return theirs < mine and bool(theirs)


def without_broader(claims: pl.DataFrame, rules: Mapping[str, FieldRule], hierarchy: Hierarchy) -> pl.DataFrame:
    """The claims, where one value of an object's attribute is a kind of another as if all had said one of them.

    That is the narrower one where it is supported (`NARROWER`), else the broader. claims: object, attribute, source,
    value; rules: by attribute, of which those of the kinds text and place are looked at.
    """
    places = [name for name, rule in rules.items() if rule.kind == "place"]
    texts = [name for name, rule in rules.items() if rule.kind == "text"] if hierarchy else []
    if not places and not texts:
        return claims
    wanted = claims.filter(pl.col("attribute").is_in([*places, *texts]) & pl.col("value").is_not_null())
    several = wanted.group_by(_KEY).agg(pl.col("value")).filter(pl.col("value").list.n_unique() > 1)
    changes = [
        (thing, attribute, old, new)
        for thing, attribute, values in several.iter_rows()
        for old, new in _replaced(values, attribute in places, hierarchy).items()
    ]
    if not changes:
        return claims
    table = pl.DataFrame(changes, schema=[*_KEY, "value", "instead"], orient="row")
    joined = claims.join(table, on=[*_KEY, "value"], how="left", maintain_order="left")
    return joined.with_columns(value=pl.coalesce("instead", "value")).drop("instead")


def _replaced(values: Sequence[str], place: bool, hierarchy: Hierarchy) -> dict[str, str]:
    """What each value is taken for that is not taken as it is."""
    votes = Counter(values)
    found: dict[str, str] = {}
    within = places_within if place else hierarchy.narrower
    for narrow, broad in ((a, b) for a in sorted(votes) for b in sorted(votes) if within(a, b)):
        rivals = [one for one in votes if one != narrow and within(one, broad) and not within(narrow, one)]
        if rivals:  # two different kinds of Silk: which of them the others mean nobody can say
            continue
        if votes[narrow] >= NARROWER * (votes[narrow] + votes[broad]):
            found[broad] = narrow
        else:
            found[narrow] = broad
    return {old: found.get(new, new) for old, new in found.items() if found.get(new, new) != old}

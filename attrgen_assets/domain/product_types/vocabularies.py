"""Legal values of an attribute, folded over the files that speak of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from attrgen_assets.domain.product_types.file_entries import ValueEntry
from attrgen_assets.domain.product_types.model import LegalValue, Synonym
from attrgen_assets.domain.product_types.nodes import At
from attrgen_assets.domain.product_types.parts import Places
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.errors import Problem


@dataclass(slots=True)
class PlacedValue:
    """A legal value, its synonyms and its parent, each with the place where it was written."""

    value: str
    at: At
    parent: str | None = None
    parent_at: At | None = None
    synonyms: list[tuple[Synonym, At]] = field(default_factory=list)

    def take(self, entry: ValueEntry, at: At) -> None:
        """Take over what an entry says."""
        if entry.parent is not None:
            self.parent, self.parent_at = entry.parent, at / "parent"
        for position, synonym in enumerate(entry.synonyms):
            placed = at / "synonyms" / position
            self.synonyms.append((Synonym(text=synonym.text, reason=synonym.reason), placed))


@dataclass(slots=True)
class ValueList:
    """Legal values in order, and what was wrong with the changes made to them."""

    values: dict[str, PlacedValue] = field(default_factory=dict)
    dropped: dict[str, At] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def define(self, entries: Sequence[ValueEntry], at: At) -> None:
        """Start over with these values."""
        self.values, self.dropped = {}, {}
        for position, entry in enumerate(entries):
            place = at / position
            if entry.value in self.values:
                self.problems.append(place.problem("the same value twice", found=repr(entry.value)))
                continue
            self.values[entry.value] = PlacedValue(entry.value, place)
            self.values[entry.value].take(entry, place)

    def add(self, entries: Sequence[ValueEntry], at: At) -> None:
        """Add values; to one that is there already, add what is said of it."""
        seen = set()
        for position, entry in enumerate(entries):
            place = at / position
            if entry.value in seen:
                self.problems.append(place.problem("the same value twice", found=repr(entry.value)))
                continue
            seen.add(entry.value)
            self.values.setdefault(entry.value, PlacedValue(entry.value, place)).take(entry, place)

    def drop(self, texts: Sequence[str], at: At) -> None:
        """Take values out."""
        for position, text in enumerate(texts):
            if text in self.values:
                del self.values[text]
                self.dropped[text] = at / position
            else:
                help = suggestion(text, self.values)
                self.problems.append((at / position).problem("no such value to drop", found=repr(text), help=help))

    def build(self, places: Places, attribute: str) -> tuple[LegalValue, ...]:
        """The legal values, noting where each was written."""
        legal = []
        for position, placed in enumerate(self.values.values()):
            path = ("attributes", attribute, "values", position)
            places.note(placed.at, *path)
            if placed.parent_at is not None:
                places.note(self.dropped.get(placed.parent or "", placed.parent_at), *path, "parent")
            for number, (_, at) in enumerate(placed.synonyms):
                places.note(at, *path, "synonyms", number)
            synonyms = tuple(synonym for synonym, _ in placed.synonyms)
            legal.append(LegalValue(value=placed.value, parent=placed.parent, synonyms=synonyms))
        return tuple(legal)

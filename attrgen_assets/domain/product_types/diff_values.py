"""Differences between two lists of legal values."""

from collections.abc import Iterator

from attrgen_assets.domain.product_types.changed import Change
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, LegalValue
from attrgen_assets.domain.product_types.renames import match_renames
from attrgen_assets.domain.product_types.touches import Touch
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.text import normalise_text

Enum = EnumAttribute | EnumListAttribute


def diff_values(old: Enum, new: Enum) -> Iterator[Change]:
    """Values added, removed and renamed; synonyms and parents changed; another order."""
    before, after = _by_value(old), _by_value(new)
    gone = {value: _spellings(before[value]) for value in before if value not in after}
    come = {value: _spellings(after[value]) for value in after if value not in before}
    renamed = match_renames(gone, come)
    missed = _that_may_get_more(new)
    for value in gone:
        touches = (Touch(attribute=old.name, value=value),)
        if value in renamed:
            names = {"old": value, "new": renamed[value]}
            yield Change(what="renamed?", subject="value", where=new.name, touches=touches, **names)
        else:
            yield Change(what="removed", subject="value", where=new.name, old=value, touches=touches)
    for value in come:
        if value not in renamed.values():
            yield Change(what="added", subject="value", where=new.name, new=value, touches=missed)
    pairs = [(value, renamed.get(value, value)) for value in before]
    for name, other in pairs:
        if other in after:
            yield from _diff_value(new, before[name], after[other])
    kept = [value for value in before if value in after]
    if kept != [value for value in after if value in before] and isinstance(new, EnumListAttribute):
        touches = (Touch(attribute=new.name, status=Status.FOUND),)
        yield Change(
            what="changed", subject="order of values", where=new.name, old="as before", new="another", touches=touches
        )


def _by_value(attribute: Enum) -> dict[str, LegalValue]:
    return {legal.value: legal for legal in attribute.values}


def _spellings(legal: LegalValue) -> set[str]:
    return {synonym.text for synonym in legal.synonyms}


def _that_may_get_more(attribute: Enum) -> tuple[Touch, ...]:
    """Documents in which a new spelling may be found: one value that is found stays, a list gets longer."""
    statuses = [Status.NOT_FOUND, Status.FOUND][: 1 + isinstance(attribute, EnumListAttribute)]
    return tuple(Touch(attribute=attribute.name, status=status) for status in statuses)


def _diff_value(attribute: Enum, old: LegalValue, new: LegalValue) -> Iterator[Change]:
    """Synonyms and parent of one value, under its new name. A spelling counts once, as texts are compared."""
    where = f"{attribute.name} {new.value!r}"
    holders, missed = (Touch(attribute=attribute.name, value=old.value),), _that_may_get_more(attribute)
    before, after = ({normalise_text(text): text for text in _spellings(legal)} for legal in (old, new))
    names = {normalise_text(old.value), normalise_text(new.value)}
    for spelled in sorted(before.keys() - after.keys() - names):
        yield Change(what="removed", subject="synonym", where=where, old=before[spelled], touches=holders)
    for spelled in sorted(after.keys() - before.keys() - names):
        yield Change(what="added", subject="synonym", where=where, new=after[spelled], touches=missed)
    if old.parent != new.parent:
        parents = {"old": old.parent or "none", "new": new.parent or "none"}
        yield Change(what="changed", subject="parent", where=where, touches=holders, **parents)

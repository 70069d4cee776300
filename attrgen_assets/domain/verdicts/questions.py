"""Which fields of a record models are asked about: those in conflict, and required ones that are missing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz

from attrgen_assets.domain.parts.claims import Claim, value_text
from attrgen_assets.domain.parts.fields import PART_FIELDS, Field
from attrgen_assets.domain.parts.fused_record import why_barred
from attrgen_assets.domain.parts.record import REVIEWED, FieldValue, PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.equality import Sameness, sameness
from attrgen_assets.domain.verdicts.evidence import Evidence, evidence_for
from attrgen_assets.domain.verdicts.model import Why

MOST_CANDIDATES: Final = 5
_ASKED_KINDS: Final = frozenset({"text", "number", "enum"})
_PROSE: Final = frozenset({"part_title", "long_description", "installation_suggestions"})
"""Other words are no disagreement here; title and description are written anew from the facts."""
_EXACT: Final = frozenset({"mpn", "upc_ean_gtin"})
"""A number that another one contains is another number: WR55X10025, WR55X10025-50PK."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that sources claim. sources: all that say the same. texts: as which they say it."""

    value: Any
    sources: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldQuestion:
    """A field to ask about. candidates: of a conflict what is claimed, best supported first; of a missing enum field
    the most likely legal values. evidence: of a missing field, what an answer has to be found in.
    """

    field: Field
    why: Why
    candidates: tuple[Candidate, ...] = ()
    evidence: Evidence | None = None


def questions_about(
    record: PartRecord, claims: Sequence[Claim], fields: Mapping[str, Field] = PART_FIELDS
) -> tuple[FieldQuestion, ...]:
    """What to ask, in the order of the fields.

    In conflict is a FOUND value of a text, number or enum that a usable claim contradicts; broader and narrower
    ("Silk", "Pure Silk") do not contradict. Lists are unions and prose is no matter of right or wrong. A missing field
    is asked for only where there is evidence that an answer could be found in. What a person reviewed is not asked.
    """
    usable = [one for one in claims if one.value is not None and not why_barred(one, claims)]
    known = sameness(_values(record, usable, fields), fields)
    found: list[FieldQuestion] = []
    for name, field in fields.items():
        held = record.fields.get(name)
        if held is None or held.method == REVIEWED or field.kind not in _ASKED_KINDS:
            continue
        if held.status is Status.FOUND and name not in _PROSE:
            said = [claim for claim in usable if claim.attribute == name]
            candidates = _candidates(field, held, said, known)
            if len(candidates) > 1:
                found.append(FieldQuestion(field, "conflict", candidates))
        elif held.status is Status.NOT_FOUND and field.required:
            evidence = evidence_for(field, record, claims)
            if evidence.any:
                options = top_candidates(field.values, evidence.texts)
                found.append(FieldQuestion(field, "missing", tuple(map(Candidate, options)), evidence))
    return tuple(found)


def top_candidates(values: Sequence[str], texts: Iterable[str], most: int = MOST_CANDIDATES) -> tuple[str, ...]:
    """The legal values that the texts speak of most likely, best first, not the whole vocabulary.

    >>> top_candidates(["oem", "aftermarket", "used"], ["Genuine OEM part", "after market"], most=2)
    ('oem', 'aftermarket')
    """
    words = " ".join(texts).lower()
    score = {value: fuzz.partial_ratio(value.lower(), words) for value in values}
    return tuple(sorted(values, key=lambda value: -score[value])[:most])


def _values(record: PartRecord, usable: Iterable[Claim], fields: Mapping[str, Field]) -> Iterable[tuple[str, Any]]:
    for claim in usable:
        if claim.attribute in fields:
            yield claim.attribute, claim.value
    for name, held in record.fields.items():
        if name in fields and held.status is Status.FOUND:
            yield name, held.value


def _candidates(field: Field, held: FieldValue, said: Sequence[Claim], known: Sameness) -> tuple[Candidate, ...]:
    """What is claimed, one of each that are the same; of those that agree with the record's value, that value."""
    said = [claim for claim in said if known.key(field.name, claim.value) is not None]
    support = Counter(value_text(claim.value) for claim in said)
    ordered = sorted(said, key=lambda claim: (-support[value_text(claim.value)], value_text(claim.value) or ""))
    leaders: list[tuple[Any, list[Claim]]] = [(held.value, [])]
    for claim in ordered:
        group = next((group for value, group in leaders if known.same(field.name, value, claim.value)), None)
        if group is None:
            leaders.append((claim.value, [claim]))
        else:
            group.append(claim)
    others = [
        (value, group)
        for value, group in leaders[1:]
        if (not field.values or value in field.values) and not _compatible(field, held.value, value, known)
    ]
    if not others:
        return ()
    found = [_candidate(value, group) for value, group in (leaders[0], *others)]
    return tuple(sorted(found, key=lambda one: -len(one.sources))[:MOST_CANDIDATES])


def _candidate(value: Any, group: Sequence[Claim]) -> Candidate:
    sources = tuple(sorted({claim.source for claim in group}))
    return Candidate(value, sources, tuple(sorted({value_text(claim.value) or "" for claim in group})))


def _compatible(field: Field, one: Any, other: Any, known: Sameness) -> bool:
    """Whether one is only broader or narrower than the other."""
    if field.kind != "text" or field.name in _EXACT:
        return False
    left, right = (f" {known.key(field.name, value)} " for value in (one, other))
    return left in right or right in left

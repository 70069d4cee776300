"""From claims to a record: which claims count, what fusion makes of them, and what a person has to see."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrgen_assets.domain.fusion.fuse import fuse_claims
from attrgen_assets.domain.fusion.model import SourceModel
from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.domain.parts.claims import Claim, claims_frame, value_text
from attrgen_assets.domain.parts.fields import LIST_KINDS, PART_FIELDS, Field
from attrgen_assets.domain.parts.gtin import is_gtin
from attrgen_assets.domain.parts.kinds import kind_of_part, matching_word
from attrgen_assets.domain.parts.record import FieldValue, LosingValue, PartRecord, PartRules
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.tables import Status

_PRICES: Final = frozenset({"msrp", "high_avg_price", "low_avg_price", "current_selling_price"})
_LISTS: Final = frozenset(LIST_KINDS)
_DOUBTED: Final = "the rules say that parts of this kind have none, and several suppliers state it"


def fused_record(
    chain: SupersessionChain, claims: Sequence[Claim], rules: PartRules, *, model: SourceModel | None = None
) -> PartRecord:
    """The record of the part at the end of the chain.

    claims: of that part number alone. model: what is known of the sources, from many parts; without one they are
    weighed by how they agree on this part. Claims flagged suspect or malformed, GTINs with a wrong check digit, and
    stale claims beside fresh ones give no value; they are kept as losing values with the reason.
    """
    barred = {index: why for index, claim in enumerate(claims) if (why := why_barred(claim, claims))}
    counted = [claim for index, claim in enumerate(claims) if index not in barred]
    found = _fused(counted, rules, model)
    for index, why in barred.items():
        claim = claims[index]
        value = found.setdefault(claim.attribute, FieldValue(status=Status.NOT_FOUND, note="no value could be used"))
        lost = LosingValue(source=claim.source, value=claim.raw[:500], why=why)
        found[claim.attribute] = value.model_copy(update={"losing": (*value.losing, lost)})
    fields = {name: found.get(name, FieldValue(status=Status.NOT_FOUND)) for name in PART_FIELDS}
    fields |= _not_applicable(fields, counted, rules)
    empty = PartRecord(
        part_number=chain.asked,
        mpn=chain.part_number,
        chain=chain.part_numbers,
        chain_end=chain.end or "current",
        fields=fields,
    )
    return with_fields(empty, fields, rules)


def with_fields(record: PartRecord, fields: Mapping[str, FieldValue], rules: PartRules) -> PartRecord:
    """The record with these fields, and with what follows from them: what is missing, and what a person has to see."""
    missing = tuple(name for name, field in PART_FIELDS.items() if field.required and not _is_found(fields[name]))
    return record.model_copy(
        update={
            "category": str(fields["primary_category"].value or ""),
            "fields": fields,
            "missing": missing,
            "needs_review": tuple(_reasons(record.chain_end, fields, missing, rules)),
        }
    )


def usable_claims(claims: Sequence[Claim]) -> list[Claim]:
    """The claims about one part that may give a value."""
    return [claim for claim in claims if claim.value is not None and not why_barred(claim, claims)]


def fusion_rules(names: Iterable[str], rules: PartRules) -> dict[str, FieldRule]:
    """How the values of each of these fields are compared and chosen."""
    return {name: _rule(PART_FIELDS[name], rules) for name in names}


def _is_found(value: FieldValue) -> bool:
    return value.status is Status.FOUND


def why_barred(claim: Claim, claims: Iterable[Claim]) -> str:
    """Why a claim gives no value; empty where it may."""
    if not claim.publishable:
        return f"{', '.join(claim.flags)}: {claim.note}" if claim.note else ", ".join(claim.flags)
    if claim.attribute == "upc_ean_gtin" and claim.value is not None and not is_gtin(str(claim.value)):
        return "not a GTIN: its length or its check digit is wrong"
    if "stale" in claim.flags:
        others = (one for one in claims if one.attribute == claim.attribute and one.value is not None)
        if any("stale" not in one.flags and one.publishable for one in others):
            return f"stale: said of {claim.observed_at:%Y-%m-%d} or earlier, and others are newer"
    return ""


def _fused(claims: Sequence[Claim], rules: PartRules, model: SourceModel | None) -> dict[str, FieldValue]:
    # When suppliers happened to answer must decide nothing: a graph's run and a lookup make the same record.
    frame = claims_frame(claim for claim in claims if claim.value is not None).drop("observed_at")
    if frame.is_empty():
        return {}
    names = frame["attribute"].unique().to_list()
    result = fuse_claims(frame, rules=fusion_rules(names, rules), model=model)
    lost: dict[str, list[tuple[str, str]]] = {}
    for row in result.losers.iter_rows(named=True):
        lost.setdefault(row["attribute"], []).append((row["source"], row["value"]))
    values = {}
    for row in result.decisions.iter_rows(named=True):
        name = row["attribute"]
        values[name] = _field_value(PART_FIELDS[name], row, claims, lost.get(name, []))
    return values


def _field_value(
    field: Field, row: Mapping[str, Any], claims: Sequence[Claim], lost: Sequence[tuple[str, str]]
) -> FieldValue:
    said = [claim for claim in claims if claim.attribute == field.name and claim.value is not None]
    sure = float(row["confidence"])
    if field.kind in _LISTS:
        beaten: set[tuple[str, str]] = set()  # an entry that only one source lists is in the union all the same
    else:
        beaten = set(lost)
    return FieldValue(
        status=Status.FOUND,
        value=_value(field, row["value"]),
        source=", ".join(sorted({claim.source for claim in said if (claim.source, _text(claim)) not in beaten})),
        confidence=round(sure, 4),
        method=row["method"],
        losing=tuple(LosingValue(source=s, value=v[:500], why=row["reason"]) for s, v in sorted(beaten)),
    )


def _text(claim: Claim) -> str:
    return value_text(claim.value) or ""


def _value(field: Field, text: str) -> Any:
    """A fused text as a value of the field's kind."""
    if field.kind == "number":
        return round(float(text), 2 if field.name in _PRICES else 4)
    if field.kind == "table":
        rows: dict[str, dict[str, str]] = {}
        for entry in json.loads(text):
            row = json.loads(entry) if isinstance(entry, str) else entry
            rows.setdefault(str(row["name"]).casefold(), {"name": str(row["name"]), "value": str(row["value"])})
        return list(rows.values())
    return json.loads(text) if field.kind in _LISTS else text


def _rule(field: Field, rules: PartRules) -> FieldRule:
    if field.kind in _LISTS:
        return FieldRule(kind="list", strategy="union")
    kind: Any = "number" if field.kind == "number" else "text"
    if field.name in _PRICES:
        return FieldRule(kind=kind, strategy="median")
    if field.name in rules.specifications and rules.specification_sources:
        return FieldRule(kind=kind, strategy="priority", source_priority=rules.specification_sources)
    return FieldRule(kind=kind)


def _not_applicable(
    fields: Mapping[str, FieldValue], claims: Sequence[Claim], rules: PartRules
) -> dict[str, FieldValue]:
    """Fields that the part's kind does not have, and those that a source says it does not have."""
    changed: dict[str, FieldValue] = {}
    for claim in claims:
        if claim.value is None and "not_applicable" in claim.flags and not _is_found(fields[claim.attribute]):
            changed[claim.attribute] = FieldValue(
                status=Status.NOT_APPLICABLE,
                source=claim.source,
                method="stated",
                losing=fields[claim.attribute].losing,
            )
    kind = kind_of_part(fields["part_title"].value, fields["primary_category"].value)
    for rule in rules.not_applicable:
        word = matching_word(kind, rule.words)
        for name in rule.fields if word else ():
            value = changed.get(name, fields[name])
            said = sorted({claim.source for claim in claims if claim.attribute == name and claim.value is not None})
            if _is_found(value) and len(said) > 1:
                who = ", ".join(said)
                changed[name] = value.model_copy(
                    update={"note": f"a {word} has none by the rules, but {who} have a value", "review": _DOUBTED}
                )
                continue
            lost = [LosingValue(source=value.source, value=str(value.value), why="rule")] if _is_found(value) else []
            changed[name] = FieldValue(
                status=Status.NOT_APPLICABLE, method="rule", losing=(*lost, *value.losing), note=f"a {word} has none"
            )
    return changed


def _reasons(
    chain_end: str, fields: Mapping[str, FieldValue], missing: Sequence[str], rules: PartRules
) -> Iterable[str]:
    if chain_end != "current":
        yield f"the chain of replacements has no end: {chain_end}"
    for name in missing:
        yield f"{name} is required and not FOUND"
    for name, value in fields.items():
        if value.review:
            yield f"{name}: {value.review}"
        floor = rules.confidence_floor if PART_FIELDS[name].required else rules.review_floor
        if value.confidence is not None and value.confidence < floor:
            yield f"{name} is less sure than {floor:g}: {value.confidence:.2f}"

"""From raw responses to claims, by the mapping of the supplier's config; nobody is called."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from attrgen_assets.domain.parts.claims import Claim, Flag
from attrgen_assets.domain.parts.fields import PART_FIELDS, Field
from attrgen_assets.domain.parts.json_text import HostileJsonError, parse_json_object
from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.paths import PathFault, search
from attrgen_assets.domain.parts.readings import (
    NotReadable,
    Reading,
    read_enum,
    read_list,
    read_number,
    read_table,
    read_text,
    read_url,
    reduced,
)
from attrgen_assets.domain.parts.responses import RawResponse
from attrgen_assets.domain.parts.supplier_config import Rule, SupplierConfig
from attrgen_assets.errors import InvalidPartNumber

_ZERO: Final = re.compile(r"0+(\.0*)?")
_LONGEST_MARKER: Final = 100  # characters
_RAW_LIMIT: Final = 500  # characters of a claim's raw text; the whole is in the raw response


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The sound answers to the requests about one part: per endpoint an object, or of a paged one a list of them."""

    part_number: str
    bodies: Mapping[str, Any]
    received_at: Mapping[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """What a supplier says of a part's future."""

    superseded_by: str | None = None
    discontinued: bool = False


def documents_of(responses: Iterable[RawResponse], config: SupplierConfig) -> Documents:
    """The bodies of the last sound attempt at each request; what failed or is no JSON is left out."""
    bodies: dict[tuple[str, int], dict[str, Any]] = {}
    received: dict[str, datetime] = {}
    part_number = ""
    for response in responses:
        part_number = response.part_number
        if response.error is not None or response.status != 200 or response.endpoint not in config.endpoints:
            continue
        try:
            bodies[response.endpoint, response.page] = parse_json_object(response.body)
        except HostileJsonError:
            continue  # the one who asked has put it on record as an error already
        received[response.endpoint] = response.received_at
    found: dict[str, Any] = {}
    for (endpoint, _), body in sorted(bodies.items(), key=lambda item: item[0]):
        if config.endpoints[endpoint].pages is None:
            found[endpoint] = body
        else:
            found.setdefault(endpoint, []).append(body)
    return Documents(part_number=part_number, bodies=found, received_at=received)


def normalise(responses: Sequence[RawResponse], supplier_config: SupplierConfig) -> tuple[Claim, ...]:
    """What the responses of one supplier to one part claim, in the order of the fields.

    Every value that a path finds becomes a claim; one that cannot be read is flagged malformed, one that cannot be
    true suspect. Raises MissingExtra.
    """
    return claims_of(documents_of(responses, supplier_config), supplier_config)


def claims_of(documents: Documents, config: SupplierConfig) -> tuple[Claim, ...]:
    """The claims of answers that were parsed already; see `normalise`."""
    claims = (_claim(PART_FIELDS[name], rules, documents, config) for name, rules in config.fields.items())
    return tuple(claim for claim in claims if claim is not None)


def succession_of(documents: Documents, config: SupplierConfig) -> Succession:
    """Whether the supplier sells the part, and what it sells instead. Raises MissingExtra."""
    rule = config.supersession
    if rule is None or rule.endpoint not in documents.bodies:
        return Succession()

    def text(path: str | None) -> str:
        try:
            found = search(path, documents.bodies[rule.endpoint], part_number=documents.part_number) if path else ""
        except PathFault:
            return ""
        return found if isinstance(found, str) else ""

    successor = text(rule.successor).strip()
    if rule.pattern is not None:
        match = re.search(rule.pattern, successor)
        successor = match[1] if match else ""
    words = text(rule.discontinued).casefold()
    gone = any(re.search(rf"\b{re.escape(word)}\b", words) for word in rule.discontinued_words)
    try:
        number = canonical_part_number(successor.removeprefix(text(rule.prefix))) if successor else None
    except InvalidPartNumber:  # "see catalogue": the part has no successor that could be asked for
        number = None
    return Succession(superseded_by=number, discontinued=gone or number is not None)


def _claim(field: Field, rules: Sequence[Rule], documents: Documents, config: SupplierConfig) -> Claim | None:
    """The first rule that says something that can be published, else the first that says anything."""
    spare: Claim | None = None
    for rule in rules:
        claim = _claim_by(field, rule, documents, config)
        if claim is not None and claim.publishable:
            return claim
        spare = spare or claim
    return spare


def _claim_by(field: Field, rule: Rule, documents: Documents, config: SupplierConfig) -> Claim | None:
    if rule.endpoint not in documents.bodies:
        return None
    found: Any = None
    try:
        found = search(rule.path, documents.bodies[rule.endpoint], part_number=documents.part_number)
        reading = _read(field, rule, _matched(found, rule.pattern), config)
    except (NotReadable, PathFault) as error:
        reading = Reading(None, ("malformed",), str(error))
    if reading is None:
        return None
    received_at = documents.received_at[rule.endpoint]
    observed_at, stale = _observed(rule, documents, received_at)
    return Claim(
        object=documents.part_number,
        attribute=field.name,
        source=config.supplier,
        value=reading.value,
        raw=_raw(found),
        unit=field.unit if reading.value is not None else None,
        flags=(*reading.flags, *stale),
        observed_at=observed_at,
        endpoint=rule.endpoint,
        note=reading.note,
    )


def _read(field: Field, rule: Rule, found: Any, config: SupplierConfig) -> Reading | None:
    """The reading of what a path found; None where that states nothing. Raises NotReadable."""
    missing = _markers(config.missing + rule.missing)
    absent = _markers(config.not_applicable + rule.not_applicable)

    def skipped(item: Any) -> bool:
        return item is None or _marker(item) in missing or _marker(item) in absent

    if found is None or found in ([], {}) or _marker(found) in missing:
        return None
    if _marker(found) in absent:
        return Reading(None, ("not_applicable",), "the source says so")
    if field.kind in ("text_list", "url_list", "table"):
        reading = (
            read_table(found, skipped=skipped)
            if field.kind == "table"
            else read_list(found, split=rule.split, urls=field.kind == "url_list", skipped=skipped)
        )
        return reading if reading.value else None
    several = [item for item in found if not skipped(item)] if isinstance(found, list) else [found]
    if not several:
        return None
    if field.kind != "number":
        return _read_one(field, rule, several[0])
    return reduced([_read_number(item, field, rule, config) for item in several], rule.reduce)


def _read_number(item: Any, field: Field, rule: Rule, config: SupplierConfig) -> Reading:
    """One of several numbers: what cannot be read (a price in another currency) does not take the others with it."""
    try:
        return read_number(item, field, unit=rule.unit, unit_words=config.unit_words)
    except NotReadable as error:
        return Reading(None, ("malformed",), str(error))


def _read_one(field: Field, rule: Rule, found: Any) -> Reading:
    if field.kind == "enum":
        return read_enum(found, field, words=rule.values)
    return read_url(found) if field.kind == "url" else read_text(found, field)


def _matched(found: Any, pattern: str | None) -> Any:
    """The group of the pattern, in a text or in each text of a list; None where it does not match."""
    if pattern is None or found is None:
        return found
    if isinstance(found, list):
        return [_matched(item, pattern) for item in found]
    match = re.search(pattern, found[:20_000]) if isinstance(found, str) else None
    return match[1] if match else None


def _marker(value: Any) -> str | None:
    """How a scalar is looked up among markers; 0, 0.0 and "0.00" are one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and len(value) > _LONGEST_MARKER:
        return None
    text = str(value).strip().casefold()
    return "0" if text.startswith("0") and _ZERO.fullmatch(text) else text


@lru_cache(maxsize=1_024)  # of a handful of suppliers, a few for each
def _markers(words: tuple[str, ...]) -> frozenset[str | None]:
    return frozenset(_marker(word) for word in words)


def _observed(rule: Rule, documents: Documents, received_at: datetime) -> tuple[datetime, tuple[Flag, ...]]:
    """When the source says that it knew, at the latest when it answered; and whether that is too long ago."""
    if rule.observed is None:
        return received_at, ()
    try:
        found = search(rule.observed, documents.bodies[rule.endpoint], part_number=documents.part_number)
        said = datetime.fromisoformat(found) if isinstance(found, str) else received_at
    except (PathFault, ValueError):
        return received_at, ()
    said = min(said.replace(tzinfo=said.tzinfo or UTC), received_at)
    old = rule.stale_after_days is not None and received_at - said > timedelta(days=rule.stale_after_days)
    return said, ("stale",) if old else ()


def _raw(found: Any) -> str:
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return text if len(text) <= _RAW_LIMIT else f"{text[:_RAW_LIMIT]}..."

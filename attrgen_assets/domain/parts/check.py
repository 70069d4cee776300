"""Whether records keep the promises of their fields, re-derived from the values and not from who chose them."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

import polars as pl

from attrgen_assets.domain.parts.fields import PART_FIELDS, Field
from attrgen_assets.domain.parts.gtin import is_gtin
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.product_types.model import Gate
from attrgen_assets.domain.tables import Status

PRICES: Final = tuple(field.name for field in PART_FIELDS.values() if field.unit == "USD")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFailure:
    """A field of a record that is not as it should be. against: the other field, where two contradict one another."""

    part_number: str
    field: str
    problem: str
    value: str
    allowed: str
    against: str = ""


def hard_failures(record: PartRecord) -> Iterator[FieldFailure]:
    """Fields that nobody may publish as they are: not legal, no URLs, prices that cannot be."""
    yield from legal_value_failures(record)
    yield from url_failures(record)
    yield from price_failures(record)


def legal_value_failures(record: PartRecord) -> Iterator[FieldFailure]:
    """Fields whose value is not of their kind: numbers out of the plausible range, unlisted words, wrong check digits.

    A status and a value that disagree, and a FOUND value without confidence and source, are failures as well.
    """
    for name, field in PART_FIELDS.items():
        entry = record.fields[name]
        if (entry.status is Status.FOUND) != (entry.value is not None):
            yield _failure(record, name, "status and value disagree", "a value when FOUND, and only then")
        elif entry.value is not None:
            if entry.confidence is None or not entry.source:
                yield _failure(record, name, "FOUND without confidence or source", "both")
            problem = _illegal(field, entry.value)
            if problem is not None:
                yield _failure(record, name, *problem)


def url_failures(record: PartRecord) -> Iterator[FieldFailure]:
    """Fields of URLs that hold something else than an absolute http(s) URL."""
    for name, field in PART_FIELDS.items():
        value = record.fields[name].value
        if field.kind in ("url", "url_list") and value is not None:
            for url in [value] if field.kind == "url" else value:
                if not _is_url(url):
                    yield _failure(record, name, f"not a URL: {str(url)[:80]}", "http or https, with a host")


def price_failures(record: PartRecord) -> Iterator[FieldFailure]:
    """Prices that are not above zero, and a lowest one that is above the highest."""
    prices = {name: record.fields[name].value for name in PRICES}
    numbers = {name: value for name, value in prices.items() if isinstance(value, int | float)}
    for name, value in numbers.items():
        if not value > 0:
            yield _failure(record, name, "not above zero", "> 0 USD")
    low, high = numbers.get("low_avg_price"), numbers.get("high_avg_price")
    if low is not None and high is not None and low > high:
        above = _failure(record, "low_avg_price", f"above high_avg_price, {high:g}", "at most high_avg_price")
        yield replace(above, against="high_avg_price")


def missing_failures(record: PartRecord) -> Iterator[FieldFailure]:
    """Required fields that are not FOUND."""
    for name in (field.name for field in PART_FIELDS.values() if field.required):
        if record.fields[name].status is not Status.FOUND:
            yield _failure(record, name, f"required, and {record.fields[name].status.value}", "FOUND")


def unsure_failures(rules: PartRules) -> Callable[[PartRecord], Iterator[FieldFailure]]:
    """A check of required fields that are less sure than the floor of the rules."""

    def failures(record: PartRecord) -> Iterator[FieldFailure]:
        for name in (field.name for field in PART_FIELDS.values() if field.required):
            sure = record.fields[name].confidence
            if sure is not None and sure < rules.confidence_floor:
                yield _failure(record, name, f"confidence {sure:.2f}", f"at least {rules.confidence_floor:g}")

    return failures


def failures_frame(failures: Iterable[FieldFailure]) -> pl.DataFrame:
    """Failures as a table: part_number, field, problem, value, allowed."""
    names = ("part_number", "field", "problem", "value", "allowed")
    rows = [tuple(getattr(one, name) for name in names) for one in failures]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def supplier_success(responses: pl.LazyFrame) -> pl.DataFrame:
    """Per supplier: requests, ok, not_found, failed, skipped, success_fraction (answered of asked), p50_s, p95_s.

    responses: the table supplier_responses. A supplier that cannot be asked (no credentials) has no fraction; one that
    was left alone because it failed too often has not answered.
    """
    answered = pl.col("outcome").is_in(["ok", "not_found"])
    asked = (pl.col("outcome") != "skipped") | (pl.col("place") != "")  # left alone for its failures: asked for nothing
    counts = {name: (pl.col("outcome") == name).sum() for name in ("ok", "not_found", "failed", "skipped")}
    return (
        responses.group_by("supplier")
        .agg(
            requests=pl.len(),
            **counts,
            success_fraction=pl.when(asked.any()).then(answered.sum() / asked.sum()),
            p50_s=pl.col("elapsed_s").filter(asked).quantile(0.5, "nearest").round(4),
            p95_s=pl.col("elapsed_s").filter(asked).quantile(0.95, "nearest").round(4),
        )
        .sort("supplier")
        .collect()
    )


def suppliers_below(success: pl.DataFrame, gate: Gate) -> Mapping[str, str]:
    """Suppliers whose share of answers is below a limit of the gate: the name of the worst limit, by supplier.

    >>> table = pl.DataFrame({"supplier": ["a", "b"], "success_fraction": [0.99, 0.2]})
    >>> suppliers_below(table, Gate(warn=0.95, error=0.5))
    {'b': 'error'}
    """
    found: dict[str, str] = {}
    for supplier, fraction in success.select("supplier", "success_fraction").iter_rows():
        for name in ("warn", "error"):
            limit = getattr(gate, name)
            if limit is not None and fraction is not None and fraction < limit:
                found[supplier] = name
    return found


def _illegal(field: Field, value: Any) -> tuple[str, str] | None:
    """What is wrong with a value, and what is allowed; None for a legal one."""
    match field.kind:
        case "number":
            low, high = field.plausible or (-math.inf, math.inf)
            legal = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
            return None if legal else ("out of range", f"{low:g} to {high:g} {field.unit or ''}".strip())
        case "enum":
            return None if value in field.values else ("not a legal value", ", ".join(field.values))
        case "text_list" | "url_list":
            legal = isinstance(value, list | tuple) and bool(value) and all(isinstance(one, str) for one in value)
            return None if legal and len(set(value)) == len(value) else ("not a list of texts, each once", "texts")
        case "table":
            legal = bool(value) and all(isinstance(row, Mapping) and {"name", "value"} <= set(row) for row in value)
            return None if legal else ("not a table", "rows of name and value")
        case _:
            if field.name == "upc_ean_gtin" and not is_gtin(str(value)):
                return ("wrong length or check digit", "a GTIN-8, -12, -13 or -14")
            return None if isinstance(value, str) and value.strip() else ("no text", "a text that says something")


def _is_url(text: Any) -> bool:
    try:
        parts = urlsplit(text if isinstance(text, str) else "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(one.isspace() for one in str(text))


def _failure(record: PartRecord, name: str, problem: str, allowed: str) -> FieldFailure:
    value = record.fields[name].value
    shown = "" if value is None else str(value)[:80]
    return FieldFailure(part_number=record.mpn, field=name, problem=problem, value=shown, allowed=allowed)

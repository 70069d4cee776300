"""From judged records to what is published of them: settled with what is stored, with specification tables."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.catalogue.record import CatalogRecord
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.parts.claims import Claim, value_text
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE, record_of_document
from attrgen_assets.domain.parts.settle import settled_record
from attrgen_assets.domain.parts.tables import (
    RECORDS,
    RECORDS_SCHEMA,
    RESPONSES,
    SPECIFICATIONS,
    SPECIFICATIONS_SCHEMA,
    VERDICTS,
)
from attrgen_assets.domain.ports import TableStore
from attrgen_assets.domain.verdicts.content_settled import settled_content
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.fuse_offers import claims_of_parts
from attrgen_assets.workflows.store_record import RecordStore

_RECORDS_PER_FRAME: Final = 256


@dataclass(slots=True)
class CatalogueReport:
    """What is published. same_part: requests that led to a part that another one led to as well.

    kept: values that stay although nobody said them this time, by a policy, a person, or a supplier's silence.
    """

    records: int = 0
    incomplete: int = 0
    held_for_review: int = 0
    same_part: int = 0
    specifications: int = 0
    discovered: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def catalogue_records(
    *, product_type: str, tables: TableStore, store: RecordStore, rules: PartRules, registry: AttributeRegistry
) -> CatalogueReport:
    """Write the tables catalog_records and spec_tables: one record per part that is sold.

    Of several requests that lead to one part, the one with the longest chain of replacements is kept: it names all.

    Raises NotFoundError before `judge_records` has run; StoreUnavailable, StorageFull.
    """
    report = CatalogueReport()
    judged = _judged(tables, product_type)
    chosen = _longest_chains(judged)
    report.same_part = len(judged) - len(chosen)
    silent = _silent(tables, product_type)
    with tables.writer(RECORDS, SPECIFICATIONS, product_type=product_type) as (records, specifications):
        batch: list[CatalogRecord] = []
        for chain, claims in claims_of_parts(product_type=product_type, tables=tables):
            if chain.asked in chosen:
                quiet = silent.get(chain.asked, frozenset())
                batch.append(_record(judged[chain.asked], claims, store, rules, registry, silent=quiet))
            if len(batch) == _RECORDS_PER_FRAME:
                _write(batch, records, specifications, silent, report)
                batch = []
        _write(batch, records, specifications, silent, report)
    return report


def _judged(tables: TableStore, product_type: str) -> dict[str, Mapping[str, Any]]:
    rows = tables.scan(VERDICTS, product_type=product_type).collect()
    return {
        row["part_number"]: {**row, "record": PartRecord.model_validate_json(row["record"])}
        for row in rows.iter_rows(named=True)
    }


def _longest_chains(judged: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Per part that is sold, the request whose record is kept; of several alike the first."""
    best: dict[str, str] = {}
    for asked, row in judged.items():
        known = best.get(row["mpn"])
        if known is None or len(row["record"].chain) > len(judged[known]["record"].chain):
            best[row["mpn"]] = asked
    return set(best.values())


def _silent(tables: TableStore, product_type: str) -> dict[str, frozenset[str]]:
    """Per part that was asked about, the suppliers that did not say all of it, or of what replaced it."""
    failed = (
        tables.scan(RESPONSES, product_type=product_type)
        .filter(pl.col("outcome").is_in(["failed", "skipped"]) | (pl.col("reason") != ""))
        .group_by("part_number")
        .agg(pl.col("supplier").unique())
        .collect()
    )
    return {number: frozenset(suppliers) for number, suppliers in failed.iter_rows()}


def _record(
    row: Mapping[str, Any],
    claims: Sequence[Claim],
    store: RecordStore,
    rules: PartRules,
    registry: AttributeRegistry,
    *,
    silent: frozenset[str],
) -> CatalogRecord:
    record = row["record"]
    try:
        stored = record_of_document(store.get_document(document_id(PRODUCT_TYPE, record.mpn)))
    except NotFoundError:
        stored = None
    reviewed = store.overrides_of(PRODUCT_TYPE, record.mpn)
    settled = settled_record(record, stored=stored, reviewed=reviewed, rules=rules, silent=silent)
    blocks = {name: json.loads(row[name]) if row[name] else None for name in ("content", "verdicts")}
    blocks["content"] = settled_content(blocks["content"], written_for=record, stored=settled)
    return CatalogRecord.of(settled, claims, registry, **blocks)


def _write(
    batch: Sequence[CatalogRecord],
    records: Any,
    specifications: Any,
    silent: Mapping[str, frozenset[str]],
    report: CatalogueReport,
) -> None:
    rows = [_row(one, silent.get(one.record.part_number, frozenset())) for one in batch]
    records.write(pl.DataFrame(rows, schema=RECORDS_SCHEMA, orient="row"))
    lines = [line for one in batch for line in _lines(one)]
    specifications.write(pl.DataFrame(lines, schema=SPECIFICATIONS_SCHEMA, orient="row"))
    for one in batch:
        report.records += 1
        report.incomplete += not one.record.complete
        report.held_for_review += bool(one.record.needs_review)
        report.specifications += len(one.specifications.rows)
        report.discovered.update(row.display_name for row in one.specifications.rows if row.discovered)
        report.left_out.update(left.why for left in one.specifications.left_out)


def _row(found: CatalogRecord, silent: frozenset[str]) -> dict[str, Any]:
    record = found.record
    shown = ("part_title", "manufacturer", "primary_category", "current_selling_price")
    return {
        "mpn": record.mpn,
        "part_number": record.part_number,
        **{name: record.fields[name].value for name in shown},
        "found": record.found,
        "specifications": len(found.specifications.rows),
        "complete": record.complete,
        "needs_review": list(record.needs_review),
        "silent": sorted(silent),
        "record": record.model_dump_json(),
        "catalog_record": found.model_dump_json(),
    }


def _lines(found: CatalogRecord) -> list[dict[str, Any]]:
    kept = ("category", "name", "display_name", "kind", "unit", "text", "source", "confidence", "discovered")
    return [
        {"mpn": found.record.mpn, "value": value_text(row.value), **{name: getattr(row, name) for name in kept}}
        for row in found.specifications.rows
    ]

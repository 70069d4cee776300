"""Have language models judge all records of a run: what is in conflict, what is missing, and the texts of the page."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.settle import settled_record
from attrgen_assets.domain.parts.tables import FUSED, VERDICTS, VERDICTS_SCHEMA
from attrgen_assets.domain.ports import Override, OverrideStore, TableStore
from attrgen_assets.workflows.fuse_offers import claims_of_parts
from attrgen_assets.workflows.judge import Judged, JudgePorts, judge

RECORDS_AT_ONCE: Final = 8
_RECORDS_PER_BATCH: Final = 128  # of which the rows are written together


@dataclass(slots=True)
class JudgeReport:
    """What judging brought. statuses: records by how judging them ended; why: of those that were not judged whole."""

    records: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    fields_asked: int = 0
    fields_changed: int = 0
    tokens: int = 0
    cost: float | None = None


async def judge_records(
    *, product_type: str, tables: TableStore, overrides: OverrideStore, rules: PartRules, ports: JudgePorts
) -> JudgeReport:
    """Write the table ai_verdicts: each record after the consensus, the verdicts on it, and its texts.

    What people said of a record is put in before, so that nobody is asked about it. Without a model every record goes
    on as it is, with texts from a template, and says so.

    Raises NotFoundError before `fuse_offers` has run; StoreUnavailable, StorageFull. A model that fails is a verdict
    that says so.
    """
    report, limit = JudgeReport(), asyncio.Semaphore(RECORDS_AT_ONCE)
    records = _records(tables, product_type, overrides.overrides(product_type), rules)

    async def row_of(asked: str, claims: Sequence[Claim]) -> dict[str, Any]:
        before = records[asked]
        async with limit:
            judged = await judge(before, claims, ports=ports)
        row = _row(asked, before, judged)
        _count(report, row)
        return row

    with tables.writer(VERDICTS, product_type=product_type) as (writer,):
        batch: list[tuple[str, Sequence[Claim]]] = []
        for chain, claims in claims_of_parts(product_type=product_type, tables=tables):
            if chain.asked in records:
                batch.append((chain.asked, claims))
            if len(batch) == _RECORDS_PER_BATCH:
                writer.write(_frame(await asyncio.gather(*(row_of(*one) for one in batch))))
                batch = []
        writer.write(_frame(await asyncio.gather(*(row_of(*one) for one in batch))))
    return report


def _frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=VERDICTS_SCHEMA, orient="row")


def _records(
    tables: TableStore, product_type: str, reviewed: Sequence[Override], rules: PartRules
) -> Mapping[str, PartRecord]:
    """The record per part that was asked about, with what people said of it."""
    fused = tables.scan(FUSED, product_type=product_type).select("part_number", "record").drop_nulls().collect()
    found = {number: PartRecord.model_validate_json(text) for number, text in fused.iter_rows()}
    said = {one.sku for one in reviewed}
    return {
        number: settled_record(record, stored=None, reviewed=reviewed, rules=rules) if record.mpn in said else record
        for number, record in found.items()
    }


def _changed(before: PartRecord, after: PartRecord) -> list[str]:
    return [name for name, value in after.fields.items() if value.value != before.fields[name].value]


def _row(asked: str, before: PartRecord, judged: Judged) -> dict[str, Any]:
    after, verdicts = judged.record, judged.verdicts
    return {
        "part_number": asked,
        "mpn": after.mpn,
        "status": verdicts.status,
        "reason": verdicts.reason,
        "fields_asked": [one.field for one in verdicts.fields],
        "fields_changed": _changed(before, after),
        "needs_review": list(after.needs_review),
        "tokens": verdicts.tokens,
        "cost": verdicts.cost if verdicts.models else None,
        "record": after.model_dump_json(),
        "verdicts": verdicts.model_dump_json(),
        "content": judged.content.model_dump_json(),
    }


def _count(report: JudgeReport, row: Mapping[str, Any]) -> None:
    report.records += 1
    report.statuses[row["status"]] += 1
    if row["reason"]:
        report.why[row["reason"]] += 1
    report.fields_asked += len(row["fields_asked"])
    report.fields_changed += len(row["fields_changed"])
    report.tokens += row["tokens"]
    if row["cost"] is not None:
        report.cost = (report.cost or 0.0) + row["cost"]

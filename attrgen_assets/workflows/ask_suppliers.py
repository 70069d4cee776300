"""Ask all suppliers for all parts that are wanted, many at a time, and put on record how each of them answered."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.tables import REQUESTS, RESPONSES, RESPONSES_SCHEMA
from attrgen_assets.domain.ports import RawResponseStore, SupplierGateway, TableStore
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.ask import Former, PartAnswers, ask

PARTS_AT_ONCE: Final = 32
PATIENCE_S: Final = 900.0
"""How long a request of a run may wait for its turn: a run is in no hurry, and a supplier may take one a second."""

_PARTS_PER_BATCH: Final = 256  # of which the rows are written together


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReport:
    """What asking brought. parts = asked + remembered. outcomes: per supplier, how its requests of this run ended."""

    parts: int
    asked: int
    remembered: int
    unknown: int
    outcomes: Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class _Tally:
    asked: int = 0
    remembered: int = 0
    unknown: int = 0
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)


async def ask_suppliers(
    *,
    product_type: str,
    tables: TableStore,
    suppliers: SupplierGateway,
    responses: RawResponseStore,
    former: Former,
    deadline_s: float,
    refresh_after: timedelta,
    now: Callable[[], datetime],
) -> AskReport:
    """Write the table supplier_responses; every response itself is put on record as it came.

    A part that all suppliers answered for less than `refresh_after` ago is not asked for again, as long as the same
    are asked: its lines of the former table stay. A supplier that fails is a line that says so, and is asked again by
    the next run; what it said before counts until then.

    Raises NotFoundError before `request_parts` has run; StoreUnavailable, StorageFull.
    """
    wanted = _wanted(tables, product_type)
    known = _remembered(tables, product_type, oldest=now() - refresh_after, places=suppliers.places)
    tally, limit = _Tally(), asyncio.Semaphore(PARTS_AT_ONCE)

    async def rows_of(number: str) -> list[dict[str, Any]]:
        if number in known:
            tally.remembered += 1
            return [{**row, "remembered": True} for row in known[number]]
        async with limit:
            answers = await ask(
                number,
                suppliers=suppliers,
                deadline_s=deadline_s,
                patience_s=PATIENCE_S,
                store=responses,
                former=former,
            )
        tally.asked += 1
        _count(tally, answers)
        return list(_rows(number, answers, at=now()))

    with tables.writer(RESPONSES, product_type=product_type) as (writer,):
        writer.write(pl.DataFrame(schema=RESPONSES_SCHEMA))
        for start in range(0, len(wanted), _PARTS_PER_BATCH):
            batch = await asyncio.gather(*map(rows_of, wanted[start : start + _PARTS_PER_BATCH]))
            writer.write(pl.DataFrame([row for rows in batch for row in rows], schema=RESPONSES_SCHEMA, orient="row"))
    return AskReport(
        parts=len(wanted),
        asked=tally.asked,
        remembered=tally.remembered,
        unknown=tally.unknown,
        outcomes={name: dict(counted) for name, counted in sorted(tally.outcomes.items())},
    )


def _wanted(tables: TableStore, product_type: str) -> list[str]:
    table = tables.scan(REQUESTS, product_type=product_type)
    return table.select("part_number").drop_nulls().collect()["part_number"].to_list()


def _remembered(
    tables: TableStore, product_type: str, *, oldest: datetime, places: Mapping[str, str]
) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The lines of parts whose every answer is whole, young enough and of who is asked now, by the number asked about.

    Whole is an answer of which nothing is missing, and none of a supplier that cannot be asked.
    """
    try:
        table = tables.scan(RESPONSES, product_type=product_type).collect()
    except NotFoundError:
        return {}
    if table.schema != RESPONSES_SCHEMA:  # of another release
        return {}
    answered = pl.col("outcome").is_in(["ok", "not_found"]) & (pl.col("reason") == "")
    whole = answered | ((pl.col("outcome") == "skipped") & (pl.col("place") == ""))
    sound = table.filter((whole & (pl.col("asked_at") > oldest)).all().over("part_number"))
    parts = sound.partition_by("part_number", as_dict=True, maintain_order=True)
    return {
        str(number): rows.rows(named=True)
        for (number,), rows in parts.items()
        if dict(rows.select("supplier", "place").iter_rows()) == dict(places)
    }


def _count(tally: _Tally, answers: PartAnswers) -> None:
    said = [answer for found in answers.answers.values() for answer in found]
    for answer in said:
        tally.outcomes.setdefault(answer.supplier, Counter())[answer.outcome] += 1
    tally.unknown += not any(answer.claims for answer in answers.current)


def _rows(number: str, answers: PartAnswers, *, at: datetime) -> Iterable[dict[str, Any]]:
    for asked_for, found in answers.answers.items():
        for answer in found:
            yield {
                "part_number": number,
                "asked_for": asked_for,
                "chain": list(answers.chain.part_numbers),
                "chain_end": answers.chain.end,
                "supplier": answer.supplier,
                "place": answer.place,
                "outcome": answer.outcome,
                "reason": answer.reason,
                "responses": len(answer.responses),
                "claims": len(answer.claims),
                "asked_at": _asked_at(answer, at),
                "elapsed_s": answer.elapsed_s,
                "remembered": False,
            }


def _asked_at(answer: SupplierAnswer, at: datetime) -> datetime:
    return answer.responses[0].asked_at if answer.responses else at

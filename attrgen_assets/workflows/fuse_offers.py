"""From claims to records: one per part that is wanted, with what the losing sources said."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.fusion.model import SourceModel
from attrgen_assets.domain.parts.claims import Claim, claims_of_frame
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.source_models import SourceModels, learned_sources, moved
from attrgen_assets.domain.parts.supersession import Step, SupersessionChain
from attrgen_assets.domain.parts.tables import FUSED, FUSED_SCHEMA, OFFERS, RESPONSES
from attrgen_assets.domain.ports import OverrideStore, TableStore
from attrgen_assets.domain.tables import Status

_PARTS_PER_FRAME: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class FuseReport:
    """What became of the claims. parts = records + unknown. found: per field, in how many records it is FOUND.

    model: what is known of the sources, None where too few parts were seen. learned: whether this run changed it.
    reviewed: values that people gave, against which the sources are held.
    """

    parts: int
    records: int
    unknown: int
    held_for_review: int
    replaced: int
    found: Mapping[str, int]
    model: SourceModel | None
    learned: bool
    reviewed: int


def fuse_offers(
    *,
    product_type: str,
    tables: TableStore,
    rules: PartRules,
    models: SourceModels,
    overrides: OverrideStore,
    now: datetime,
) -> FuseReport:
    """Learn from all parts how often each source is right, and write the table fused_products.

    Each record is fused from the claims about that part and what is known of the sources, so that a single lookup
    gives the same one. What is known is replaced only where it has moved: it is in every confidence.

    Raises NotFoundError before `normalise_offers` has run; StoreUnavailable, StorageFull.
    """
    reviewed = overrides.overrides(product_type)
    model = models.source_model(product_type)
    claims_of_all = (claims for _, claims in claims_of_parts(product_type=product_type, tables=tables))
    found_model = learned_sources(claims_of_all, reviewed=reviewed, rules=rules)
    learned = found_model is not None and moved(model, found_model)
    if found_model is not None and learned:
        models.write_source_model(product_type, found_model, at=now)
        model = found_model
    counts, found = Counter[str](), Counter[str]()
    with tables.writer(FUSED, product_type=product_type) as (writer,):
        writer.write(pl.DataFrame(schema=FUSED_SCHEMA))
        rows: list[dict[str, Any]] = []
        for chain, claims in claims_of_parts(product_type=product_type, tables=tables):
            record = fused_record(chain, claims, rules, model=model) if claims else None
            _count(record, counts, found)
            rows.append(_row(chain, record))
            if len(rows) == _PARTS_PER_FRAME:
                writer.write(pl.DataFrame(rows, schema=FUSED_SCHEMA, orient="row"))
                rows = []
        writer.write(pl.DataFrame(rows, schema=FUSED_SCHEMA, orient="row"))
    return FuseReport(
        parts=counts.total() - counts["held"] - counts["replaced"],
        records=counts["record"],
        unknown=counts["unknown"],
        held_for_review=counts["held"],
        replaced=counts["replaced"],
        found=dict(found),
        model=model,
        learned=learned,
        reviewed=len(reviewed),
    )


def claims_of_parts(*, product_type: str, tables: TableStore) -> Iterator[tuple[SupersessionChain, list[Claim]]]:
    """Per part that was asked about: where its chain of replacements led, and what suppliers claim of its end."""
    chains = (
        tables.scan(RESPONSES, product_type=product_type)
        .select("part_number", "chain", "chain_end")
        .unique("part_number", keep="first", maintain_order=True)
        .collect()
    )
    offers = tables.scan(OFFERS, product_type=product_type)
    for start in range(0, chains.height, _PARTS_PER_FRAME):
        part = chains.slice(start, _PARTS_PER_FRAME)
        wanted = offers.filter(pl.col("part_number").is_in(part["part_number"].to_list())).collect()
        frames = wanted.partition_by("part_number", as_dict=True, maintain_order=True)
        for number, numbers, end in part.iter_rows():
            steps = tuple(Step(old=old, new=new, suppliers=()) for old, new in pairwise(numbers))
            said = frames.get((number,))
            yield (
                SupersessionChain(asked=number, steps=steps, end=end),
                [] if said is None else claims_of_frame(said),
            )


def _count(record: PartRecord | None, counts: Counter[str], found: Counter[str]) -> None:
    counts["unknown" if record is None else "record"] += 1
    if record is None:
        return
    counts["held"] += bool(record.needs_review)
    counts["replaced"] += len(record.chain) > 1
    found.update(name for name, value in record.fields.items() if value.status is Status.FOUND)


def _row(chain: SupersessionChain, record: PartRecord | None) -> dict[str, Any]:
    if record is None:
        why = ["no supplier knows the part"]
        return {"part_number": chain.asked, "mpn": chain.part_number, "complete": False, "needs_review": why}
    shown = ("part_title", "manufacturer", "primary_category", "current_selling_price")
    return {
        "part_number": record.part_number,
        "mpn": record.mpn,
        **{name: record.fields[name].value for name in shown},
        "found": record.found,
        "complete": record.complete,
        "needs_review": list(record.needs_review),
        "record": record.model_dump_json(),
    }

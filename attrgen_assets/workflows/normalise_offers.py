"""From raw responses to claims, for all parts that are wanted; nobody is called."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import polars as pl

from attrgen_assets.domain.parts.claims import CLAIMS_SCHEMA, Claim, claims_frame
from attrgen_assets.domain.parts.normalise import normalise
from attrgen_assets.domain.parts.responses import RawResponse
from attrgen_assets.domain.parts.supplier_config import SupplierConfig
from attrgen_assets.domain.parts.tables import OFFERS, RESPONSES
from attrgen_assets.domain.ports import RawResponseStore, TableStore

OFFERS_SCHEMA = pl.Schema({"part_number": pl.String(), **CLAIMS_SCHEMA})
_PARTS_PER_FRAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersReport:
    """What suppliers claim. unpublishable: kept on record and used for nothing; unknown_suppliers: without a config."""

    parts: int
    parts_without_claims: int
    claims: int
    unpublishable: int
    claims_per_supplier: Mapping[str, int]
    unknown_suppliers: tuple[str, ...]


def normalise_offers(
    *,
    product_type: str,
    tables: TableStore,
    responses: RawResponseStore,
    suppliers: Sequence[SupplierConfig],
    since: datetime,
) -> OffersReport:
    """Write the table supplier_offers from the responses on record, by the mappings of the suppliers' configs.

    Where a supplier did not answer the last time, what it said before counts, if that was after `since`. A part that
    was replaced gets the claims about the one that is sold instead.

    Raises NotFoundError before `ask_suppliers` has run; StoreUnavailable, StorageFull; MissingExtra.
    """
    configs = {config.supplier: config for config in suppliers}
    asked = tables.scan(RESPONSES, product_type=product_type).select("part_number", "asked_for").collect()
    last = dict(asked.unique("part_number", keep="last", maintain_order=True).iter_rows())
    places = _places(tables, product_type)
    unknown: set[str] = set()
    with tables.writer(OFFERS, product_type=product_type) as (writer,):
        writer.write(pl.DataFrame(schema=OFFERS_SCHEMA))
        frames: list[pl.DataFrame] = []
        for number, sold in last.items():
            said = responses.responses_of(sold, places=places[number], since=since)
            claims = list(_claims(said, configs, unknown))
            frame = claims_frame(claims, include_unpublishable=True)
            frames.append(frame.select(pl.lit(number).alias("part_number"), pl.all()))
            if len(frames) == _PARTS_PER_FRAME:
                writer.write(pl.concat(frames))
                frames = []
        if frames:
            writer.write(pl.concat(frames))
    return _report(tables.scan(OFFERS, product_type=product_type), parts=len(last), unknown=unknown)


def _places(tables: TableStore, product_type: str) -> dict[str, dict[str, str]]:
    """Per part that was asked about, who was asked in the name of each supplier."""
    table = tables.scan(RESPONSES, product_type=product_type).select("part_number", "supplier", "place").collect()
    found: dict[str, dict[str, str]] = {}
    for number, supplier, place in table.iter_rows():
        found.setdefault(number, {})
        if place:
            found[number][supplier] = place
    return found


def _claims(
    responses: Iterable[RawResponse], configs: Mapping[str, SupplierConfig], unknown: set[str]
) -> Iterator[Claim]:
    for supplier, found in groupby(responses, key=lambda response: response.supplier):
        if supplier in configs:
            yield from normalise(list(found), configs[supplier])
        else:
            unknown.add(supplier)


def _report(offers: pl.LazyFrame, *, parts: int, unknown: set[str]) -> OffersReport:
    barred = pl.col("flags").list.set_intersection(["suspect", "malformed"]).list.len() > 0
    per_supplier = offers.group_by("source").agg(claims=pl.len(), barred=barred.sum()).sort("source").collect()
    return OffersReport(
        parts=parts,
        parts_without_claims=parts - offers.select(pl.col("part_number").n_unique()).collect().item(),
        claims=int(per_supplier["claims"].sum()),
        unpublishable=int(per_supplier["barred"].sum()),
        claims_per_supplier=dict(per_supplier.select("source", "claims").iter_rows()),
        unknown_suppliers=tuple(sorted(unknown)),
    )

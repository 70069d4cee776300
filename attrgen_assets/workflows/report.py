"""What the last run of a product type came to: for the report page, and for the graph."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.attributes.scoring import judge_all
from attrgen_assets.domain.ports import Document, RunReports, TableStore
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.reporting.drift import drift
from attrgen_assets.domain.reporting.gold import GoldRow, checked_labels, entries_of
from attrgen_assets.domain.reporting.profile import Profile
from attrgen_assets.domain.reporting.report import GoldReport, RunRecord, TypeReport
from attrgen_assets.domain.tables import Status
from attrgen_assets.errors import NotFoundError

_LOOKED_AT: Final = 50  # reports of earlier releases have no profile; further back is another age


def report_product_type(
    product_type: ProductType, *, tables: TableStore, reports: RunReports, gold: Sequence[GoldRow] = ()
) -> TypeReport:
    """Compare the last stored run with the one before, and its answers with labels given by hand.

    Raises: NotFoundError where the product type was never run; GoldError for labels of unknown attributes.
    """
    runs = last_runs(product_type.name, reports=reports)
    if not runs:
        name = product_type.name
        raise NotFoundError(f"{name}: no run is on record to report on; `attrgen run {name}` makes one")
    run, former = runs[0], runs[1] if len(runs) > 1 else None
    return TypeReport(
        product_type=product_type,
        run=run,
        former=former,
        drift=drift(former.profile, run.profile) if former is not None else None,
        gold=_gold_report(product_type, checked_labels(gold, product_type), tables=tables),
    )


def last_runs(product_type: str, *, reports: RunReports, limit: int = 2) -> list[RunRecord]:
    """The last runs that were stored, newest first; fewer where fewer are on record."""
    return [
        RunRecord(
            run_id=report["run_id"],
            at=report["at"],
            config_version=report["config_version"],
            profile=Profile.model_validate(report["profile"]),
        )
        for report in _with_profile(reports.run_reports(product_type, step="store", limit=_LOOKED_AT), limit)
    ]


def _with_profile(reports: Iterator[Document], limit: int) -> list[Document]:
    return [report for report in reports if "profile" in report][:limit]


def _gold_report(product_type: ProductType, gold: Sequence[GoldRow], *, tables: TableStore) -> GoldReport | None:
    """None where no labelled product is in the feed."""
    skus = [row.sku for row in gold]
    name = product_type.name
    raw = tables.scan("raw_products", product_type=name).filter(pl.col("sku").is_in(skus)).select("sku")
    present = set(raw.collect(engine="streaming")["sku"])
    labelled = [row for row in gold if row.sku in present]
    if not labelled:
        return None
    validated = tables.scan("validated_attributes", product_type=name).filter(pl.col("sku").is_in(list(present)))
    documents: dict[str, Mapping[str, Any]] = {
        row["sku"]: entries_of(row, product_type) for row in validated.collect().iter_rows(named=True)
    }
    nothing = {attribute.name: {"value": None, "status": Status.NOT_FOUND} for attribute in product_type.attributes}
    return GoldReport(
        labelled=len(labelled),
        without_document=sum(row.sku not in documents for row in labelled),
        not_in_feed=len(gold) - len(labelled),
        judged=tuple(judge_all((row.sku, row.labels, documents.get(row.sku, nothing)) for row in labelled)),
    )

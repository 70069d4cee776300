"""The steps of parts one after another, over real files, a real MongoDB and a sandbox of suppliers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from attrgen_assets.adapters.feeds import open_feed
from attrgen_assets.adapters.part_rules import load_attribute_registry, load_part_rules
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_raw_responses import MongoRawResponses
from attrgen_assets.adapters.stores.mongo_source_models import MongoSourceModels
from attrgen_assets.adapters.suppliers.configs import load_suppliers
from attrgen_assets.adapters.suppliers.gateway import Suppliers
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.workflows.ask import Former
from attrgen_assets.workflows.ask_suppliers import AskReport, ask_suppliers
from attrgen_assets.workflows.catalogue_records import CatalogueReport, catalogue_records
from attrgen_assets.workflows.fuse_offers import FuseReport, fuse_offers
from attrgen_assets.workflows.judge import JudgePorts
from attrgen_assets.workflows.judge_records import JudgeReport, judge_records
from attrgen_assets.workflows.normalise_offers import OffersReport, normalise_offers
from attrgen_assets.workflows.request_parts import RequestReport, request_parts
from attrgen_assets.workflows.store_records import StoreRecordsReport, store_records
from attrgen_assets_tests.adapters.suppliers.asking import CONFIG_DIR, with_sandbox

TYPE = "appliance_part"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FEED = Feed(path="parts.csv", columns={"part_number": ("part_number", "pn")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The steps over one folder and one database."""

    folder: Path
    store: MongoStore

    @property
    def tables(self) -> ParquetTables:
        """Where the tables lie."""
        return ParquetTables(self.folder / "tables")

    def request(self, *numbers: str, header: str = "part_number", feed: Feed = FEED) -> RequestReport:
        """Write a request file, and read it."""
        path = self.folder / "parts.csv"
        path.write_text("".join(f"{line}\n" for line in (header, *numbers)), encoding="utf-8")
        reader = open_feed(feed, feeds_dir=self.folder, mongo=None)
        return request_parts(feed, reader=reader, tables=self.tables, product_type=TYPE, batch_rows=2)

    def ask(
        self,
        *,
        faults: str = "",
        at: datetime = NOW,
        refresh_after: timedelta = timedelta(hours=1),
        deadline_s: float = 30,
        **access: Any,
    ) -> AskReport:
        """Ask a sandbox; access: what replaces that of all suppliers."""

        async def work(suppliers: Suppliers, _: str) -> AskReport:
            return await ask_suppliers(
                product_type=TYPE,
                tables=self.tables,
                suppliers=suppliers,
                responses=MongoRawResponses(self.store.database),
                former=Former(
                    responses=MongoRawResponses(self.store.database),
                    configs={config.supplier: config for config in load_suppliers(CONFIG_DIR)},
                    since=at - timedelta(days=30),
                ),
                deadline_s=deadline_s,
                refresh_after=refresh_after,
                now=lambda: at,
            )

        return with_sandbox(work, sandbox={"faults": faults}, now=lambda: at, reach=access)

    def normalise(self, *, since: datetime = NOW - timedelta(days=30)) -> OffersReport:
        """Read claims from what is on record."""
        return normalise_offers(
            product_type=TYPE,
            tables=self.tables,
            responses=MongoRawResponses(self.store.database),
            suppliers=load_suppliers(CONFIG_DIR),
            since=since,
        )

    def fuse(self) -> FuseReport:
        """Make records."""
        return fuse_offers(
            product_type=TYPE,
            tables=self.tables,
            rules=load_part_rules(CONFIG_DIR),
            models=MongoSourceModels(self.store.database),
            overrides=self.store,
            now=NOW,
        )

    def judge(self, ports: JudgePorts | None = None) -> JudgeReport:
        """Have records judged."""
        work = judge_records(
            product_type=TYPE,
            tables=self.tables,
            overrides=self.store,
            rules=load_part_rules(CONFIG_DIR),
            ports=ports or JudgePorts(),
        )
        return asyncio.run(work)

    def catalogue(self) -> CatalogueReport:
        """Make catalogue records."""
        return catalogue_records(
            product_type=TYPE,
            tables=self.tables,
            store=self.store,
            rules=load_part_rules(CONFIG_DIR),
            registry=load_attribute_registry(CONFIG_DIR),
        )

    def keep(self, *, run_id: str = "run-1") -> StoreRecordsReport:
        """Store them."""
        return store_records(
            product_type=TYPE,
            tables=self.tables,
            store=self.store,
            rules=load_part_rules(CONFIG_DIR),
            registry=load_attribute_registry(CONFIG_DIR),
            run_id=run_id,
            now=NOW,
        )

    def run(
        self, *, faults: str = "", at: datetime = NOW, refresh_after: timedelta = timedelta(hours=1)
    ) -> StoreRecordsReport:
        """Every step behind the request."""
        self.ask(faults=faults, at=at, refresh_after=refresh_after)
        self.normalise()
        self.fuse()
        self.judge()
        self.catalogue()
        return self.keep()

    def document(self, number: str) -> Document:
        """A stored part."""
        return self.store.get_document(f"{TYPE}:{number}")

    def rows(self, table: str, *columns: str) -> Sequence[dict[str, Any]]:
        """A table's rows."""
        frame = self.tables.scan(table, product_type=TYPE).collect()
        return frame.select(columns or frame.columns).to_dicts()

"""Reports of runs in MongoDB."""

from collections.abc import Iterator

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import RUN_REPORTS
from attrgen_assets.domain.ports import Document


class MongoReports(MongoPart):
    """What runs did, one report per run, product type and step."""

    def write_run_report(self, report: Document) -> None:
        """Record a report (run_id, product_type, step, at, and counts); a step that runs again replaces its own.

        When this returns, everything the run wrote before is safe on the server's disk.
        """
        key = f"{report['run_id']}:{report['product_type']}:{report['step']}"
        with translated("recording a run"):
            self._durable(RUN_REPORTS).replace_one({"_id": key}, report, upsert=True)

    def run_reports(
        self, product_type: str | None = None, *, step: str | None = None, limit: int = 20
    ) -> Iterator[Document]:
        """Reports of one product type or all, of one step or all; newest first."""
        asked = {"product_type": product_type, "step": step}
        wanted = {key: value for key, value in asked.items() if value is not None}
        with translated("reading reports of runs"):
            found = self._collection(RUN_REPORTS).find(wanted).sort([("at", -1), ("_id", 1)]).limit(limit)
            yield from found

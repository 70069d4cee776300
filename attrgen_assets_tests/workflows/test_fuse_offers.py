"""From claims to records, the same ones as a single lookup makes."""

from attrgen_assets.adapters.part_rules import load_part_rules
from attrgen_assets.adapters.suppliers.gateway import Suppliers
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.workflows.ask import ask
from attrgen_assets_tests.adapters.suppliers.asking import CONFIG_DIR, with_sandbox
from attrgen_assets_tests.workflows.parts_pipeline import NOW, Parts


def looked_up(part_number: str) -> PartRecord:
    async def work(suppliers: Suppliers, _: str) -> PartRecord:
        answers = await ask(part_number, suppliers=suppliers, deadline_s=30)
        claims = [claim for answer in answers.current for claim in answer.claims]
        return fused_record(answers.chain, claims, load_part_rules(CONFIG_DIR))

    return with_sandbox(work, now=lambda: NOW)


def test_the_graph_makes_the_record_that_a_lookup_makes(parts: Parts) -> None:
    parts.request("WR55X11152", "LOOP1001", "NOSUCH1")
    parts.ask()
    parts.normalise()
    report = parts.fuse()
    assert (report.parts, report.records, report.unknown, report.replaced) == (3, 2, 1, 2)
    replaced, loop, unknown = parts.rows("fused_products")
    assert PartRecord.model_validate_json(replaced["record"]).model_dump() == looked_up("WR55X11152").model_dump()
    assert PartRecord.model_validate_json(loop["record"]).model_dump() == looked_up("LOOP1001").model_dump()
    assert "the chain of replacements has no end: loop" in loop["needs_review"]
    assert (unknown["record"], unknown["needs_review"]) == (None, ["no supplier knows the part"])
    assert report.found["manufacturer"] == 2

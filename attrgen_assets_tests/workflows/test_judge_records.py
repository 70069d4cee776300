"""Records judged, or not, and what is on record of it."""

import json
from collections.abc import Sequence
from datetime import timedelta

from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.ports import Override
from attrgen_assets.workflows.catalogue_part import JudgedRecord
from attrgen_assets_tests.workflows.parts_pipeline import NOW, TYPE, Parts

PART = "WR55X10025"


def prepared(parts: Parts) -> Parts:
    parts.request(PART, "NOSUCH1")
    parts.ask()
    parts.normalise()
    parts.fuse()
    return parts


def test_without_a_judge_every_record_goes_on_and_says_so(parts: Parts) -> None:
    report = prepared(parts).judge()
    assert (report.records, dict(report.statuses)) == (1, {"skipped": 1})
    (row,) = parts.rows("ai_verdicts")
    (fused, _) = parts.rows("fused_products")
    assert (row["record"], row["reason"]) == (fused["record"], "no language model is configured")
    assert (row["verdicts"], row["content"], row["tokens"], row["cost"]) == (None, None, 0, None)


def test_a_judge_sees_the_claims_and_changes_the_record(parts: Parts) -> None:
    seen: list[int] = []

    async def judge(record: PartRecord, claims: Sequence[Claim]) -> JudgedRecord:
        seen.append(len(claims))
        fields = dict(record.fields) | {"color": record.fields["color"].model_copy(update={"value": "Teal"})}
        judged = record.model_copy(update={"fields": fields})
        return JudgedRecord(
            record=judged, content={"title": "T"}, status="done", reason="", fields_asked=("color",), tokens=7, cost=0.5
        )

    report = prepared(parts).judge(judge)
    assert seen == [len(parts.rows("supplier_offers"))]
    assert (report.fields_asked, report.fields_changed, report.tokens, report.cost) == (1, 1, 7, 0.5)
    (row,) = parts.rows("ai_verdicts")
    assert (row["fields_changed"], json.loads(row["content"])) == (["color"], {"title": "T"})
    parts.catalogue()
    parts.keep()
    document = parts.document(PART)
    assert (document["attributes"]["color"]["value"], document["content"]) == ("Teal", {"title": "T"})


def test_what_a_person_said_is_in_the_record_before_anybody_is_asked(parts: Parts) -> None:
    said = Override(product_type=TYPE, sku=PART, attribute="color", value="Green", by="ann", at=NOW - timedelta(days=1))
    parts.store.add_override(said)
    methods: list[str] = []

    async def judge(record: PartRecord, claims: Sequence[Claim]) -> JudgedRecord:
        methods.append(record.fields["color"].method)
        return JudgedRecord(record=record)

    prepared(parts).judge(judge)
    assert methods == ["reviewed"]

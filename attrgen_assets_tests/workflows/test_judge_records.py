"""Records judged, or not, and what is on record of it."""

import json
from datetime import timedelta
from typing import Any

from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.verdicts.model import ModelCall
from attrgen_assets.domain.verdicts.ports import Inquiry, Reply
from attrgen_assets.workflows.judge import JudgePorts
from attrgen_assets_tests.workflows.parts_pipeline import NOW, TYPE, Parts

PART = "WR55X10025"


class Yes:
    """A model that takes the first candidate of every conflict, and writes no text that could be used."""

    name = "openai"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, inquiry: Inquiry, *, within_s: float) -> Reply:
        names = [name for name in inquiry.schema["required"] if name not in ("title", "description")]
        self.asked += names
        data: dict[str, Any] = json.loads(inquiry.messages[-1][1]) if names else {}
        said = {name: {"value": _first(data, name), "confidence": 0.99} for name in names}
        call = ModelCall(
            name=self.name, model="m", purpose=inquiry.purpose, status="answered", calls=1, tokens=7, cost=0.5
        )
        return Reply(call=call, value=said if names else {"title": "T", "description": "D"})


def _first(data: dict[str, Any], name: str) -> Any:
    return data["fields"][name]["claims"][0]["value"]


def prepared(parts: Parts) -> Parts:
    parts.request(PART, "NOSUCH1")
    parts.ask()
    parts.normalise()
    parts.fuse()
    return parts


def test_without_a_model_every_record_goes_on_with_a_template_and_says_so(parts: Parts) -> None:
    report = prepared(parts).judge()
    assert (report.records, dict(report.statuses), report.cost) == (1, {"skipped": 1}, None)
    (row,) = parts.rows("ai_verdicts")
    (fused, _) = parts.rows("fused_products")
    assert (row["record"], row["reason"], row["tokens"]) == (fused["record"], "there is no model to ask", 0)
    assert json.loads(row["content"])["method"] == "template"
    parts.catalogue()
    parts.keep()
    document = parts.document(PART)
    assert document["verdicts"]["status"] == "skipped"
    assert PART in document["content"]["title"] + document["content"]["description"]


def test_a_model_is_asked_about_what_is_in_conflict_and_what_it_took_is_counted(parts: Parts) -> None:
    model = Yes()
    report = prepared(parts).judge(JudgePorts(panel=lambda: [model]))
    (row,) = parts.rows("ai_verdicts")
    assert row["fields_asked"] == sorted(set(model.asked), key=row["fields_asked"].index)
    assert 0 < report.fields_asked == len(set(model.asked)) < 10
    assert (report.tokens, report.cost) == (row["tokens"], row["cost"])
    assert report.tokens >= 14  # about the fields, and for a text
    parts.catalogue()
    assert parts.keep().new == 1
    assert parts.document(PART)["verdicts"]["fields"][0]["field"] in model.asked


def test_what_a_person_said_is_in_the_record_before_anybody_is_asked(parts: Parts) -> None:
    model = Yes()
    prepared(parts).judge(JudgePorts(panel=lambda: [model]))
    field = model.asked[0]
    value = 1.0 if PART_FIELDS[field].kind == "number" else "x"
    said = Override(product_type=TYPE, sku=PART, attribute=field, value=value, by="ann", at=NOW - timedelta(days=1))
    parts.store.add_override(said)
    again = Yes()
    parts.judge(JudgePorts(panel=lambda: [again]))
    assert field not in again.asked
    assert set(again.asked) == set(model.asked) - {field}

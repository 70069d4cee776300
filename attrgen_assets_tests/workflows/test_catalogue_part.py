"""Making and storing the record of one part: what its text says is what is stored."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.domain.verdicts.model import ModelCall
from attrgen_assets.domain.verdicts.ports import Inquiry, Reply
from attrgen_assets.workflows.ask import PartAnswers
from attrgen_assets.workflows.catalogue_part import CataloguePorts, catalogue_part
from attrgen_assets.workflows.judge import JudgePorts
from attrgen_assets_tests.domain.verdicts.making import MPN, SOURCES, make_claim, make_claims

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEEP = PartRules.model_validate({"update_policies": {"voltage": "keep"}})


class Writer:
    """A model that writes down the voltage that it is told."""

    name = "grok"

    async def ask(self, inquiry: Inquiry, *, within_s: float) -> Reply:
        facts = json.loads(inquiry.messages[1][1])["facts"]
        text = f"A sensor by GE for refrigerators, for {facts['voltage']}."
        call = ModelCall(name=self.name, model="tiny", purpose=inquiry.purpose, status="answered")
        return Reply(call=call, value={"title": f"GE Temperature Sensor {MPN}", "description": text})


def catalogued(store: MongoStore, volts: float, *models: Writer) -> Document:
    """The document after all suppliers say so many volts."""
    said: Sequence[Claim] = [
        *make_claims(without=["voltage"]), *(make_claim("voltage", volts, source) for source in SOURCES),
    ]  # fmt: skip
    answers = tuple(
        SupplierAnswer(
            supplier=source, part_number=MPN, outcome="ok", claims=tuple(one for one in said if one.source == source)
        )
        for source in SOURCES
    )
    asked = PartAnswers(chain=SupersessionChain(asked=MPN, end="current"), answers={MPN: answers})
    ports = CataloguePorts(documents=store, rules=KEEP, now=lambda: NOW, judge=JudgePorts(panel=lambda: models))
    made = asyncio.run(catalogue_part(asked, ports=ports, run_id="r"))
    assert made is not None
    document = store.get_document(f"appliance_part:{MPN}")
    assert document["content"] == made.document["content"]
    return document


def told(document: Document) -> tuple[Any, str, str]:
    """The voltage of the record, who wrote the text, and the text."""
    content = document["content"]
    return document["attributes"]["voltage"]["value"], content["method"], content["description"]


def test_a_text_of_the_template_tells_the_value_that_a_policy_keeps(mongo_store: MongoStore) -> None:
    catalogued(mongo_store, 12.0)
    volts, method, text = told(catalogued(mongo_store, 240.0))
    assert (volts, method) == (12.0, "template")
    assert "Voltage: 12 V." in text
    assert "240" not in text


def test_a_text_of_a_model_that_tells_another_value_gives_way_and_the_record_says_so(mongo_store: MongoStore) -> None:
    assert told(catalogued(mongo_store, 12.0, Writer())) == (
        12.0, "model", "A sensor by GE for refrigerators, for 12 V.",
    )  # fmt: skip
    document = catalogued(mongo_store, 240.0, Writer())
    volts, method, text = told(document)
    assert (volts, method) == (12.0, "template")
    assert "Voltage: 12 V." in text
    (refused,) = document["content"]["refused"]
    assert (refused["name"], refused["reasons"][0]) == ("grok", "240 V is not among the facts")
    version = document["version"]
    assert catalogued(mongo_store, 240.0, Writer())["version"] == version, "the same again is no new version"


def test_a_model_writes_of_what_a_person_said_before_it_was_asked(mongo_store: MongoStore) -> None:
    said = {"product_type": "appliance_part", "sku": MPN, "attribute": "voltage"}
    mongo_store.add_override(Override(**said, value=24.0, by="ann", at=NOW))
    assert told(catalogued(mongo_store, 12.0, Writer())) == (
        24.0, "model", "A sensor by GE for refrigerators, for 24 V.",
    )  # fmt: skip

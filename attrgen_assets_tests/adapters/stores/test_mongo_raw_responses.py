"""Raw responses in MongoDB: kept once, and enough to make the claims again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from pymongo import MongoClient

from attrgen_assets.adapters.stores.mongo_raw_responses import MongoRawResponses
from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox
from attrgen_assets.domain.parts.normalise import normalise
from attrgen_assets.domain.ports import Document
from attrgen_assets.workflows.ask import PartAnswers, ask
from attrgen_assets_tests.adapters.suppliers.asking import configs, gateway


def test_claims_are_the_same_from_the_database_as_from_the_wire(
    mongo_client: MongoClient[Document], mongo_database_name: str
) -> None:
    store = MongoRawResponses(mongo_client[mongo_database_name])

    async def run(url: str) -> PartAnswers:
        async with gateway(url) as suppliers:
            return await ask("WR55X10025", suppliers=suppliers, deadline_s=30, store=store)

    with running_sandbox(latency_ms=0, parts=50) as url:
        found = asyncio.run(run(url))
    assert found.kept == sum(len(answer.responses) for answer in found.current) > 12
    for config, answer in zip(configs(), found.current, strict=True):
        said = store.responses_of("WR55X10025", places={config.supplier: "sandbox"})
        stored = normalise(said, config)
        assert [(c.attribute, c.value, c.flags) for c in stored] == [
            (c.attribute, c.value, c.flags) for c in answer.claims
        ]


def test_writing_twice_keeps_one_and_the_latest_time_is_what_is_read(
    mongo_client: MongoClient[Document], mongo_database_name: str
) -> None:
    from attrgen_assets_tests.domain.parts.making import make_response

    store = MongoRawResponses(mongo_client[mongo_database_name])
    old = [make_response({"n": n}, page=n) for n in (1, 2)]
    new = [replace(old[0], asked_at=old[0].asked_at + timedelta(days=1), body="{}")]
    for _ in range(2):
        store.write_responses(old)
        store.write_responses(new)
    assert mongo_client[mongo_database_name]["raw_responses"].count_documents({}) == 3
    assert store.responses_of("A1") == new
    assert store.responses_of("B2") == []
    assert store.write_responses([]) == 0

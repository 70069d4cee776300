"""Lookups over real servers: MongoDB, Redis, and a sandbox of suppliers."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from attrgen_assets.adapters.part_rules import load_part_rules
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_lookups import MongoLookups
from attrgen_assets.adapters.stores.mongo_raw_responses import MongoRawResponses
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.adapters.suppliers.configs import load_suppliers
from attrgen_assets.adapters.suppliers.gateway import Suppliers
from attrgen_assets.adapters.suppliers.sandbox.app import STATS_PATH
from attrgen_assets.domain.parts.sessions import LookupStatus
from attrgen_assets.errors import ConfigError
from attrgen_assets.workflows.catalogue_part import CataloguePorts
from attrgen_assets.workflows.lookup import Lookup, LookupPorts, look_up
from attrgen_assets_tests.adapters.suppliers.asking import CONFIG_DIR, with_sandbox

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PART = "WR55X10025"


def ports_of(suppliers: Suppliers, store: MongoStore, cache: RedisMatchCache) -> LookupPorts:
    """Ports over real servers; sessions have the ids session-1, session-2, ..."""
    ids = count(1)
    return LookupPorts(
        suppliers=suppliers,
        configs={config.supplier: config for config in load_suppliers(CONFIG_DIR)},
        responses=MongoRawResponses(store.database),
        sessions=MongoLookups(store.database),
        catalogue=CataloguePorts(documents=store, rules=load_part_rules(CONFIG_DIR), now=lambda: NOW),
        cache=cache,
        now=lambda: NOW,
        new_id=lambda: f"session-{next(ids)}",
    )


def looked_up(*asked: Mapping[str, Any], store: MongoStore, cache: RedisMatchCache, faults: str = "") -> list[Lookup]:
    """The answers to lookups one after another (part_number and options of `look_up`)."""

    async def work(suppliers: Suppliers, _: str) -> list[Lookup]:
        ports = ports_of(suppliers, store, cache)
        return [await look_up(ports=ports, deadline_s=30, **one) for one in asked]

    return with_sandbox(work, sandbox={"faults": faults})


def test_a_lookup_stores_record_responses_and_session(mongo_store: MongoStore, redis_cache: RedisMatchCache) -> None:
    (found,) = looked_up({"part_number": "wr55x11152"}, store=mongo_store, cache=redis_cache)
    assert found.record is not None
    assert found.record.chain == ("WR55X11152", PART)
    assert found.record.fields["box_length_in"].value < 120
    assert found.session.status is LookupStatus.COMPLETED
    document = mongo_store.get_document(f"appliance_part:{PART}")
    assert document["version"] == 1
    assert document["attributes"]["manufacturer"]["value"] == "GE"
    assert MongoLookups(mongo_store.database).sessions_of("WR55X11152") == [found.session]
    assert MongoRawResponses(mongo_store.database).responses_of(PART)


def test_a_second_lookup_asks_nobody_and_a_refresh_of_the_same_makes_no_version(
    mongo_store: MongoStore, redis_cache: RedisMatchCache
) -> None:
    again: dict[str, Any] = {"part_number": PART}
    first, second, third = looked_up(again, again, again | {"refresh": True}, store=mongo_store, cache=redis_cache)
    assert [one.session.from_cache for one in (first, second, third)] == [False, True, False]
    assert second.record == first.record == third.record
    assert len(MongoLookups(mongo_store.database).sessions_of(PART)) == 3
    assert [state["version"] for state in mongo_store.list_versions(f"appliance_part:{PART}")] == [1]


def test_an_answer_that_is_too_old_is_not_used(mongo_store: MongoStore, redis_cache: RedisMatchCache) -> None:
    old: dict[str, Any] = {"part_number": PART, "max_age_s": -1.0}
    found = looked_up({"part_number": PART}, old, store=mongo_store, cache=redis_cache)
    assert [one.session.from_cache for one in found] == [False, False]


def test_a_supplier_that_fails_is_part_of_the_answer_which_is_not_remembered(
    mongo_store: MongoStore, redis_cache: RedisMatchCache
) -> None:
    asked: dict[str, Any] = {"part_number": PART}
    found = looked_up(asked, asked, store=mongo_store, cache=redis_cache, faults="encompass.500=1")
    assert [one.session.status for one in found] == [LookupStatus.PARTIAL, LookupStatus.PARTIAL]
    assert [one.session.from_cache for one in found] == [False, False]
    assert found[0].record is not None
    assert "encompass: failed" in found[0].session.reason


def test_a_part_that_nobody_knows_fails_and_stores_nothing(
    mongo_store: MongoStore, redis_cache: RedisMatchCache
) -> None:
    (found,) = looked_up({"part_number": "NOSUCH1"}, store=mongo_store, cache=redis_cache)
    assert (found.record, found.session.status) == (None, LookupStatus.FAILED)
    assert found.session.reason == "no supplier knows the part"
    assert mongo_store.content_hashes("appliance_part") == {}


def test_a_replaced_number_is_remembered_by_itself_and_by_the_one_that_is_sold(
    mongo_store: MongoStore, redis_cache: RedisMatchCache
) -> None:
    numbers = ("WR55X11152", "wr55x11152", PART)
    found = looked_up(*({"part_number": number} for number in numbers), store=mongo_store, cache=redis_cache)
    assert [one.session.from_cache for one in found] == [False, True, True]
    assert [one.session.part_number for one in found] == ["WR55X11152", "WR55X11152", PART]
    assert found[1].record == found[0].record
    sold = found[2].record
    assert sold is not None
    assert found[0].record is not None
    assert (sold.part_number, sold.chain, sold.fields) == (PART, (PART,), found[0].record.fields)
    assert {one.part_number for one in found[2].session.suppliers} == {PART}


def test_of_many_who_want_one_part_one_asks_and_all_have_a_session(
    mongo_store: MongoStore, redis_cache: RedisMatchCache
) -> None:
    async def work(suppliers: Suppliers, url: str) -> tuple[list[Lookup], int]:
        ports = ports_of(suppliers, mongo_store, redis_cache)
        found = await asyncio.gather(*(look_up(PART, ports=ports, deadline_s=30) for _ in range(40)))
        async with httpx.AsyncClient() as http:
            counted = (await http.get(url + STATS_PATH)).json()["requests"]
        return found, counted["encompass"]

    found, requests = with_sandbox(work, sandbox={"latency_ms": 50})
    assert requests == 3  # one for each endpoint
    assert sum(not one.session.from_cache for one in found) == 1
    assert all(one.record == found[0].record for one in found)
    assert MongoLookups(mongo_store.database).count_by_status() == {"COMPLETED": 40}
    assert len({one.session.session_id for one in found}) == 40


def test_a_lookup_that_is_cancelled_says_so(mongo_store: MongoStore, redis_cache: RedisMatchCache) -> None:
    async def work(suppliers: Suppliers, url: str) -> None:
        ports = ports_of(suppliers, mongo_store, redis_cache)
        lookup = asyncio.create_task(look_up(PART, ports=ports, deadline_s=30))
        async with httpx.AsyncClient() as http:
            while not (await http.get(url + STATS_PATH)).json()["requests"]["encompass"]:
                await asyncio.sleep(0)
        lookup.cancel()
        with pytest.raises(asyncio.CancelledError):
            await lookup

    with_sandbox(work, sandbox={"latency_ms": 20_000})
    [session] = MongoLookups(mongo_store.database).sessions_of(PART)
    assert (session.status, session.reason) == (LookupStatus.FAILED, "CancelledError")


def test_rules_that_name_no_field_are_refused(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "appliance_part.yaml").write_text("specifications: [volts]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="volts"):
        load_part_rules(tmp_path)

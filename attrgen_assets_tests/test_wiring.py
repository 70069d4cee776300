"""Services from settings: the servers that are named, else embedded ones."""

from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from attrgen_assets.adapters.services.locks import is_held_alone
from attrgen_assets.adapters.word_vectors import PACKAGE
from attrgen_assets.errors import StoreUnavailable
from attrgen_assets.settings import Settings
from attrgen_assets.wiring import fast_learner, open_configs, open_services, utc_now
from attrgen_assets_tests.labelled import make_product


def test_named_servers_are_used(tmp_path: Path, mongo_uri: str, redis_url: str, mongo_database_name: str) -> None:
    settings = Settings(
        home=tmp_path,
        mongodb_uri=SecretStr(mongo_uri),
        mongodb_database=mongo_database_name,
        redis_url=SecretStr(redis_url),
    )
    key = uuid4().hex
    with open_services(settings) as services:
        assert services.store.database.name == mongo_database_name
        assert services.store.content_hashes("saree") == {}
        services.cache.set_many({key: b"1"})
        assert services.cache.get_many([key]) == [b"1"]
    assert not (tmp_path / "services").exists()


def test_without_names_embedded_servers_are_up_for_as_long_as_the_block(tmp_path: Path) -> None:
    with open_services(Settings(home=tmp_path)) as services:
        assert services.store.content_hashes("saree") == {}
        services.cache.set_many({"key": b"1"})
        assert services.cache.get_many(["key"]) == [b"1"]
        locks = [tmp_path / "services" / name / "server.lock" for name in ("mongo", "redis")]
        assert all(map(is_held_alone, locks))
    assert not any(map(is_held_alone, locks))


def test_a_named_store_that_is_down_shows_at_once(tmp_path: Path, redis_url: str) -> None:
    down = str(tmp_path / "nobody.sock").replace("/", "%2F")
    settings = Settings(
        home=tmp_path,
        mongodb_uri=SecretStr(f"mongodb://{down}"),
        redis_url=SecretStr(redis_url),
        store_timeout_s=0.1,
    )
    with pytest.raises(StoreUnavailable), open_services(settings):
        pytest.fail("must not get here")


def test_configs_need_no_server(tmp_path: Path) -> None:
    found = open_configs(Settings(home=tmp_path)).all()
    assert found.valid == ("kurta", "saree", "saree_blouse")
    assert not (tmp_path / "services").exists()


def test_the_clock_has_a_time_zone() -> None:
    assert utc_now().utcoffset() is not None


def test_what_the_graph_trains_knows_classes_of_words() -> None:
    said: list[str] = []
    products = [make_product(f"Meva {color} throw", Color=color) for color in ("Red", "Green", "Blue", "White")]
    model = fast_learner(said.append)(products)
    assert model.config.words == PACKAGE
    red, blue = (model.parts.classes.features(word) for word in ("red", "blue"))
    assert red[0] == blue[0]
    assert not [step for step in said if "not installed" in step]

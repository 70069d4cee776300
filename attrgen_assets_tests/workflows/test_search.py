"""Search over documents in a real MongoDB."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_search import MongoSearch
from attrgen_assets.cli import main
from attrgen_assets.domain.documents.search import Search, SearchFilters, SearchHit
from attrgen_assets.domain.ports import Document
from attrgen_assets.errors import InvalidQuery
from attrgen_assets.workflows.search import search_catalogue
from attrgen_assets_tests.factories import NOW

HOSTILE = [
    "$where",
    '"',
    '""',
    '"open',
    "-",
    "--",
    '-"',
    "{$ne: null}",
    "\\",
    ".*",
    "(",
    "'; drop",
    "💥" * 1000,
    "the of",
    "\x1b",
]


def make_document(sku: str, *, day: int = 0, confidence: float = 0.9, kind: str = "saree", **values: Any) -> Document:
    """A document of texts, changed on a day after NOW."""
    attributes = {
        name: {"value": value, "status": "FOUND", "confidence": confidence, "provenance": None}
        for name, value in values.items()
    }
    empty = {"value": None, "status": "NOT_FOUND", "confidence": None, "provenance": None}
    return {
        "_id": f"{kind}:{sku}",
        "product_type": kind,
        "sku": sku,
        "attributes": attributes | {"language": empty},
        "content_hash": f"{abs(hash((sku, day, str(values)))):032x}"[:32],
        "updated_at": NOW + timedelta(days=day),
    }


NOT_A_PLACE: list[Any] = [
    None,
    [],
    ["a", "b", "c"],
    ["a", True, "c"],
    ["a", 1e300, "c"],
    ["a", float("nan"), "c"],
    {"$gt": ""},
]
MADE_UP = ["", "x", "é", "A" * 20_000, "W" * 9000]
MADE_UP += [base64.urlsafe_b64encode(json.dumps(data).encode()).decode() for data in NOT_A_PLACE]

PART: dict[str, Any] = {"kind": "appliance_part", "manufacturer": "GE (a.b)", "primary_category": "Gaskets"}
CATALOGUE = [
    make_document("S1", title="Red silk saree", description="With a blouse piece", brand="Examplia"),
    make_document("S2", day=1, confidence=0.5, title="Cotton saree", description="As soft as silk", brand="Examplia"),
    make_document("S3", day=2, title="Blue kurta", description="Plain", brand="Other", primary_department="Women"),
    make_document("WR1X1", day=3, part_title="Door gasket", long_description="Fits many", **PART),
    make_document(
        "WR2X2", day=4, confidence=0.7, part_title="Water valve", sub_categories=["Valves", "Water"], kind="part"
    ),
]


@pytest.fixture
def catalogue(mongo_store: MongoStore) -> MongoSearch:
    """A catalogue of two product types."""
    mongo_store.write_documents(CATALOGUE)
    return MongoSearch(mongo_store.database)


def found(store: MongoSearch, search: Search) -> list[str]:
    return [hit.sku for hit in search_catalogue(search, store=store).hits]


def walk(store: MongoSearch, search: Search, *, limit: int) -> list[SearchHit]:
    hits: list[SearchHit] = []
    cursor = None
    while True:
        page = search_catalogue(search, store=store, limit=limit, cursor=cursor)
        hits += page.hits
        cursor = page.cursor
        if cursor is None:
            return hits


def test_a_word_in_the_title_counts_more_than_one_in_the_description(catalogue: MongoSearch) -> None:
    assert found(catalogue, Search(text="silk")) == ["S1", "S2"]
    assert found(catalogue, Search(text="sarees -cotton")) == ["S1"]
    assert found(catalogue, Search(text="wr1x1")) == ["WR1X1"]


@pytest.mark.parametrize(
    ("filters", "skus"),
    [
        ({"product_type": "appliance_part"}, ["WR1X1"]),
        ({"manufacturer": "examplia"}, ["S2", "S1"]),
        ({"manufacturer": "GE (a.b)"}, ["WR1X1"]),
        ({"manufacturer": ".*"}, []),
        ({"manufacturer": "Exampl"}, []),
        ({"department": "women"}, ["S3"]),
        ({"category": "Valves"}, ["WR2X2"]),
        ({"since": NOW + timedelta(days=3)}, ["WR2X2", "WR1X1"]),
        ({"until": NOW + timedelta(days=1), "manufacturer": "Examplia"}, ["S2", "S1"]),
        ({"min_confidence": 0.8}, ["WR1X1", "S3", "S1"]),
    ],
    ids=str,
)
def test_filters(catalogue: MongoSearch, filters: dict[str, Any], skus: list[str]) -> None:
    assert found(catalogue, Search(sort="date", filters=SearchFilters(**filters))) == skus


def test_sorted_by_confidence(catalogue: MongoSearch) -> None:
    assert found(catalogue, Search(sort="confidence")) == ["WR1X1", "S1", "S3", "WR2X2", "S2"]


@pytest.mark.parametrize("sort", ["relevance", "date", "confidence"])
def test_pages_together_are_the_whole_answer(mongo_store: MongoStore, sort: Any) -> None:
    mongo_store.write_documents(
        make_document(f"{i:02}", day=i % 3, confidence=1 / (1 + i % 4), title="saree " * (1 + i % 5)) for i in range(40)
    )
    store, search = MongoSearch(mongo_store.database), Search(text="saree", sort=sort)
    whole = walk(store, search, limit=100)
    assert len({hit.sku for hit in whole}) == 40
    assert walk(store, search, limit=7) == whole


@pytest.mark.parametrize("sort", ["relevance", "date", "confidence"])
def test_inserts_between_pages_repeat_and_skip_nothing(mongo_store: MongoStore, sort: Any) -> None:
    mongo_store.write_documents(make_document(f"m{i}", title="saree") for i in range(10))
    store, search = MongoSearch(mongo_store.database), Search(text="saree", sort=sort)
    first = search_catalogue(search, store=store, limit=5)
    extra = [make_document(f"{letter}{i}", day=1, title="saree") for letter in "az" for i in range(5)]
    mongo_store.write_documents(extra)
    second = search_catalogue(search, store=store, limit=100, cursor=first.cursor)
    skus = [hit.sku for hit in (*first.hits, *second.hits)]
    assert len(skus) == len(set(skus))
    assert {f"m{i}" for i in range(10)} <= set(skus)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_queries_are_harmless(catalogue: MongoSearch, text: str) -> None:
    assert len(found(catalogue, Search(text=text))) <= len(CATALOGUE)
    assert found(catalogue, Search(sort="date", filters=SearchFilters(category=text[:100]))) == []
    assert catalogue.database["documents"].count_documents({}) == len(CATALOGUE)


@pytest.mark.parametrize("text", ["x" * 1001, "a\x00b", "\ud800"])
def test_texts_that_no_title_has_are_refused(text: str) -> None:
    with pytest.raises(InvalidQuery, match="search: query: found"):
        Search(text=text)


def test_a_document_may_say_its_language(mongo_store: MongoStore) -> None:
    store = MongoSearch(mongo_store.database)
    assert found(store, Search(text="saree")) == []
    document = make_document("L", title="saree", language="Klingon")
    mongo_store.write_documents([document | {"language": 7}])
    mongo_store.database["documents"].update_one({}, {"$set": {"attributes.title.language": "Klingon"}})
    assert found(store, Search(text="saree")) == ["L"]


@pytest.mark.parametrize("cursor", MADE_UP)
def test_made_up_cursors_are_refused(catalogue: MongoSearch, cursor: str) -> None:
    with pytest.raises(InvalidQuery, match="cursor"):
        search_catalogue(Search(sort="date"), store=catalogue, cursor=cursor)


def test_a_cursor_leads_on_in_its_own_search_only(catalogue: MongoSearch) -> None:
    cursor = search_catalogue(Search(sort="date"), store=catalogue, limit=2).cursor
    assert cursor is not None
    with pytest.raises(InvalidQuery, match="of another search"):
        search_catalogue(Search(sort="confidence"), store=catalogue, cursor=cursor)


def test_a_made_up_time_far_away_finds_nothing_or_all(catalogue: MongoSearch) -> None:
    search = Search(sort="date")
    for key, count in ((2.0**62, len(CATALOGUE)), (-(2.0**62), 0)):
        data = json.dumps([search.fingerprint, key, "z"]).encode()
        cursor = base64.urlsafe_b64encode(data).decode()
        assert len(search_catalogue(search, store=catalogue, cursor=cursor).hits) == count


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_page_sizes(catalogue: MongoSearch, limit: int) -> None:
    with pytest.raises(InvalidQuery, match="from 1 to 100"):
        search_catalogue(Search(sort="date"), store=catalogue, limit=limit)


def test_the_command(
    catalogue: MongoSearch,
    mongo_uri: str,
    mongo_database_name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MONGODB_URI", mongo_uri)
    monkeypatch.setenv("ATTRGEN_MONGODB_DATABASE", mongo_database_name)
    assert main(["search", "silk", "--filter", "brand=Examplia", "--limit", "1", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert [hit["sku"] for hit in page["hits"]] == ["S1"]
    assert main(["search", "silk", "--filter", "brand=Examplia", "--cursor", page["cursor"]]) == 0
    assert "S2" in capsys.readouterr().out
    for words, allowed in (
        (["--filter", "price=3"], "manufacturer, brand"),
        (["--filter", "since=soon"], "2024-05-17"),
        (["--sort", "price"], "relevance, date, confidence"),
    ):
        assert main(["search", "silk", *words]) == 1
        assert allowed in capsys.readouterr().err.replace("\n", " ")
    for words, told in (
        (["--", "-silk"], "'-silk' only excludes; give a word that is to be there"),
        (["silk", "--type", "sarre"], "found 'sarre'; did you mean 'saree'? allowed: appliance_part"),
    ):
        assert main(["search", *words]) == 1
        assert told in capsys.readouterr().err.replace("\n", " ")
    assert main(["search", "silk", "--type", "appliance_part"]) == 0
    assert "nothing found" in capsys.readouterr().out

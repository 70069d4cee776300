"""Proposals wait for a person and are taken over on the next run: against a real MongoDB, through the real kernel."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.product_types.model import LexiconSource
from attrgen_assets.domain.product_types.trust import Accept, Calibration
from attrgen_assets.errors import InvalidCorrection, NotFoundError
from attrgen_assets.workflows.review import Proposal, accept_proposals, list_proposals
from attrgen_assets_tests.factories import make_product_type
from attrgen_assets_tests.workflows.pipeline import Row, run_pipeline

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CAUTIOUS = make_product_type(calibration=Calibration(curve=((0.9, 0.95), (0.98, 0.995))))
CAUTIOUS = CAUTIOUS.with_attributes(
    tuple(
        one.model_copy(update={"accept": Accept(min_precision=0.99)}) if one.name in ("fabric", "color") else one
        for one in CAUTIOUS.attributes
    )
)
TRIMS = "Lace and sequinned"
SURENESS = (("title", 0.8), ("description", 0.98))
SURE: Row = {"sku": "SURE", "title": "Green saree", "fabric": "Silk", "color": "Green"}
READ: Row = {"sku": "READ", "title": "Blue cotton saree", "fabric": None, "color": "Blue"}
BOTH: Row = {"sku": "BOTH", "title": "Red silk saree", "fabric": None, "color": None}


@pytest.fixture
def store(mongo_store: MongoStore, tmp_path: Path) -> MongoStore:
    run(mongo_store, tmp_path)
    return mongo_store


def run(store: MongoStore, folder: Path) -> None:
    run_pipeline(CAUTIOUS, (SURE, READ, BOTH), tables=ParquetTables(folder), store=store, now=NOW)


def found(store: MongoStore, **options: object) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.sku, one.attribute, one.values) for one in list_proposals("saree", desk=store, **options)]  # type: ignore[arg-type]


def test_proposals_are_listed_with_where_they_were_read(store: MongoStore) -> None:
    assert found(store) == [("BOTH", "color", ("Red",)), ("BOTH", "fabric", ("Silk",)), ("READ", "fabric", ("Cotton",))]
    assert found(store, attribute="color") == [("BOTH", "color", ("Red",))]
    assert found(store, limit=1) == [("BOTH", "color", ("Red",))]
    [red] = list_proposals("saree", desk=store, attribute="color")
    assert red == Proposal(
        sku="BOTH", title="Red silk saree", attribute="color", values=("Red",), text="red", field="title"
    )


def test_what_a_person_accepts_is_in_force_on_the_next_run(store: MongoStore, tmp_path: Path) -> None:
    stated = {"color": None, "fabric": "Art Silk"}
    accepted = accept_proposals(CAUTIOUS, "BOTH", stated, desk=store, by="asha", now=NOW, reason="seen")
    assert [(one.attribute, one.value, one.by, one.reason) for one in accepted] == [
        ("color", "Red", "asha", "seen"),
        ("fabric", "Art Silk", "asha", "seen"),
    ]
    run(store, tmp_path)
    document = store.get_document("saree:BOTH")
    assert {name: document["attributes"][name]["value"] for name in ("color", "fabric")} == {
        "color": "Red",
        "fabric": "Art Silk",
    }
    assert document["attributes"]["color"]["confidence"] == 1.0
    assert found(store) == [("READ", "fabric", ("Cotton",))]


def test_of_a_list_what_is_found_stays_beside_what_is_proposed(mongo_store: MongoStore, tmp_path: Path) -> None:
    one, other = (LexiconSource(fields=(field,), pick="all", confidence=sure) for field, sure in SURENESS)
    lists = CAUTIOUS.attribute("ornamentation").model_copy(
        update={"sources": (one, other), "accept": Accept(min_precision=0.97)}
    )
    config = CAUTIOUS.with_attributes(tuple(lists if each.name == lists.name else each for each in CAUTIOUS.attributes))
    row: Row = {"sku": "LIST", "title": "Red saree with zari", "color": "Red", "fabric": "Silk", "description": TRIMS}
    run_pipeline(config, (row,), tables=ParquetTables(tmp_path), store=mongo_store, now=NOW)
    [proposal] = list_proposals("saree", desk=mongo_store, attribute="ornamentation")
    assert (proposal.values, proposal.field) == (("Zari",), "title")
    [accepted] = accept_proposals(config, "LIST", {"ornamentation": None}, desk=mongo_store, by="asha", now=NOW)
    assert sorted(accepted.value) == ["Lace", "Sequinned", "Zari"]


def test_what_is_not_proposed_cannot_be_accepted_unseen(store: MongoStore) -> None:
    with pytest.raises(InvalidCorrection, match="no proposal for color; proposals: fabric = Cotton"):
        accept_proposals(CAUTIOUS, "READ", {"color": None}, desk=store, by="asha", now=NOW)
    with pytest.raises(InvalidCorrection, match="the SKU of a document"):
        accept_proposals(CAUTIOUS, "READ", {"sku": "OTHER"}, desk=store, by="asha", now=NOW)
    with pytest.raises(InvalidCorrection, match="Velveteen"):
        accept_proposals(CAUTIOUS, "READ", {"fabric": "Velveteen"}, desk=store, by="asha", now=NOW)
    with pytest.raises(NotFoundError):
        accept_proposals(CAUTIOUS, "NONE", {"fabric": None}, desk=store, by="asha", now=NOW)
    assert list(store.overrides("saree")) == []

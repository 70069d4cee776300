"""Counting the documents that a change may touch: the same from MongoDB and from a file, as a slow oracle counts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.document_lines import DocumentLines
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_touches import MongoTouches
from attrgen_assets.domain.product_types.touches import DocumentCounter, Touch
from attrgen_assets.domain.tables import Status
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.compare import compare_product_types
from attrgen_assets_tests.config_texts import SAREE, changed, make_config_dir

Documents = list[dict[str, Any]]
OpenCounter = Callable[[Documents], DocumentCounter]


def _entry(
    value: Any = None, status: str | None = None, source: tuple[str, str] = ("column", "color")
) -> dict[str, Any]:
    generator, field = source
    provenance = {"generator": generator, "version": "1", "field": field, "text": str(value), "method": "exact"}
    found = value is not None
    return {
        "value": value,
        "status": status or ("FOUND" if found else "NOT_FOUND"),
        "confidence": 0.9 if found else None,
        "provenance": provenance if found else None,
    }


def _document(number: int, **attributes: dict[str, Any]) -> dict[str, Any]:
    return {"_id": f"saree:{number}", "sku": str(number), "product_type": "saree", "attributes": attributes}


@pytest.fixture(name="open_counter", params=["lines", "mongo"])
def _open_counter(request: pytest.FixtureRequest, tmp_path: Path) -> OpenCounter:
    def lines(documents: Documents) -> DocumentCounter:
        path = tmp_path / "documents.jsonl"
        path.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
        return DocumentLines(path)

    def mongo(documents: Documents) -> DocumentCounter:
        store: MongoStore = request.getfixturevalue("mongo_store")
        store.database["documents"].delete_many({})
        if documents:
            store.database["documents"].insert_many(documents)
        return MongoTouches(store.database)

    return lines if request.param == "lines" else mongo


VALUES = st.sampled_from(["Red", "Blue", 4, 5.5, 12, True, ["S", "M"], ["S"], None])
ENTRIES = st.builds(
    _entry,
    VALUES,
    st.sampled_from([None, None, "NOT_APPLICABLE"]),
    st.sampled_from(
        [("column", "color"), ("lexicon", "title"), ("lexicon", "title, description"), ("lexicon", "subtitle")]
    ),
)
TOUCHES = st.lists(
    st.one_of(
        st.just(Touch()),
        st.builds(Touch, attribute=st.sampled_from("ab"), value=st.sampled_from(["Red", "S", True])),
        st.builds(Touch, attribute=st.sampled_from("ab"), status=st.sampled_from(list(Status))),
        st.builds(Touch, attribute=st.sampled_from("ab"), outside=st.just((4.5, 10.0))),
        st.builds(Touch, attribute=st.sampled_from("ab"), source=st.just(("lexicon", "title"))),
        st.builds(Touch, attribute=st.sampled_from("ab")),
    ),
    max_size=4,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(entries=st.lists(st.fixed_dictionaries({}, optional={"a": ENTRIES, "b": ENTRIES}), max_size=5), touches=TOUCHES)
def test_counts_are_those_of_the_conditions(open_counter: OpenCounter, entries: Any, touches: list[Touch]) -> None:
    documents = [_document(number, **attributes) for number, attributes in enumerate(entries)]
    other = {**_document(99, a=_entry("Red")), "product_type": "kurta"}
    counts, touched = open_counter([*documents, other]).count_touched("saree", touches)
    assert counts == [sum(touch.matches(document) for document in documents) for touch in touches]
    assert touched == sum(any(touch.matches(document) for touch in touches) for document in documents)


def test_a_list_that_came_from_several_fields_came_from_each(open_counter: OpenCounter) -> None:
    sources = ("title, description", "description", "subtitle", "description, subtitle")
    documents = [_document(at, a=_entry(["S"], source=("lexicon", field))) for at, field in enumerate(sources)]
    touches = [Touch(attribute="a", source=("lexicon", field)) for field in ("title", "description", "subtitle")]
    assert open_counter(documents).count_touched("saree", touches) == ([1, 3, 2], 4)


def test_a_comparison_counts_each_pair_and_every_document_once(tmp_path: Path, open_counter: OpenCounter) -> None:
    old = load_product_type(make_config_dir(tmp_path / "old"), "saree")
    text = changed(changed(SAREE, "    Lace:\n", ""), "[S, M, 3XL]", "[S, M]")
    new = load_product_type(make_config_dir(tmp_path / "new", {"product_types/saree.yaml": text}), "saree")
    counter = open_counter(
        [
            _document(1, fabric=_entry("Lace"), size=_entry(["S", "3XL"])),
            _document(2, fabric=_entry("Lace"), size=_entry(["S"])),
            _document(3, fabric=_entry("Silk"), size=_entry()),
        ]
    )
    comparison = compare_product_types(old, new, counter=counter)
    assert {str(touch): count for touch, count in comparison.counts.items()} == {
        "fabric is 'Lace'": 2,
        "size is '3XL'": 1,
    }
    assert (comparison.touched, comparison.same_answers) == (2, False)
    assert (comparison.old_version, comparison.new_version) == (old.config_version, new.config_version)


def test_without_a_counter_nothing_is_counted(tmp_path: Path) -> None:
    saree = load_product_type(make_config_dir(tmp_path), "saree")
    comparison = compare_product_types(saree, saree)
    assert (comparison.changes, comparison.counts, comparison.touched, comparison.same_answers) == ((), {}, None, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"documents.jsonl:2: not a line of JSON"),
        ("[]", "documents.jsonl:2: not a document"),
        ('{"attributes": {"a": 1}}', "documents.jsonl:2: not a document"),
        ("[" * 100_000, "documents.jsonl:2: not a line of JSON"),
    ],
)
def test_a_file_of_something_else_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "documents.jsonl"
    path.write_text(json.dumps(_document(1)) + "\n" + text + "\n")
    with pytest.raises(FeedError, match=message):
        DocumentLines(path).count_touched("saree", [Touch()])
    with pytest.raises(FeedError, match="cannot be read"):
        DocumentLines(tmp_path / "nothing.jsonl").count_touched("saree", [Touch()])

"""What differs between two states."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.versions.diff import document_diff


def entry(value: Any, confidence: float | None = 0.5, source: str = "title") -> dict[str, Any]:
    found = value is not None
    return {
        "value": value, "status": "FOUND" if found else "NOT_FOUND", "confidence": confidence if found else None,
        "provenance": {"field": source, "method": "exact"} if found else None,
    }  # fmt: skip


def document(*, missing: tuple[str, ...] = (), **parts: Any) -> dict[str, Any]:
    blocks: dict[str, Any] = {name: parts.pop(name) for name in ("specifications", "content") if name in parts}
    return {"attributes": parts, "missing": list(missing), **blocks}


def test_values_confidences_and_sources_are_told_apart() -> None:
    before = document(color=entry("Red"), size=entry("S"), fabric=entry("Silk"), neck=entry(None))
    after = document(color=entry("Blue"), size=entry("S", 0.9), fabric=entry("Silk", source="spec"), neck=entry(None))
    found = document_diff(before, after)
    assert [change.attribute for change in found.attributes] == ["color", "fabric", "size"]
    assert found.names == ("color",)
    assert (found.attributes[0].before.value, found.attributes[0].after.value) == ("Red", "Blue")


def test_an_attribute_that_comes_or_goes_is_a_change_unless_it_says_nothing() -> None:
    found = document_diff(document(old=entry("x"), silent=entry(None)), document(new=entry("y")))
    assert [(change.attribute, change.after.status) for change in found.attributes] == [
        ("new", "FOUND"), ("old", "NOT_FOUND"),
    ]  # fmt: skip


def test_lines_of_tables_and_keys_of_texts_are_entries() -> None:
    before = document(specifications={"rows": [{"name": "power", "text": "5 W"}]}, content={"title": "A", "body": "B"})
    after = document(specifications={"rows": [{"name": "power", "text": "6 W"}]}, content={"title": "A", "body": "C"})
    assert [(one.block, one.entry) for one in document_diff(before, after).blocks] == [
        ("specifications", "power"), ("content", "body"),
    ]  # fmt: skip


ENTRIES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.builds(entry, st.none() | st.sampled_from(["x", "y"]), st.sampled_from([0.1, 0.9])),
)


@given(ENTRIES, ENTRIES)
def test_nothing_differs_from_itself_and_both_directions_name_the_same(old: Any, new: Any) -> None:
    one, other = document(**old), document(**new)
    assert document_diff(one, one).empty
    there, back = document_diff(one, other), document_diff(other, one)
    assert there.names == back.names
    assert [(c.before, c.after) for c in there.attributes] == [(c.after, c.before) for c in back.attributes]

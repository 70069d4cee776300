"""What a stored document and a correction teach."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.lessons import Lesson, chosen_skus, is_held_out, lessons
from attrgen_assets.domain.ports import Override
from attrgen_assets_tests.factories import NA, make_documents, make_product_type

SAREE = make_product_type()


def lesson(row: dict[str, Any], *overrides: Override, **texts: str) -> Lesson | None:
    """The lesson of one document, where there is one."""
    found = list(lessons(make_documents([{"sku": "A", **row}]), {"A": texts}, SAREE, overrides=overrides))
    assert len(found) <= 1
    return found[0] if found else None


def correction(attribute: str, value: Any) -> Override:
    """A person's answer about product A."""
    at = datetime(2024, 5, 17, tzinfo=UTC)
    return Override(product_type="saree", sku="A", attribute=attribute, value=value, by="a@example.com", at=at)


def written(found: Lesson | None, attribute: str) -> list[str]:
    """The answers as they stand in the texts."""
    assert found is not None
    return [answer.value for answer in found.product.answers[attribute].values]


def expected(found: Lesson | None) -> dict[str, list[str]]:
    """The legal values."""
    assert found is not None
    return {name: [answer.value for answer in answers.values] for name, answers in found.expected.items()}


def test_a_value_is_found_where_its_text_stands_as_it_is_written_there() -> None:
    said = {"provenance": {"text": "navy"}}
    found = lesson({"color": "Navy Blue", **said}, title="NAVY-Blue saree", description="a Navy one, not navyish")
    assert written(found, "color") == ["NAVY", "NAVY-Blue", "Navy"]
    assert expected(found) == {"color": ["Navy Blue"]}
    assert found is not None
    assert found.corrected == frozenset()


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ({"color": "Red"}, {"title": "A saree"}),  # a column said so: the texts do not
        ({"blouse_fabric": NA}, {"title": "A cotton saree"}),
        ({}, {"title": "A red saree"}),  # nobody found it: unknown, not absent
        ({"color": "Red"}, {}),
        ({"title": "A red saree"}, {"title": "A red saree"}),  # texts are copied, not learned
        ({"ornamentation": ["Zari"]}, {"title": "Zari saree"}),  # a list has no one value
        ({"reversible": True, "provenance": {"text": "yes"}}, {"title": "saree, yes"}),
    ],
)
def test_what_the_texts_do_not_say_teaches_nothing(row: dict[str, Any], texts: dict[str, str]) -> None:
    found = lesson(row, **texts)
    assert found is None or "reversible" in found.expected


def test_a_number_is_found_with_its_unit_and_not_inside_another() -> None:
    said = {"provenance": {"text": "550 cm"}}
    found = lesson({"length_m": 5.5, **said}, title="5.5 m", description="550 cm; 15.5 m; 5.50 metres; 5.5 stars")
    assert written(found, "length_m") == ["5.5 m", "5.50 metres", "550 cm"]
    assert expected(found) == {"length_m": ["5.5"]}


def test_a_correction_replaces_what_a_machine_found() -> None:
    row = {"color": "Red", "fabric": "Silk", "provenance": {"text": "silk"}}
    found = lesson(row, correction("fabric", "Cotton"), title="Red silk saree with cotton blouse")
    assert written(found, "fabric") == ["cotton"]
    assert expected(found) == {"color": ["Red"], "fabric": ["Cotton"]}
    assert found is not None
    assert found.corrected == {"fabric"}


def test_a_correction_counts_also_where_the_texts_do_not_spell_it() -> None:
    found = lesson({}, correction("fabric", "Cotton"), title="Mulmul saree")
    assert (written(found, "fabric"), expected(found)) == (["Cotton"], {"fabric": ["Cotton"]})


def test_a_person_who_says_not_applicable_says_that_there_is_nothing() -> None:
    for found in (
        lesson({}, correction("blouse_fabric", None), title="Cotton saree"),
        lesson({"blouse_fabric": NA, "provenance": {"generator": "human"}}, title="Cotton saree"),
    ):
        assert found is not None
        assert found.expected["blouse_fabric"].absent
        assert found.product.answers["blouse_fabric"].absent
        assert found.corrected == {"blouse_fabric"}


def test_a_stored_correction_is_one_too() -> None:
    found = lesson({"color": "Red", "provenance": {"generator": "human", "text": None}}, title="A ruby saree")
    assert found is not None
    assert written(found, "color") == ["Red"]
    assert found.corrected == {"color"}


@given(st.sets(st.text(min_size=1), max_size=30), st.sets(st.text(min_size=1), max_size=5), st.integers(0, 30))
def test_corrected_products_are_always_chosen_and_the_choice_is_stable(
    skus: set[str], corrected: set[str], limit: int
) -> None:
    chosen = chosen_skus(skus, corrected=corrected, limit=limit)
    assert set(chosen) >= skus & corrected
    assert set(chosen) <= skus
    assert len(chosen) == len(set(chosen)) == max(min(limit, len(skus)), len(skus & corrected))
    assert chosen == chosen_skus(sorted(skus), corrected=sorted(corrected), limit=limit)
    more = chosen_skus(skus, corrected=corrected, limit=limit + 1)
    assert more[: len(chosen)] == chosen


def test_which_products_are_held_out_never_changes() -> None:
    assert [sku for sku in (f"A{number}" for number in range(20)) if is_held_out(sku)] == [
        "A2",
        "A4",
        "A7",
        "A8",
        "A11",
        "A13",
        "A15",
        "A19",
    ]

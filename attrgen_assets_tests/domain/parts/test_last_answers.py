"""Which responses on record count: a request that fails takes nothing away, and what is gone is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.last_answers import present_answers
from attrgen_assets.domain.parts.responses import RawResponse

START = datetime(2026, 1, 1, tzinfo=UTC)


def response(day: int, endpoint: str = "part", *, status: int | None = 200, page: int = 1, attempt: int = 1,
             place: str = "here", supplier: str = "shop") -> RawResponse:  # fmt: skip
    at = START + timedelta(days=day)
    return RawResponse(
        supplier=supplier, endpoint=endpoint, part_number="A1", received_at=at, asked_at=at, latency_s=0.1,
        status=status, page=page, attempt=attempt, place=place, error=None if status in (200, 404) else "no answer",
    )  # fmt: skip


def days(*said: RawResponse) -> list[tuple[str, int]]:
    """Endpoint and day of the responses that count and brought an answer."""
    return [(one.endpoint, (one.asked_at - START).days) for one in present_answers(said) if one.error is None]


def test_of_whole_answers_the_last_counts() -> None:
    assert days(response(0), response(0, "images"), response(2), response(2, "images"), response(1)) == [
        ("images", 2), ("part", 2),
    ]  # fmt: skip


def test_a_request_that_fails_leaves_the_last_answer_to_it() -> None:
    said = [response(0), response(0, "images"), response(1, "images"), response(2), response(2, "images", status=500)]
    assert days(*said) == [("images", 1), ("part", 2)]
    assert len(present_answers(said)) == 3  # the failure itself is told as well


def test_what_could_not_be_asked_because_the_request_before_it_failed_stays() -> None:
    assert days(response(0), response(0, "details"), response(1, status=None)) == [("details", 0), ("part", 0)]


def test_not_found_is_an_answer_and_what_depends_on_it_is_gone() -> None:
    assert days(response(0), response(0, "details"), response(1, status=404)) == [("part", 1)]
    assert days(response(0), response(0, "details"), response(1, status=404), response(1, "images", status=500)) == [
        ("part", 1)
    ]


def test_an_attempt_that_failed_and_was_repeated_is_an_answer() -> None:
    assert days(response(0), response(1, status=503), response(1, attempt=2)) == [("part", 1)]


def test_pages_of_which_one_failed_are_filled_from_the_last_whole_answer() -> None:
    old = [response(0, page=1), response(0, page=2)]
    new = [response(1, page=1), response(1, page=2, status=500)]
    assert [(one.page, (one.asked_at - START).days) for one in present_answers([*old, *new]) if one.error is None] == [
        (1, 0), (2, 0), (1, 1),
    ]  # fmt: skip


def test_what_another_place_said_in_the_suppliers_name_does_not_count() -> None:
    assert days(response(0, place="sandbox"), response(1, status=None)) == []


OUTCOMES = st.sampled_from([200, 404, 500, None])


@given(st.lists(st.tuples(st.sampled_from(["part", "images"]), OUTCOMES), max_size=8), st.randoms())
def test_every_request_that_was_ever_answered_keeps_an_answer_and_order_is_no_matter(
    said: list[tuple[str, int | None]], random: st.DrawFn
) -> None:
    responses = [response(day, endpoint, status=status) for day, (endpoint, status) in enumerate(said)]
    found = present_answers(responses)
    mixed = list(responses)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert present_answers(mixed) == found
    assert present_answers(found) == found
    if not responses:
        return
    last = responses[-1]
    assert last in found
    if last.error is None:
        assert found == [last]
    else:
        before = [one for one in responses if one.endpoint == last.endpoint and one.error is None]
        assert [one for one in found if one.endpoint == last.endpoint and one.error is None] == before[-1:]


def test_suppliers_are_told_apart() -> None:
    other = replace(response(0), supplier="mart")
    assert present_answers([response(1), other]) == [other, response(1)]

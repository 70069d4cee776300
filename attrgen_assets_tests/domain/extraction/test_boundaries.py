"""What other rows' values say of a span's boundaries, against counting by hand."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.extraction.boundaries import LONGEST, NAMES, count_boundaries
from attrgen_assets.domain.extraction.gazetteers import Mention
from attrgen_assets.domain.extraction.tokens import tokenise

WORD = st.sampled_from(["tea", "green", "mint", "oz"])
ENTRY = st.lists(WORD, min_size=1, max_size=10).map(tuple)


@given(stated=st.lists(ENTRY, max_size=6), elsewhere=st.lists(ENTRY, max_size=6), span=ENTRY, before=WORD, after=WORD)
def test_counts_are_those_of_a_look_at_every_value(
    stated: list[tuple[str, ...]],
    elsewhere: list[tuple[str, ...]],
    span: tuple[str, ...],
    before: str,
    after: str,
) -> None:
    mentions = [Mention("row", "Tea", "Kind", value) for value in stated]
    others = [Mention("row", "Candy", "Kind", value) for value in elsewhere]
    tokens = tokenise(" ".join((before, *span, after)))
    found = count_boundaries([*mentions, *others]).features("Tea", "Kind", tokens, 1, len(span))
    assert found[:20] == (*counted(stated, span, before, after), *counted(stated + elsewhere, span, before, after))


def counted(stated: list[tuple[str, ...]], entry: tuple[str, ...], before: str, after: str) -> tuple[float, ...]:
    return (
        sum(value[0] == entry[0] for value in stated),
        sum(value[-1] == entry[-1] for value in stated),
        sum(value[-1] == after for value in stated),
        sum(value[0] == before for value in stated),
        sum(after in value for value in stated),
        sum(before in value for value in stated),
        sum((entry[-1], after) in pairwise(value) for value in stated),
        sum((before, entry[0]) in pairwise(value) for value in stated),
        sum(any(token in value for value in stated) for token in entry) / len(entry),
        sum(min(len(value), LONGEST) == min(len(entry), LONGEST) for value in stated) / (len(stated) + 1),
    )


def test_a_category_has_counts_of_its_own_beside_those_of_all() -> None:
    found = count_boundaries(
        [Mention(str(at), category, "Flavor", ("mint", "tea")) for at, category in enumerate(("Tea", "Tea", "Candy"))]
    )
    tokens = tokenise("Mint Tea, loose")
    named = dict(zip(NAMES, found.features("Candy", "Flavor", tokens, 0, 0), strict=True))
    assert (named["values that begin so, in the category"], named["values that begin so"]) == (1, 3)
    assert (named["values that end with the next token"], named["next token in capitals"]) == (3, True)
    assert (named["begins the text"], named["ends the text"], named["kind of the token before"]) == (True, False, 0)


def test_an_attribute_that_nobody_stated_has_no_counts() -> None:
    found = count_boundaries([])
    assert found.features("Tea", "Flavor", tokenise("mint"), 0, 0) == (0,) * 20 + (0, 0, False, False, True, True)

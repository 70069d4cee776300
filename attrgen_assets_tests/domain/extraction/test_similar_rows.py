"""What the most similar rows say, against asking every row one after another."""

from collections import Counter
from collections.abc import Mapping
from math import isclose, log, sqrt

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.extraction.features import EDGE, shape
from attrgen_assets.domain.extraction.similar_rows import (
    DOUBT,
    NAMES,
    REACH,
    ROWS,
    SHARPNESS,
    LabelledRow,
    SimilarRows,
    TextPlace,
    place_of,
    words_of,
)
from attrgen_assets.domain.extraction.tokens import tokenise

WORDS = ["tea", "green", "Mint", "oz", "12", "bags"]
PLACES = st.builds(TextPlace, st.sampled_from(WORDS), st.sampled_from([EDGE, "tea"]), st.sampled_from([EDGE, "oz"]))


@st.composite
def rows(draw: st.DrawFn) -> LabelledRow:
    """A row of a few words that says something of one attribute, says that it is not stated, or says nothing."""
    words = draw(st.dictionaries(st.sampled_from([word.lower() for word in WORDS]), st.integers(1, 3)))
    if draw(st.booleans()):
        return LabelledRow(draw(st.sampled_from(["Tea", "Candy"])), words, {}, {})
    values = tuple(draw(st.lists(st.sampled_from(WORDS), max_size=2, unique=True)))
    places = tuple(draw(st.lists(PLACES, max_size=2))) if values else ()
    return LabelledRow("Tea", words, {"Kind": values}, {"Kind": places})


@given(
    found=st.lists(rows(), max_size=12),
    title=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    value=st.sampled_from(WORDS),
    place=PLACES,
)
def test_shares_are_those_of_asking_every_row(
    found: list[LabelledRow], title: list[str], value: str, place: TextPlace
) -> None:
    text = " ".join(title)
    asked = weighed([row for row in found if row.category == "Tea"], Counter(word.lower() for word in title))
    total = DOUBT + sum(weight for weight, _ in asked)
    stating = [(weight, row.values["Kind"], row.places["Kind"]) for weight, row in asked if row.values["Kind"]]

    def share(*holds: bool) -> float:
        return sum(weight for (weight, _, _), yes in zip(stating, holds, strict=True) if yes) / total

    expected = [
        share(*(True for _ in stating)),
        stating[0][0] if stating else 0.0,
        share(*(any(other.text in text for other in places) for _, _, places in stating)),
        share(*(value in values for _, values, _ in stating)),
        next((weight for weight, values, _ in stating if value in values), 0.0),
        share(*(any(other.text == place.text for other in places) for _, _, places in stating)),
        share(*(any(shape(other.text) == shape(place.text) for other in places) for _, _, places in stating)),
        share(*(any(other.before == place.before for other in places) for _, _, places in stating)),
        share(*(any(other.after == place.after for other in places) for _, _, places in stating)),
    ]
    nearby = SimilarRows(found).nearby("Tea", {"title": tokenise(text)})
    (here,), (nowhere,) = (nearby.features("Kind", [(value, at)]) for at in (place, None))
    assert len(here) == len(nowhere) == len(NAMES)
    assert all(isclose(one, other, abs_tol=1e-7) for one, other in zip(here, expected, strict=True)), (here, expected)
    assert nowhere == (*here[:5], 0.0, 0.0, 0.0, 0.0)


def weighed(candidates: list[LabelledRow], words: Mapping[str, int]) -> list[tuple[float, LabelledRow]]:
    """The rows to be asked, with their weights, by the definition of the cosine of TF-IDF weights."""
    vocabulary = sorted({word for row in candidates for word in row.words})

    def vector(held: Mapping[str, int]) -> list[float]:
        found = []
        for word in vocabulary:
            rarity = log((1 + len(candidates)) / (1 + sum(word in row.words for row in candidates))) + 1
            found.append(rarity * (1 + log(held[word])) if held.get(word) else 0.0)
        return found

    def cosine(one: list[float], other: list[float]) -> float:
        lengths = sqrt(sum(x * x for x in one)) * sqrt(sum(x * x for x in other))
        return sum(x * y for x, y in zip(one, other, strict=True)) / (lengths or 1.0)

    similarities = [cosine(vector(words), vector(row.words)) for row in candidates]
    order = sorted(range(len(candidates)), key=lambda at: (-round(similarities[at], 9), at))
    nearest = [at for at in order if similarities[at] > 0 and "Kind" in candidates[at].values]
    return [(similarities[at] ** SHARPNESS, candidates[at]) for at in nearest[:ROWS]]


def test_a_category_that_was_never_seen_has_no_similar_rows() -> None:
    row = LabelledRow("Tea", {"green": 1}, {"Kind": ("Green",)}, {"Kind": (TextPlace("Green", EDGE, EDGE),)})
    nearby = SimilarRows([row]).nearby("Mugs", {"title": tokenise("green mug")})
    assert nearby.features("Kind", [("green", None)]) == [(0.0,) * len(NAMES)]
    assert nearby.values("Kind") == []


def test_values_of_similar_rows_come_with_their_shares() -> None:
    titles = {"Acme green tea": "Green", "Acme green tea bags": "Green", "Acme mint tea": "Mint"}
    kept = [
        LabelledRow("Tea", words_of({"t": tokenise(title)}), {"Kind": (kind,)}, {}) for title, kind in titles.items()
    ]
    (first, most), (second, least) = SimilarRows(kept).nearby("Tea", {"t": tokenise("Best green tea")}).values("Kind")
    assert (first, second) == ("Green", "Mint")
    assert 0 < least < most < 1


def test_a_place_knows_its_text_and_its_neighbours() -> None:
    tokens = tokenise("Acme Green Tea")
    assert place_of(tokens, 1, 2) == TextPlace("Green Tea", "acme", EDGE)
    assert place_of(tokens, 0, 0) == TextPlace("Acme", EDGE, "green")


def test_of_many_equally_similar_rows_the_first_are_asked() -> None:
    def row(number: int) -> LabelledRow:
        return LabelledRow("Tea", {"tea": 1}, {"Kind": (str(number),)}, {})

    nearby = SimilarRows([row(number) for number in range(3 * REACH)]).nearby("Tea", {"title": tokenise("tea")})
    assert [value for value, _ in nearby.values("Kind")] == [str(number) for number in range(ROWS)]

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.matching import Match, find_best_enum_match, match_texts
from attrgen_assets.domain.attributes.slips import is_slip, undoubled
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import LegalValue, Matching, Synonym
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.domain.text import normalise_text

FABRICS = (
    LegalValue(value="Cotton"),
    LegalValue(value="Cotton Blend"),
    LegalValue(value="Silk"),
    LegalValue(value="Pure Silk", parent="Silk"),
    LegalValue(value="Art Silk", parent="Silk"),
    LegalValue(value="Viscose Rayon", synonyms=(Synonym(text="rayon"), Synonym(text="viscose"))),
)
SLEEVES = (
    LegalValue(value="Three-Quarter Sleeves", synonyms=(Synonym(text="3/4 sleeve"), Synonym(text="3/4 sleeves"))),
    LegalValue(value="Quarter Sleeves", synonyms=(Synonym(text="1/4 sleeve"),)),
)


@pytest.mark.parametrize(
    ("text", "value", "method"),
    [
        ("cotton", "Cotton", "exact"),
        ("COTTON-BLEND", "Cotton Blend", "exact"),
        ("Rayon", "Viscose Rayon", "synonym"),
        ("cotten", "Cotton", "fuzzy"),
        ("Cotton Blnd", "Cotton Blend", "fuzzy"),
        ("blend cotton", "Cotton Blend", "fuzzy"),
        ("artsilk", "Art Silk", "fuzzy"),
        ("100% cotton", "Cotton", "phrase"),
        ("soft cotton fabric", "Cotton", "phrase"),
        ("silk (pure silk)", "Pure Silk", "phrase"),
    ],
)
def test_a_text_that_means_a_legal_value_finds_it(text: str, value: str, method: str) -> None:
    match = find_best_enum_match(text, FABRICS)
    assert (match.value, match.method) == (value, method)


@pytest.mark.parametrize(
    "text", ["", "💥", "wool", "no cotton", "60% cotton 40% nylon", "plain " * 9 + "cotton", "cotton of"]
)
def test_a_text_that_means_none_is_refused_with_a_reason(text: str) -> None:
    match = find_best_enum_match(text, FABRICS)
    assert (match.value, match.method, match.reason) == (None, None, RefusalReason.NOT_IN_VOCABULARY)


def test_silk_is_silk_and_nothing_narrower() -> None:
    assert find_best_enum_match("silk", FABRICS).value == "Silk"
    assert find_best_enum_match("silk saree", FABRICS).value == "Silk"


@pytest.mark.parametrize(
    ("text", "value"), [("3/4 sleeve", "Three-Quarter Sleeves"), ("1/4 sleeve", "Quarter Sleeves")]
)
def test_numbers_never_bend(text: str, value: str) -> None:
    assert find_best_enum_match(text, SLEEVES).value == value
    assert find_best_enum_match(text.replace("/4", "/3"), SLEEVES).value is None


def test_thread_sizes_one_digit_apart_are_different_values() -> None:
    assert find_best_enum_match("M10x1.2", ["M10x1.25", "M10x1.5"]).value is None
    assert find_best_enum_match("m10 x1.25", ["M10x1.25", "M10x1.5"]).value == "M10x1.25"


def test_a_tie_is_a_refusal_that_names_both() -> None:
    match = find_best_enum_match("laced", ["Lace", "Laces"], matching=Matching(threshold=75))
    assert match.reason is RefusalReason.AMBIGUOUS
    assert set(match.nearest) == {"Lace", "Laces"}


def test_several_values_in_one_text_are_ambiguous() -> None:
    match = find_best_enum_match("silk and cotton", FABRICS)
    assert (match.value, match.reason) == (None, RefusalReason.AMBIGUOUS)
    assert match.nearest == ("Silk", "Cotton")


@pytest.mark.parametrize("text", ["Silk, Cotton", "Silk/Cotton", "silk & cotton", "Silk;Cotton", "Silk|Cotton"])
def test_two_values_with_a_separator_between_them_are_not_a_third(text: str) -> None:
    match = find_best_enum_match(text, ["Silk", "Cotton", "Silk Cotton"])
    assert (match.reason, match.nearest) == (RefusalReason.AMBIGUOUS, ("Silk", "Cotton"))
    assert find_best_enum_match("silk-cotton", ["Silk", "Cotton", "Silk Cotton"]).value == "Silk Cotton"
    assert find_best_enum_match("Fit & Flare", ["Fit and Flare", "Flare"]).value is not None


def test_without_phrases_a_legal_word_among_others_is_refused() -> None:
    sizes = ["S", "L", "XL"]
    assert find_best_enum_match("S-XL", sizes, matching=Matching(phrases=False)).value is None
    assert find_best_enum_match("Xtra L", sizes, matching=Matching(phrases=False)).value is None


def test_a_text_that_names_two_values_is_no_misspelling_of_one() -> None:
    necks = [
        LegalValue(value="Round Neck"),
        LegalValue(value="V-Neck", synonyms=(Synonym(text="v"),)),
        LegalValue(value="Roundish"),
    ]
    match = find_best_enum_match("round neck v", necks, matching=Matching(threshold=80))
    assert (match.reason, match.nearest) == (RefusalReason.AMBIGUOUS, ("Round Neck", "V-Neck"))


def test_without_fuzzy_a_misspelling_is_refused_with_the_nearest_value() -> None:
    match = find_best_enum_match("cotten", FABRICS, matching=Matching(fuzzy=False))
    assert (match.value, match.nearest[0]) == (None, "Cotton")


def osa_distance(a: str, b: str) -> int:
    """Optimal string alignment by the textbook table."""
    d = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1)
    return d[-1][-1]


def oracle_fuzzy(text: str, values: Sequence[str], matching: Matching) -> str | None:
    """One value after the other, every form, no vectors: what a misspelling matches."""

    def similarity(a: str, b: str) -> float:
        if sorted(re.findall(r"\d+(?:[./]\d+)*", a)) != sorted(re.findall(r"\d+(?:[./]\d+)*", b)):
            return 0.0
        in_order = (" ".join(sorted(a.split())), " ".join(sorted(b.split())))
        forms = [(a, b), in_order, (a.replace(" ", ""), b.replace(" ", ""))]
        return max(100 * (1 - osa_distance(x, y) / max(len(x), len(y), 1)) for x, y in forms)

    scored = sorted(((similarity(text, normalise_text(value)), value) for value in values), reverse=True)
    best, second = scored[0], scored[1]
    if best[0] < matching.threshold - 1e-4:  # letters doubled or not may be further away
        same = [value for value in values if undoubled(normalise_text(value)) == undoubled(text)]
        return same[0] if len(same) == 1 and len(undoubled(text)) >= 5 and best[0] >= 60 else None
    clear = best[0] - second[0] >= matching.margin - 1e-4
    return best[1] if clear and is_slip(text, normalise_text(best[1])) else None


@given(st.text(alphabet="abcd 12/", min_size=1, max_size=9))
def test_misspellings_match_as_the_slow_oracle_says(text: str) -> None:
    values = ["abcd", "abcc dd", "dcba 1/2", "dcba 1", "aab", "bbbbbb"]
    matching = Matching(threshold=70, margin=5)
    vocabulary = Vocabulary.build(values)
    normal = normalise_text(text)
    match = match_texts([text], vocabulary, matching=matching)[0]
    if not normal or match.method in ("exact", "phrase"):
        return
    expected = oracle_fuzzy(normal, values, matching)
    found = vocabulary.values[match.codes[0]] if match.codes else None
    if found != expected:  # a phrase among other words may answer where no misspelling is near enough
        assert match.method == "fuzzy"
        pytest.fail(f"{text!r}: found {found!r}, the oracle says {expected!r}")


@given(st.lists(st.text(max_size=12), max_size=6, unique=True))
def test_a_memory_changes_no_answer(texts: list[str]) -> None:
    vocabulary, known = Vocabulary.build(FABRICS), {}

    def remember(wanted: list[str], match: object) -> list[Match]:
        for text in wanted:
            if text not in known:
                known[text] = match([text])[0]  # type: ignore[operator]
        return [known[text] for text in wanted]

    plain = match_texts(texts, vocabulary, matching=Matching())
    for _ in range(2):
        assert match_texts(texts, vocabulary, matching=Matching(), remember=remember) == plain

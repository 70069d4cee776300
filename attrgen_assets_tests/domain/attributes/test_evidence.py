"""What a text denies, and names of shops, are no evidence."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.evidence import MOST_DENIED, Evidence
from attrgen_assets.domain.product_types.model import LexiconSource, Texts
from attrgen_assets.domain.text import normalise_text, spaced
from attrgen_assets_tests.domain.attributes.listings import GOOD, first, make_raw, run, with_attribute
from attrgen_assets_tests.factories import make_values

DENYING = ("no", "not", "without", "zero", "don't")
READING = Evidence(
    denying=DENYING,
    names=["mills", "lane", "co-op"],
    known=[
        "no slits",
        "not included",
        "without sleeves",
        "blouse not included",
        "not come with a blouse",
        "print",
        "no",
    ],
)


def evident(text: str, reading: Evidence = READING) -> str:
    return " ".join(reading.of(pl.Series([text]), spaced(pl.Series([normalise_text(text)])))[0].split())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Plain kurta without any print", "plain kurta without |"),
        ("without print or heavy mirror embroidery in silk", "without | in silk"),
        ("There is no zip and no button", "there is no | and no |"),
        ("no zip and side slits", "no | and side slits"),
        ("This is not a plain saree", "this is not |"),
        ("not in red but in blue", "not | but in blue"),
        ("it does not come with a dupatta", "it does not |"),
        ("it does not have any print, is soft", "it does not | is soft"),
        ("don't bleach", "don t |"),
        ("no one two three four five", "no | five"),
        # what denies nothing
        ("not only soft but warm", "not only soft but warm"),
        ("no 5 red", "no 5 red"),
        ("blouse without", "blouse without"),
        ("northern nots", "northern nots"),
        ("style no KT101 red", "style no kt101 red"),
        ("lot no abc red", "lot no abc red"),
        ("no KT101 red", "no kt101 red"),
        ("forget-me-not blue", "forget me not blue"),
        ("not your usual red kurta", "not your usual red kurta"),
        ("no better red kurta", "no better red kurta"),
        # that word alone
        ("a no-fuss cotton kurta", "a no | cotton kurta"),
        ("zero shrinkage cotton", "zero | cotton"),
        ("no fading or bleeding cotton", "no | cotton"),
        # what stands behind "for"
        ("not suitable for machine wash", "not |"),
        ("it is not recommended to dry clean", "not |"),
        ("dry clean is not recommended for silk", "not | for silk"),
        # what stands before
        ("jacket and belt are not included", "not |"),
        ("kurta with dupatta not included", "kurta with not |"),
        ("dry clean is not recommended", "not |"),
        ("with zari, lace: no", "with no"),
        ("cotton is not used", "not |"),
        ("is it lace no", "is it lace no"),
        ("not included", "not |"),
        # what the config spells
        ("no slits or pockets", "no slits |"),
        ("without sleeves", "without sleeves"),
        ("blouse not included", "blouse not included"),
        ("does not come with a blouse", "does not come with a blouse"),
        # names
        ("Rajesh Silk Mills saree", "rajesh | saree"),
        ("Velvet Lane", "|"),
        ("Rajesh Silk Co-op saree", "rajesh | saree"),
        ("lane", "lane"),
    ],
)
def test_what_counts(text: str, left: str) -> None:
    assert evident(text) == left


def test_most_words_that_a_denial_reaches() -> None:
    words = ["word" + "s" * number for number in range(MOST_DENIED + 2)]
    assert evident(" ".join(["no", *words])).split() == ["no", "|", *words[MOST_DENIED:]]


@given(st.lists(st.sampled_from(["red", "saree", "and", "no", "not", "without", "or", "included", "lane", "5"])))
def test_nothing_is_invented_and_order_stays(words: list[str]) -> None:
    left = [word for word in evident(" ".join(words)).split() if word != "|"]
    rest = iter(words)
    assert all(word in rest for word in left)
    assert "included" in words or {"no", "not", "without"} & set(words) <= set(left)


@given(st.lists(st.sampled_from(["red", "saree", "and", "or", "included", "with", "5", "print"])))
def test_texts_that_deny_nothing_stay_as_they_are(words: list[str]) -> None:
    assert evident(" ".join(words)) == " ".join(words)


def test_without_denying_words_all_counts() -> None:
    assert evident("no print", Evidence(denying=(), names=(), known=("print",))) == "no print"


TEXTS = Texts(negations=DENYING, styling=("pair it with",), names=("mills",))


def described(description: str, texts: Texts = TEXTS, **blouse: object) -> dict[str, Any]:
    config = with_attribute("blouse", **blouse).model_copy(update={"texts": texts})
    return first(run(make_raw(GOOD | {"description": description}), config))


def test_a_denied_value_is_not_found() -> None:
    text = "Soft, without any lace or sequinned trim. With zari"
    assert described(text)["ornamentation"] == ["Zari"]
    assert described(text, Texts())["ornamentation"] == ["Zari", "Sequinned", "Lace"]


def test_a_name_is_no_evidence() -> None:
    assert described("From Zari Mills")["ornamentation"] is None


def test_where_a_denial_is_a_value_it_is_read() -> None:
    source = (LexiconSource(fields=("description",), near=("blouse",), words_before=4),)
    spelled = make_values("Blouse Piece", "No Blouse", synonyms={"No Blouse": ["without"]})
    assert described("Comes without a matching blouse", values=spelled, sources=source)["blouse"] == "No Blouse"
    silent = make_values("Blouse Piece", "No Blouse", synonyms={"Blouse Piece": ["blouse"]})
    assert described("Comes without a matching blouse", values=silent, sources=source)["blouse"] is None


def test_what_is_worn_with_the_product_ends_with_its_sentence() -> None:
    text = "Zari all over. Pair it with juttis, sequinned bags, and gold. With lace"
    assert described(text)["ornamentation"] == ["Zari", "Lace"]
    assert described(text, Texts(boilerplate=TEXTS.styling))["ornamentation"] == ["Zari", "Sequinned", "Lace"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Blue palazzos in silk. A dupatta in net", "Set of Three"),
        ("A dupatta with lace, gold palazzos, another dupatta", "Set of Three"),
        ("Blue palazzos in silk", None),
        ("Blue palazzos, no dupatta", None),
        ("Blue palazzos. Model's own dupatta", None),
        ("A palazzo and a dupatta", None),  # "palazzo dupatta" is not spelled
    ],
)
def test_words_that_name_several_parts_are_read_together(text: str, value: str | None) -> None:
    texts = Texts(negations=DENYING, parts={"bottom": ("palazzo", "palazzos"), "dupatta": ("dupatta",)})
    source = LexiconSource(fields=("description",), named=("bottom", "dupatta"), not_near=("model s own",))
    values = make_values("Set of Three", "No Blouse", synonyms={"Set of Three": ["palazzos dupatta"]})
    assert described(text, texts, values=values, sources=(source,))["blouse"] == value

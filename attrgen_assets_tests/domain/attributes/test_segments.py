"""Which part of a product a text speaks of."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.segments import PartWords
from attrgen_assets.domain.attributes.validate import validate_candidates
from attrgen_assets.domain.product_types.model import LexiconSource, Texts
from attrgen_assets.domain.text import normalise_text, spaced
from attrgen_assets_tests.domain.attributes.listings import make_raw
from attrgen_assets_tests.factories import make_product_type

WORDS = PartWords(
    {
        "product": ("kurta", "set", "saree"),
        "bottom": ("palazzo", "palazzos", "palazzo pants"),
        "dupatta": ("dupatta",),
        "border": ("border",),
        "detail": ("hem", "neck"),
    }
)


def parts_of(text: str) -> dict[str, str]:
    found = WORDS.cut(spaced(pl.Series([normalise_text(text)])))
    said = {name: " ".join(found.of_part(part, texts=1)[0].split()) for part, name in enumerate(WORDS.names)}
    return {name: text for name, text in said.items() if text}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Blue kurta with white palazzos", {"product": "blue kurta", "bottom": "with white palazzos"}),
        (
            "Cotton kurta with blue printed palazzos",
            {"product": "cotton kurta", "bottom": "with blue printed palazzos"},
        ),
        ("Red and blue kurta", {"product": "red | and blue kurta"}),
        ("Kurta with white and gold palazzos", {"product": "kurta", "bottom": "with white | and gold palazzos"}),
        ("Kurta with palazzos in red", {"product": "kurta", "bottom": "with palazzos | in red"}),
        ("Kurta with red palazzo pants", {"product": "kurta", "bottom": "with red palazzo pants"}),
        ("Cotton kurta palazzo set in red", {"product": "cotton kurta | palazzo | set | in red"}),
        ("Saree with zari work and red border", {"product": "saree", "border": "with zari work | and red border"}),
        ("Zari border saree", {"product": "zari border | saree"}),
        ("Saree without border", {"product": "saree", "border": "without border"}),
        (
            "Pink kurta with palazzos and green dupatta",
            {"product": "pink kurta", "bottom": "with palazzos", "dupatta": "and green dupatta"},
        ),
        ("Kurta with palazzos with thread work", {"product": "kurta", "bottom": "with palazzos | with thread work"}),
        ("Flared hem black palazzos", {"product": "flared hem", "bottom": "black palazzos"}),
        ("plain", {"product": "plain"}),
    ],
)
def test_each_word_goes_to_the_part_that_it_describes(text: str, parts: dict[str, str]) -> None:
    assert parts_of(text) == parts


vocabulary = st.sampled_from(
    "red blue kurta palazzo palazzos pants dupatta border with and in set zari saree hem".split()
)


@given(st.lists(st.lists(vocabulary, max_size=12), min_size=1, max_size=5))
def test_every_word_is_of_some_part_and_stays_in_order(texts: list[list[str]]) -> None:
    found = WORDS.cut(spaced(pl.Series([" ".join(words) for words in texts])))
    assert (found.mask > 0).all()
    for position, words in enumerate(texts):
        kept = [segment for text, segment in zip(found.text, found.segments, strict=True) if text == position]
        assert " ".join(kept).split() == words


@given(st.lists(st.lists(vocabulary, max_size=12), min_size=1, max_size=5))
def test_a_text_is_cut_the_same_alone(texts: list[list[str]]) -> None:
    together = WORDS.cut(spaced(pl.Series([" ".join(words) for words in texts])))
    for part in range(len(WORDS.names)):
        joined = together.of_part(part, texts=len(texts)).to_list()
        alone = [WORDS.cut(spaced(pl.Series([" ".join(words)]))).of_part(part, texts=1)[0] for words in texts]
        assert joined == alone


def test_a_source_reads_only_its_part() -> None:
    """Colour of the saree, fabric of the blouse; texts that name no part are read whole."""
    sources = {
        "color": LexiconSource(fields=("title",), part="product"),
        "fabric": LexiconSource(fields=("title",), part="product"),
        "blouse_fabric": LexiconSource(fields=("title",), part="blouse", near=("blouse",)),
    }
    config = make_product_type(texts=Texts(parts={"product": ("saree",), "blouse": ("blouse",), "border": ("border",)}))
    config = config.with_attributes(
        tuple(
            one.model_copy(update={"sources": (sources[one.name],)}) if one.name in sources else one
            for one in config.attributes
        )
    )
    raw = make_raw(
        {"title": "Saree with navy blue cotton blouse"},
        {"title": "Green silk saree with red border and rayon blouse"},
        {"title": "Off white georgette"},
        {"title": "Red border saree with cotton"},
    )
    plan = compile_plan(config)
    documents = validate_candidates(raw, generate_candidates(raw, plan), plan).documents
    assert documents.select("color", "fabric", "blouse_fabric").rows() == [
        (None, None, "Cotton"),
        ("Green", "Silk", "Viscose Rayon"),
        ("Off White", "Georgette", None),
        ("Red", "Cotton", None),
    ]


@pytest.mark.parametrize(
    ("description", "color"),
    [
        ("Cotton saree, has red tassels", "Red"),
        ("Cotton blouse, has red tassels", None),  # still the blouse
        ("Cotton blouse. Red tassels", "Red"),  # a sentence of its own
        ("Cotton blouse, the saree has red tassels", "Red"),
        ("Blue saree with cotton blouse, has red tassels", "Blue"),
        ("Cotton blouse, long sleeves in red", None),  # a detail does not name the product
        ("Border saree, has red tassels", "Red"),  # the border is only the saree's modifier
    ],
)
def test_a_sentence_goes_on_about_the_part_that_it_begins_with(description: str, color: str | None) -> None:
    parts = {"product": ("saree",), "blouse": ("blouse",), "border": ("border",), "detail": ("sleeves",)}
    assert colors_of("product", parts, description, "Green") == [color, "Green"]


def colors_of(part: str, parts: Mapping[str, tuple[str, ...]], *descriptions: str) -> list[str | None]:
    """The colours that descriptions tell of a part."""
    config = make_product_type(texts=Texts(parts=dict(parts)))
    source = LexiconSource(fields=("description",), part=part)
    config = config.with_attributes(
        tuple(
            one.model_copy(update={"sources": (source,)}) if one.name == "color" else one for one in config.attributes
        )
    )
    raw = make_raw(*({"title": "Silk", "description": description} for description in descriptions))
    plan = compile_plan(config)
    documents = validate_candidates(raw, generate_candidates(raw, plan), plan).documents
    found: list[str | None] = documents["color"].to_list()
    return found


@pytest.mark.parametrize(
    ("description", "color"),
    [
        ("Cotton blouse, has red tassels", "Red"),
        ("Cotton blouse. Red tassels", None),  # a sentence of its own
        ("Cotton blouse, the saree has red tassels", None),
        ("Saree with cotton blouse, has red tassels", None),  # the sentence began with the saree
        ("Blouse Type: red. Tassels: navy blue", "Red"),
        ("Blouse Type - red", "Red"),
        ("The saree has a blouse - red tassels", None),  # no label is so long
    ],
)
def test_a_part_is_told_of_by_what_its_sentence_goes_on_with(description: str, color: str | None) -> None:
    parts = {"product": ("saree",), "blouse": ("blouse",)}
    assert colors_of("blouse", parts, description, "Green blouse") == [color, "Green"]


@pytest.mark.parametrize(
    ("description", "color"),
    [
        ("Blue, red printed saree", "Blue"),
        ("Red, blue and green saree", "Red"),
        ("Cotton saree, has red tassels", None),  # a clause of its own, and the noun is in the one before
        ("Navy blue, red printed saree", "Navy Blue"),
        ("Off white, red-blue saree", "Off White"),
        ("Navy blue, printed saree in red", None),  # no colours one after the other
        ("Pure cotton, navy blue, red saree", "Red"),
    ],
)
def test_a_lone_value_before_a_comma_begins_the_phrase_behind_it(description: str, color: str | None) -> None:
    """The nearest colour to the noun is not the first: "Navy, pink printed kurta" is navy."""
    source = LexiconSource(fields=("description",), near=("saree",), words_before=8)
    config = make_product_type()
    config = config.with_attributes(
        tuple(
            one.model_copy(update={"sources": (source,)}) if one.name == "color" else one for one in config.attributes
        )
    )
    raw = make_raw({"title": "Silk", "description": description})
    plan = compile_plan(config)
    documents = validate_candidates(raw, generate_candidates(raw, plan), plan).documents
    assert documents["color"].to_list() == [color]


def read_color(title: str, description: str | None = None) -> str | None:
    """The colour that is read in the product's part of a title, else of a description."""
    parts = {"product": ("saree",), "blouse": ("blouse", "blouse piece"), "detail": ("sleeves",)}
    source = LexiconSource(fields=("title", "description"), part="product")
    config = make_product_type(texts=Texts(parts=dict(parts)))
    config = config.with_attributes(
        tuple(
            one.model_copy(update={"sources": (source,)}) if one.name == "color" else one for one in config.attributes
        )
    )
    raw = make_raw({"title": title, "description": description})
    plan = compile_plan(config)
    color: str | None = validate_candidates(raw, generate_candidates(raw, plan), plan).documents["color"][0]
    return color


@pytest.mark.parametrize(
    ("title", "color"),
    [
        ("Silk saree with blouse piece (Navy Blue, EX-11)", "Navy Blue"),
        ("Silk saree with blouse piece (red)", "Red"),
        ("Silk saree with red blouse piece", None),
        ("Silk saree with blouse (red) piece", None),  # within the text brackets belong to what they stand at
        ("Silk saree with blouse piece (2 in red)", None),  # a measure or a number is the part's
    ],
)
def test_brackets_at_the_end_speak_of_the_whole(title: str, color: str | None) -> None:
    assert read_color(title) == color


@pytest.mark.parametrize(
    ("description", "color"),
    [
        ("Blouse: cotton Color: Red", "Red"),
        ("Material: Silk Blouse Color: Red", None),  # the part's name belongs to its label
        ("Material: Silk Blouse Color: Red Saree Color: Green", "Green"),
        ("Blouse with Short Sleeves Color: Red", "Red"),  # the end of a value, and no "sleeves color"
        ("blouse in red: cotton", None),  # no label: no capital
    ],
)
def test_a_label_begins_a_clause(description: str, color: str | None) -> None:
    assert read_color("Silk", description) == color


@given(st.lists(st.sampled_from(["kurta", "Palazzos", "Fabric:", "net", "Dupatta", "Neck:", "a", "Hem"]), max_size=9))
def test_cutting_before_labels_loses_no_word(words: list[str]) -> None:
    text = pl.Series([" ".join(words)])
    cut = text.str.replace_all(WORDS.label, "|${1}")[0].removeprefix("|")
    assert cut.replace("|", " ") == text[0]
    assert all(":" in piece for piece in cut.split("|")[1:])

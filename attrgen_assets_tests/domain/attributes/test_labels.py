from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.labels import Labels
from attrgen_assets.domain.product_types.model import ColumnSource, Feed, LabelSource, LexiconSource, ProductType
from attrgen_assets_tests.domain.attributes.listings import make_raw, run
from attrgen_assets_tests.factories import make_product_type

FEED = Feed(
    columns={
        "neck": ("neck", "neck_type", "collar"),
        "fabric": ("fabric", "spec.Top Fabric"),
        "dupatta_fabric": ("dupatta_fabric",),
        "length": ("length",),
        "length_in": ("length",),
    },
    specifications={"column": ("specs",)},
)
LABELS = Labels(FEED, product=["kurta", "kurti"], parts=["dupatta", "lining"])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Neck: Round", {"neck": "Round"}),
        ("NECK TYPE : ROUND\ncollar: none", {"neck": "ROUND"}),  # the first one counts
        ("Top Fabric - Cotton", {"fabric": "Cotton"}),
        ("Kurta Fabric=Cotton; kurti neck-type: V", {"fabric": "Cotton", "neck": "V"}),
        ("• Neck – Round • Fabric — Silk", {"neck": "Round", "fabric": "Silk"}),
        ("<ul><li><b>Neck</b>: Round</li><li>Fabric: Silk</li></ul>", {"neck": "Round", "fabric": "Silk"}),
        ("* Neck: Round\n✔ Fabric: Silk", {"neck": "Round", "fabric": "Silk"}),
        ("Fabric: Net Dupatta Length Size: 2 m", {"fabric": "Net"}),
        ("[Neck] Round [Fabric] Silk", {"neck": "Round", "fabric": "Silk"}),
        ("[Neck: Round] [Fabric: Silk]", {"neck": "Round", "fabric": "Silk"}),
        ("Soft and light. Fabric: 60% Cotton, 40% Silk. Dry clean", {"fabric": "60% Cotton, 40% Silk"}),
        ("Fabric: Cotton, Neck: Round", {"fabric": "Cotton", "neck": "Round"}),
        ("Fabric: Cotton Neck: Round", {"fabric": "Cotton", "neck": "Round"}),
        ("Fabric: CottonNeck: Round", {"fabric": "Cotton", "neck": "Round"}),
        ("Soft cottonNeck: Round", {"neck": "Round"}),
        ("Fabric: Cotton Dupatta Fabric: Net", {"fabric": "Cotton", "dupatta_fabric": "Net"}),
        ("Fabric: Cotton Occasion: Party", {"fabric": "Cotton"}),  # an unknown label ends a value
        ("Fabric: Cotton Lining Fabric: Net", {"fabric": "Cotton"}),  # ... and so does another part's
        ("Length: 44 in", {"length": "44 in", "length_in": "44 in"}),
        ("Back Neck: Deep", {}),
        ("Made of soft Fabric: Cotton", {}),
        ("A kurta - neck to hem in cotton", {}),
        ("Fabric: -", {}),
        ("Fabric: " + "soft " * 20, {}),  # a sentence
        ("Fabric Cotton", {}),
    ],
)
def test_values_behind_labels(text: str, values: dict[str, str]) -> None:
    assert LABELS.read(text) == values
    assert not values or pl.Series([text]).str.contains(LABELS.pattern)[0]


def test_what_states_nothing_is_no_value() -> None:
    assert LABELS.read("Neck: Not Available | Neck Type: V", missing={"not available"}) == {"neck": "V"}


NAMES = {"Neck": "neck", "Neck Type": "neck", "Fabric": "fabric", "Dupatta Fabric": "dupatta_fabric"}


@given(
    pairs=st.lists(st.tuples(st.sampled_from(list(NAMES)), st.sampled_from(["Round", "Pure Silk", "3/4"])), min_size=1),
    between=st.sampled_from(["\n", " | ", "; ", ", ", " • ", " ", ". ", "<br/>"]),
    sign=st.sampled_from([": ", ":", " : ", "= "]),
)
def test_a_table_reads_alike_however_it_is_written(pairs: Sequence[tuple[str, str]], between: str, sign: str) -> None:
    expected: dict[str, str] = {}
    for name, value in pairs:
        expected.setdefault(NAMES[name], value)
    assert LABELS.read(between.join(f"{name}{sign}{value}" for name, value in pairs)) == expected


@example("aNeck: x")
@given(st.text(alphabet="Neck Fabric:-=,.|()[]<b>\n ", max_size=80))
def test_values_stand_in_their_texts_and_the_search_finds_all_texts_with_one(text: str) -> None:
    values = LABELS.read(text)
    assert not values or pl.Series([text]).str.contains(LABELS.pattern)[0]
    assert all(value in text.replace("<b>", "") for value in values.values())


def labelled(**options: object) -> ProductType:
    config = make_product_type(**options)
    sources = (
        ColumnSource(fields=("color",)),
        LabelSource(fields=("description",)),
        LexiconSource(fields=("title",)),
    )
    feed = config.feed.model_copy(update={"columns": {**config.feed.columns, "color": ("color", "shade")}})
    return config.model_copy(update={"feed": feed}).with_attributes(
        tuple(
            one.model_copy(update={"sources": sources, "on_refusal": "quarantine"}) if one.name == "color" else one
            for one in config.attributes
        )
    )


def test_a_label_stands_between_the_column_and_the_title_and_holds_no_row_back() -> None:
    raw = make_raw(
        {"title": "Red silk", "description": "Shade: Blue", "color": None},
        {"title": "Red silk", "description": "Shade: Blue", "color": "Green"},
        {"title": "Red silk", "description": "Shade: as in the picture", "color": None},
        {"title": "Silk", "description": "Shade: as in the picture", "color": None},
        {"title": "Silk", "description": None, "color": "as in the picture"},
    )
    found = run(raw, labelled())
    assert found.documents["color"].to_list() == ["Blue", "Green", "Red", None]
    assert found.quarantined["sku"].to_list() == ["E"]


def test_labels_can_be_switched_off() -> None:
    raw = make_raw({"title": "Red silk", "description": "Shade: Blue"})
    assert run(raw, labelled(switched_off=("label",))).documents["color"].to_list() == ["Red"]

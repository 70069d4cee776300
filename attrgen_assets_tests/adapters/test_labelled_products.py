"""Labelled products as the public data sets write them."""

import json
from pathlib import Path

import pytest

from attrgen_assets.adapters.labelled_products import read_labelled_products
from attrgen_assets.domain.extraction.examples import Answer, Answers
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.labelled import write_lines


def test_titles_with_answers(tmp_path: Path) -> None:
    line = {
        "input": "Acme Red Tea",
        "category": "Tea",
        "target_scores": {"Brand": {"Acme": 1}, "Size": {"n/a": 1}, "Color": {"Red": 1, "n/a": 1}},
    }
    (product,) = read_labelled_products(write_lines(tmp_path / "a.jsonl", [line]))
    assert (product.category, product.texts, product.key, product.group) == (
        "Tea",
        {"text": "Acme Red Tea"},
        None,
        None,
    )
    assert product.answers == {
        "Brand": Answers((Answer("Acme"),)),
        "Size": Answers((), absent=True),
        "Color": Answers((Answer("Red"),), absent=True),
    }


def test_titles_with_descriptions_and_fields(tmp_path: Path) -> None:
    line = {
        "id": 5,
        "cluster_id": 7.0,
        "category": "Shelves",
        "input_title": "Acme shelf",
        "input_description": None,
        "url": "shop.example.com",
        "target_scores": {"Brand": {"Acme": {"pid": [0, 1], "score": 1}}, "Width": {"n/a": 1}},
    }
    (product,) = read_labelled_products(write_lines(tmp_path / "a.jsonl", [line]))
    assert (product.key, product.group, product.texts) == ("5", "7.0", {"title": "Acme shelf"})
    assert product.answers["Brand"] == Answers((Answer("Acme", ("title",)),)), "there is no description to find it in"


def test_rows_without_labels_and_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('\n{"input": "", "category": "Tea"}\n\n{"input": "🫖 x", "category": ""}\n', encoding="utf-8")
    assert [(p.text, p.category, dict(p.answers)) for p in read_labelled_products(path)] == [
        ("", "Tea", {}),
        ("🫖 x", "", {}),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "found list; every line must be one object"),
        ('{"category": "Tea"}', "no text; an object needs `input`"),
        ('{"input": 3, "category": ""}', "input: found int; give a text"),
        ('{"input": "x"}', "no `category`; an object needs one"),
        ('{"input": "x", "category": 3}', "category: found int"),
        ('{"input": "x", "category": "", "target_scores": [1]}', "target_scores: found list"),
        ('{"input": "x", "category": "", "target_scores": {"A": 1}}', "target_scores.A: found int"),
        ('{"input": "x", "category": "", "target_scores": {"A": {"v": {"pid": [2]}}}}', "pid: found [2]"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"input": "fine", "category": "Tea"}) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(FeedError) as caught:
        read_labelled_products(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert said in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="cannot be read"):
        read_labelled_products(tmp_path / "none.jsonl")
    bad = tmp_path / "latin.jsonl"
    bad.write_bytes('{"input": "café"}'.encode("latin-1"))
    with pytest.raises(FeedError, match="not UTF-8"):
        read_labelled_products(bad)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n\n", encoding="utf-8")
    with pytest.raises(FeedError, match=r"empty\.jsonl: empty; every line must be a product"):
        read_labelled_products(empty)

"""Made-up labelled products, in the form of the public data sets."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from attrgen_assets.domain.extraction.examples import Answer, Answers, LabelledProduct

BRANDS = ("Acme", "Blue Hill", "Corvia", "Dunmore", "Estrel", "Fennick", "Gralla")
COLORS = ("Red", "Navy Blue", "Black", "Sea Green", "White")
FORMS = {"Tea": ("Loose Leaf", "Tea Bags", "Powder"), "Soap": ("Bar", "Liquid", "Flakes")}


def make_lines(count: int = 60, *, seed: int = 1) -> list[dict[str, Any]]:
    """Rows as they lie in a file: a title, a category, the labels; every fifth row lists fewer attributes."""
    random = Random(seed)  # noqa: S311 - made-up data, the same every time
    lines = []
    for number in range(count):
        category = random.choice(sorted(FORMS))
        brand, form = random.choice(BRANDS), random.choice(FORMS[category])
        size, pack = f"{random.randint(2, 64)} oz", random.choice((None, "Pack of 2", "Pack of 6"))
        title = f"{brand} {random.choice(COLORS)} Label {form}, {size}" + (f" ({pack})" if pack else "")
        scores: dict[str, Any] = {"Brand": {brand: 1}, "Size": {size: 1}, "Pack": {pack or "n/a": 1}}
        if number % 5:
            scores["Form"] = {form: 1}
        lines.append({"input": title, "category": category, "target_scores": scores})
    return lines


def make_normalised_lines(count: int = 60, *, seed: int = 1) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same products twice, values as written and normalised, in titles with descriptions."""
    random = Random(seed)  # noqa: S311 - made-up data, the same every time
    raw, normal = [], []
    for number in range(count):
        brand, width = random.choice(BRANDS), random.randint(5, 90)
        part = f"{random.choice('KRT')}{random.randint(100, 999)}-{random.randint(10, 99)}"
        shared = {
            "id": number,
            "cluster_id": float(number // 2),
            "category": "Shelves",
            "input_title": f"{brand} shelf {part}",
            "input_description": f'A shelf by {brand}, {width}" wide, made to last.',
        }
        both = {"pid": [0, 1], "score": 1}
        raw_scores = {
            "Brand": {brand: both},
            "Part": {part: {"pid": [0], "score": 1}},
            "Width": {f'{width}"': {"pid": [1], "score": 1}},
            "Color": {"n/a": 1},
        }
        normal_scores = {
            "Brand": {brand.upper(): both},
            "Part": {part.replace("-", ""): {"pid": [0], "score": 1}},
            "Width": {f"{width * 2.54:.1f}": {"pid": [1], "score": 1}},
        }
        raw.append({**shared, "target_scores": raw_scores})
        normal.append({**shared, "target_scores": normal_scores})
    return raw, normal


def write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> Path:
    """Write rows as JSON lines and return the path."""
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def make_product(text: str, *, category: str = "Tea", **answers: str | None) -> LabelledProduct:
    """One labelled product; None stands for "not stated"."""
    found = {
        name: Answers((), absent=True) if value is None else Answers((Answer(value),))
        for name, value in answers.items()
    }
    return LabelledProduct(category=category, texts={"text": text}, answers=found)

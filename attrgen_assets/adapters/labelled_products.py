"""Labelled products in JSON lines, as the public data sets write them.

A line is an object with `category`, the text (`input`, or `input_title` and `input_description`), and, where it is
labelled, `target_scores`: attribute -> answer -> score, the score a number or `{"pid": [fields], "score": 1}` with 0
for the title and 1 for the description. The answer "n/a" says that the text does not state the attribute.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrgen_assets.domain.extraction.examples import NOT_STATED, Answer, Answers, LabelledProduct
from attrgen_assets.errors import FeedError

_FIELDS: Final = {"input": "text", "input_title": "title", "input_description": "description"}
_BY_NUMBER: Final = ("title", "description")


def read_labelled_products(path: Path) -> list[LabelledProduct]:
    """All products of a file. Raises FeedError that names the line."""
    return list(iter_labelled_products(path))


def iter_labelled_products(path: Path) -> Iterator[LabelledProduct]:
    """Products of a file, one after the other; empty lines are skipped.

    Raises: FeedError that names the line, or the file where it has no product.
    """
    empty = True
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _product(line, f"{path}:{number}")
                    empty = False
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}; give a file of JSON lines"
        raise FeedError(message) from error
    except UnicodeDecodeError as error:
        raise FeedError(f"{path}: not UTF-8 ({error.reason} at byte {error.start}); convert the file") from error
    if empty:
        raise FeedError(f"{path}: empty; every line must be a product, a JSON object with `category` and `input`")


def _product(line: str, place: str) -> LabelledProduct:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FeedError(f"{place}: not JSON ({error}); every line must be one object") from error
    if not isinstance(row, dict):
        raise FeedError(f"{place}: found {type(row).__name__}; every line must be one object")
    texts = {name: _text(row[key], key, place) for key, name in _FIELDS.items() if row.get(key) is not None}
    if not texts:
        allowed = ", ".join(_FIELDS)
        raise FeedError(
            f"{place}: no text; an object needs `input`, or `input_title` and `input_description` ({allowed})"
        )
    if row.get("category") is None:
        raise FeedError(f"{place}: no `category`; an object needs one, because attributes belong to categories")
    category = _text(row["category"], "category", place)
    targets = row.get("target_scores") or {}
    if not isinstance(targets, dict):
        raise FeedError(f"{place}: target_scores: found {type(targets).__name__}; give attribute -> answer -> score")
    return LabelledProduct(
        category=category,
        texts=texts,
        answers={name: _answers(found, f"{place}: target_scores.{name}", texts) for name, found in targets.items()},
        key=str(row["id"]) if row.get("id") is not None else None,
        group=str(row["cluster_id"]) if row.get("cluster_id") is not None else None,
    )


def _text(value: Any, key: str, place: str) -> str:
    if not isinstance(value, str):
        raise FeedError(f"{place}: {key}: found {type(value).__name__}; give a text")
    return value


def _answers(found: Any, place: str, texts: Mapping[str, str]) -> Answers:
    if not isinstance(found, dict):
        raise FeedError(f"{place}: found {type(found).__name__}; give answer -> score")
    values = []
    for value, score in found.items():
        if value != NOT_STATED:
            values.append(Answer(value, _fields(score, place, texts)))
    return Answers(tuple(values), absent=NOT_STATED in found)


def _fields(score: Any, place: str, texts: Mapping[str, str]) -> tuple[str, ...] | None:
    if not isinstance(score, dict) or "pid" not in score:
        return None
    numbers = score["pid"]
    if not isinstance(numbers, list) or any(number not in (0, 1) for number in numbers):
        raise FeedError(f"{place}: pid: found {numbers!r}; give a list of 0 (title) and 1 (description)")
    return tuple(name for number in numbers if (name := _BY_NUMBER[number]) in texts)

"""The same extraction the way it is usually written, one row and one attribute at a time: a baseline for speed.

It reads the same fields in the same order, knows the same spellings, and asks a fuzzy library for what stands in a
column. It is no part of the product; `attrgen bench generate` measures against it and says how often both agree.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import ColumnSource, EnumAttribute, LexiconSource

ExtractOne = Callable[[str, Sequence[str]], tuple[str, float]]
"""(text, choices) -> the best choice and its score, 0-100: what rapidfuzz and thefuzz call `extractOne`."""

Row = Mapping[str, str | None]
"""The fields of one raw product."""


def extract_row(row: Row, plan: Plan, extract_one: ExtractOne) -> dict[str, str | None]:
    """The value of each enum attribute of one row, or None."""
    return {
        attribute.name: _extract(row, attribute, plan.vocabularies[attribute.name], extract_one)
        for attribute in plan.product_type.attributes
        if isinstance(attribute, EnumAttribute)
    }


def _extract(row: Row, attribute: EnumAttribute, vocabulary: Vocabulary, extract_one: ExtractOne) -> str | None:
    for source in attribute.sources:
        for field in source.fields:
            text = row.get(field)
            if not text:
                continue
            if isinstance(source, ColumnSource):
                value = _match(_plain(text), vocabulary, attribute.matching.threshold, extract_one)
            elif isinstance(source, LexiconSource) and source.pick == "first" and not source.named:
                value = _search(_plain(text), vocabulary, source)
            else:
                continue
            if value is not None:
                return value
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:[./%][^\W_]*)*", text.lower()))


def _match(text: str, vocabulary: Vocabulary, threshold: float, extract_one: ExtractOne) -> str | None:
    spelling, score = extract_one(text, vocabulary.spellings)
    return vocabulary.values[vocabulary.spelled[spelling]] if score >= threshold else None


def _search(text: str, vocabulary: Vocabulary, source: LexiconSource) -> str | None:
    """The first and longest spelling in the text, or in the words around each `near` word."""
    padded = f" {text} "
    if source.near:
        padded = " ".join(_window(padded, word.lower(), source) for word in source.near)
    if any(f" {word.lower()} " in padded for word in source.not_near):
        return None
    places = [(padded.find(f" {spelling} "), -len(spelling), spelling) for spelling in vocabulary.spellings]
    found = [place for place in places if place[0] >= 0]
    return vocabulary.values[vocabulary.spelled[min(found)[2]]] if found else None


def _window(padded: str, word: str, source: LexiconSource) -> str:
    before, found, after = padded.partition(f" {word} ")
    if not found:
        return ""
    words = before.split()[-source.words_before :] if source.words_before else []
    return f" {' '.join([*words, word, *after.split()[: source.words_after]])} "

"""Generators: candidates from mapped columns, from lexicons in running text, and from patterns."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.candidates import CandidateGroup, Found, SourceKey, group_for
from attrgen_assets.domain.attributes.clauses import Encoded, Mentions, starts_of_runs
from attrgen_assets.domain.attributes.fields import Fields
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.attributes.windows import in_windows, is_named_by_itself, near_words
from attrgen_assets.domain.product_types.fields import field_frame
from attrgen_assets.domain.product_types.learned import LearnedSource
from attrgen_assets.domain.product_types.model import (
    Attribute,
    ColumnSource,
    LabelSource,
    LexiconSource,
    NumberAttribute,
    PatternSource,
)
from attrgen_assets.domain.text import regex_literal
from attrgen_assets.domain.units import unit_spellings

_NUMBER = r"\d+(?:[.,]\d+)*"
_PRICE_LABEL = r"(?i)^(?:m\.?r\.?p\.?|(?:our |offer |sale |selling |list )?price)\s*[:=]?\s*"
_PRICE = (
    r"(?i)^((?:(?:rs|inr)\.?|₹)\s*:?\s*\d[\d,]*(?:\.\d+)?)"  # the currency and the amount, then
    r"(?:\s*/-)?\s*(?:only|each|\(?incl[^\d]*|\+[^\d]*)?\s*[.)]?$"  # "/- only", "(incl. of all taxes)", "+ shipping"
)
_SIZE_LABEL = r"(?i)^\s*(?:available\s+)?sizes?(?:\s+available)?\s*[:=]\s*"


def generate_candidates(
    rows: pl.DataFrame, plan: Plan, proposals: Mapping[SourceKey, Sequence[CandidateGroup]] = MappingProxyType({})
) -> list[CandidateGroup]:
    """All candidates of a batch of raw products.

    rows: RAW, any number of rows; the feed of the product type says which of its columns carry which fields.
    proposals: what models proposed for this batch, by attribute and position of the source; see `proposals`.
    The groups come in the order of the config: by attribute, then source, then field.
    """
    product_type = plan.product_type
    fields = Fields(field_frame(product_type.feed, rows), plan)
    groups: list[CandidateGroup] = []
    for attribute in product_type.attributes:
        for position, source in enumerate(attribute.sources):
            if not source.enabled or source.generator in product_type.switched_off:
                continue
            if isinstance(source, LearnedSource):
                groups += proposals.get((attribute.name, position), ())
                continue
            for field in source.fields:
                if fields.has(field):
                    found = _find(fields, field, source, attribute, plan)
                    groups.append(group_for(attribute.name, position, source, field, found))
    return groups


def _find(
    fields: Fields,
    field: str,
    source: ColumnSource | LabelSource | LexiconSource | PatternSource,
    attribute: Attribute,
    plan: Plan,
) -> Found:
    match source:
        case ColumnSource():
            cells = fields.cells(field)
            return Found(cells.rows, cells.codes, cells.texts.raw)
        case LabelSource():
            return _find_behind_labels(fields, field, attribute)
        case LexiconSource():
            denials = plan.denials.get(attribute.name)
            return _find_in_lexicon(fields, field, source, plan.vocabularies[attribute.name], denials)
        case PatternSource():
            return _find_pattern(fields, field, source, attribute)


def _find_pattern(fields: Fields, field: str, source: PatternSource, attribute: Attribute) -> Found:
    match source.form:
        case "quantity":
            return _find_quantities(*fields.clauses(field), source, attribute)
        case "sizes":
            return _find_sizes(fields.cells(field))
        case "price":
            return _find_price(fields.cells(field))
        case _:
            return _find_regex(fields.cells(field), f"{source.regex}")


def _find_behind_labels(fields: Fields, field: str, attribute: Attribute) -> Found:
    """What labels say that are called like the columns of the attribute, the first column's before the next one's."""
    cells, labelled = fields.labelled(field)
    columns = [name for source in attribute.sources if isinstance(source, ColumnSource) for name in source.fields]
    value_of = {text: value for name in reversed(columns) for text, value in labelled.get(name, {}).items()}
    texts = sorted(value_of)
    rows, hits = cells.spread(np.array(texts, dtype=np.int64))
    distinct = {value: code for code, value in enumerate(dict.fromkeys(value_of.values()))}
    codes = np.array([distinct[value_of[text]] for text in texts], dtype=np.int32)
    return Found(rows, codes[hits], pl.Series("text", list(distinct), dtype=pl.String))


def _find_in_lexicon(
    fields: Fields, field: str, source: LexiconSource, vocabulary: Vocabulary, denials: np.ndarray | None
) -> Found:
    """Legal values and synonyms in clauses, or only around the `near` words, never beside a `not_near` word.

    denials: which spellings (bool) are denials, "without"; others are not found in what is denied, nor in names.
    """
    if source.named:
        return _find_named(fields.named(field, source.named, source.not_near), vocabulary)
    proven = denials is None
    clauses, mentions = fields.part(field, source.part, proven=proven)
    near = mentions.of_any(source.near)
    if source.near and not near.any():
        return Found(clauses.rows[:0], clauses.codes[:0], vocabulary.spelling_texts)
    wanted = ~mentions.of_any(source.not_near)
    if source.near and is_named_by_itself(source):
        clause, phrase = near_words(mentions, source.near, vocabulary)
    elif source.near:
        subset = np.flatnonzero(wanted & near)
        clause, phrase = in_windows(clauses.texts.spaced, subset, source, vocabulary)
    else:
        clause, phrase = fields.spellings(field, source.part, vocabulary, proven=proven)
    if source.not_near:
        clause, phrase = clause[wanted[clause]], phrase[wanted[clause]]
    if denials is not None:
        texts = fields.part(field, source.part)[0].texts.spaced
        told = denials[phrase] | _stand_in(texts.gather(clause), vocabulary.spaced_texts.gather(phrase))
        clause, phrase = clause[told], phrase[told]
    if source.pick == "all":
        return _spread(clauses, clause, phrase, vocabulary)
    rows, hits = clauses.spread(clause)
    first = hits[starts_of_runs(rows)]
    rows = rows[starts_of_runs(rows)]
    if source.pick == "first":
        return Found(rows, phrase[first], vocabulary.spelling_texts)
    second = _second_per_clause(clause, phrase, vocabulary, clauses=len(clauses.texts.raw))[clause[first]]
    return Found(rows[second >= 0], second[second >= 0], vocabulary.spelling_texts)


def _stand_in(texts: pl.Series, words: pl.Series) -> np.ndarray:
    """Which of some words (bool) stand in the text of the same place; both as `text.spaced` writes them."""
    pairs = pl.DataFrame({"text": texts, "words": words})
    return pairs.select(pl.col("text").str.contains(pl.col("words"), literal=True)).to_series().to_numpy()


def _find_named(named: Encoded, vocabulary: Vocabulary) -> Found:
    """Of words that name parts, those that together spell a legal value or synonym."""
    spelled = named.without(~named.texts.raw.is_in(vocabulary.spellings).to_numpy())
    return Found(spelled.rows, spelled.codes, spelled.texts.raw)


def _spread(encoded: Encoded, hit_text: np.ndarray, hit_phrase: np.ndarray, vocabulary: Vocabulary) -> Found:
    """From spellings found in distinct texts to candidates per row."""
    rows, hits = encoded.spread(hit_text)
    return Found(rows, hit_phrase[hits], vocabulary.spelling_texts)


def _find_quantities(clauses: Encoded, mentions: Mentions, source: PatternSource, attribute: Attribute) -> Found:
    """Numbers with a unit that converts to the attribute's, in clauses that have one of the `near` words."""
    if source.near:
        clauses = clauses.without(~mentions.of_any(source.near))
    unit = attribute.unit if isinstance(attribute, NumberAttribute) else None
    units = "|".join(regex_literal(word) for word in unit_spellings(unit)) if unit else ""
    hits = clauses.texts.raw.str.extract_all(rf"(?i){_NUMBER}\s*(?:{units})(?:\b|$|[^a-zA-Z0-9])" if units else _NUMBER)
    hit_text = np.repeat(np.arange(len(hits)), hits.list.len().to_numpy())
    rows, positions = clauses.spread(hit_text)
    texts = hits.explode(empty_as_null=False, keep_nulls=False).str.strip_chars().str.strip_chars_end(".,;:)")
    return Found(rows, positions.astype(np.int32), texts)


def _find_price(cells: Encoded) -> Found:
    """The price of each distinct cell, without its label and closing words.

    A cell that says anything else keeps its text, so that it is refused rather than read as its first number:
    "-5", "1699-1999", "1.7 lakh" and "50%" are no prices of 5, 1699, 1.7 and 50.
    """
    unlabelled = cells.texts.raw.str.strip_chars().str.replace(_PRICE_LABEL, "")
    return Found(cells.rows, cells.codes, unlabelled.str.extract(_PRICE).fill_null(unlabelled))


def _find_sizes(cells: Encoded) -> Found:
    """The list of sizes in each distinct cell, without its label."""
    return Found(cells.rows, cells.codes, cells.texts.raw.str.replace(_SIZE_LABEL, "").str.strip_chars())


def _find_regex(cells: Encoded, regex: str) -> Found:
    """The first match in each distinct cell: of it the group named `value` counts, else the first group."""
    groups = cells.texts.raw.str.extract_groups(regex)
    names = groups.struct.fields
    texts = groups.struct.field("value" if "value" in names else names[0]).str.strip_chars().fill_null("")
    matching = cells.without(texts.eq("").to_numpy())
    return Found(matching.rows, matching.codes, texts)


def _second_per_clause(clause: np.ndarray, phrase: np.ndarray, vocabulary: Vocabulary, *, clauses: int) -> np.ndarray:
    """Per clause the first phrase of another value than the clause's first one, or -1: white in "blue & white, blue".

    clause: ascending, the clause of each hit; phrase: what was found.
    """
    values, starts = vocabulary.spelling_codes[phrase], starts_of_runs(clause)
    other = values != values[starts][np.cumsum(starts) - 1]
    clause, phrase = clause[other], phrase[other]
    second = np.full(clauses, -1, dtype=np.int32)
    starts = starts_of_runs(clause)
    second[clause[starts]] = phrase[starts]
    return second

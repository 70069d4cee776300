"""Questions to models, and their answers as candidates of the sources that asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.candidates import CANDIDATES_SCHEMA, CandidateGroup, SourceKey, proposal_groups
from attrgen_assets.domain.attributes.coerce import METHOD_CODE, Outcome, Readings, TextRefusal
from attrgen_assets.domain.attributes.ports import ProposedValue, Question
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.fields import field_frame
from attrgen_assets.domain.product_types.learned import GeneratorName, LearnedSource, ModelSource
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.tables import RefusalReason

_DECIMALS: Final = 2  # of confidences: finer ones would make a group of almost every candidate
_LEAST: Final = 0.01

Asking = Mapping[SourceKey, LearnedSource]
"""The sources of one generator that are in use."""


def asking_sources(product_type: ProductType, generator: GeneratorName) -> Asking:
    """The sources of this generator, without those that are switched off."""
    if generator in product_type.switched_off:
        return {}
    return {
        (attribute.name, position): source
        for attribute in product_type.attributes
        for position, source in enumerate(attribute.sources)
        if isinstance(source, LearnedSource) and source.generator == generator and source.enabled
    }


def asked_fields(sources: Iterable[LearnedSource]) -> tuple[str, ...]:
    """All fields that sources name, each once, in the order of the config."""
    return tuple(dict.fromkeys(field for source in sources for field in source.fields))


def texts_of(rows: pl.DataFrame, product_type: ProductType, fields: Sequence[str]) -> list[dict[str, str]]:
    """The texts of each row (RAW) by field; cells that state nothing are left out."""
    frame = field_frame(product_type.feed, rows)
    missing = {text.strip().casefold() for text in product_type.texts.missing}
    present = [field for field in fields if field in frame.columns]
    cells = frame.select(present).iter_rows() if present else iter([()] * rows.height)
    return [
        {
            field: text
            for field, text in zip(present, row, strict=True)
            if text is not None and text.strip().casefold() not in missing
        }
        for row in cells
    ]


def questions_about(
    texts: Sequence[Mapping[str, str]], wanted: Mapping[SourceKey, np.ndarray], sources: Asking
) -> tuple[list[int], list[Question]]:
    """One question a row with texts and with attributes that are wanted of it.

    wanted: per source, bool per row.  Returns the rows, ascending, and their questions.
    """
    rows, questions = [], []
    for row, known in enumerate(texts):
        names = [
            key[0] for key, source in sources.items() if wanted[key][row] and any(f in known for f in source.fields)
        ]
        if names:
            rows.append(row)
            questions.append(Question(texts=known, attributes=tuple(dict.fromkeys(names))))
    return rows, questions


def proposed_groups(
    rows: Sequence[int], proposed: Sequence[Sequence[ProposedValue]], *, sources: Asking, version: str
) -> dict[SourceKey, list[CandidateGroup]]:
    """Answers as candidates of the sources that may read the field that an answer was read in.

    rows: the row of each element of `proposed`, ascending.
    """
    lines: dict[tuple[SourceKey, str], list[tuple[int, str, float]]] = {}
    for row, values in zip(rows, proposed, strict=True):
        for value in values:
            for key, source in sources.items():
                least = source.at_least if isinstance(source, ModelSource) else 0.0
                if key[0] == value.attribute and value.field in source.fields and value.probability >= least:
                    sure = max(round(value.probability * source.confidence, _DECIMALS), _LEAST)
                    lines.setdefault((key, value.field), []).append((row, value.text, sure))
    groups: dict[SourceKey, list[CandidateGroup]] = {}
    for (key, field), found in lines.items():
        source = sources[key]
        frame = pl.DataFrame(found, schema={"row": pl.UInt32, "raw": pl.String, "confidence": pl.Float32}, orient="row")
        part = frame.with_columns(
            pl.lit(key[0]).alias("attribute"),
            pl.lit(key[1], dtype=pl.UInt8).alias("source"),
            pl.lit(source.generator).alias("generator"),
            pl.lit(version).alias("version"),
            pl.lit(field).alias("field"),
        ).select(*CANDIDATES_SCHEMA)
        groups.setdefault(key, []).extend(proposal_groups(part, source))
    return groups


def in_config_order(groups: Iterable[CandidateGroup], product_type: ProductType) -> list[CandidateGroup]:
    """Groups by attribute, then source; those of one source stay as they are."""
    order = {attribute.name: number for number, attribute in enumerate(product_type.attributes)}
    return sorted(groups, key=lambda group: (order[group.attribute], group.source))


def word_for_word(readings: Readings, vocabulary: Vocabulary | None) -> Readings:
    """The same readings without values that a text only resembles or contains: a language model was told the spellings.

    "Banana Silk" is no Silk when it is answered, as it would be where it stands in a cell.
    """
    loose = np.isin(readings.method, [METHOD_CODE["fuzzy"], METHOD_CODE["phrase"]])
    loose &= readings.outcome == Outcome.ACCEPTED
    if vocabulary is None or not loose.any():
        return readings
    outcome = np.where(loose, Outcome.REFUSED, readings.outcome).astype(np.uint8)
    why = TextRefusal(RefusalReason.NOT_IN_VOCABULARY)
    return replace(
        readings, outcome=outcome, refusals={**readings.refusals, **dict.fromkeys(np.flatnonzero(loose).tolist(), why)}
    )

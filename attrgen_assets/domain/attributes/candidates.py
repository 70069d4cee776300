"""Candidates: proposed values with where they were found, by which generator, and how sure it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import encode
from attrgen_assets.domain.product_types.learned import LearnedSource, LlmSource
from attrgen_assets.domain.product_types.model import ProductType, Source

GENERATOR_VERSION: Final = "1"
"""Version of the built-in generators, on record in every provenance."""

CANDIDATES_SCHEMA: Final = {
    "row": pl.UInt32,
    "attribute": pl.String,
    "source": pl.UInt8,
    "generator": pl.String,
    "version": pl.String,
    "field": pl.String,
    "raw": pl.String,
    "confidence": pl.Float32,
}


SourceKey = tuple[str, int]
"""An attribute, and the position of one of its sources."""


@dataclass(frozen=True, eq=False)
class CandidateGroup:
    """All candidates that one source found in one field of a batch, for one attribute.

    source: position in the attribute's sources.  rows: u32, ascending, several per row where several were found.
    codes: i32 into `texts`, the raw texts.  confidence: before matching, 0-1.  version: of the generator.
    replaces_below: answers of machines that are less sure than this give way to a surer one of this group.
    """

    attribute: str
    source: int
    generator: str
    field: str
    confidence: float
    rows: np.ndarray
    codes: np.ndarray
    texts: pl.Series
    version: str = GENERATOR_VERSION
    replaces_below: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)


def group_for(attribute: str, position: int, source: Source, field: str, found: "Found") -> CandidateGroup:
    """Label what a generator found."""
    return CandidateGroup(
        attribute=attribute,
        source=position,
        generator=source.generator,
        field=field,
        confidence=source.confidence,
        rows=found.rows,
        codes=found.codes,
        texts=found.texts,
    )


@dataclass(frozen=True, eq=False)
class Found:
    """What a generator found in one field: rows ascending, codes into texts."""

    rows: np.ndarray
    codes: np.ndarray
    texts: pl.Series


def together(groups: Iterable[CandidateGroup]) -> list[CandidateGroup]:
    """Candidates that one source found in several fields, all of a row in one group, with the names of its fields.

    >>> from functools import partial
    >>> group = partial(CandidateGroup, "work", 0, "lexicon", confidence=0.9)
    >>> title = group("title", rows=np.array([0, 2]), codes=np.array([0, 0]), texts=pl.Series(["zari"]))
    >>> other = group("description", rows=np.array([1, 2]), codes=np.array([0, 0]), texts=pl.Series(["lace"]))
    >>> for one in together([title, other]):
    ...     print(one.field, one.rows.tolist(), one.texts.gather(one.codes).to_list())
    title [0] ['zari']
    title, description [2, 2] ['zari', 'lace']
    description [1] ['lace']
    """
    result: list[CandidateGroup] = []
    for group in groups:
        rest, joined = group, []
        for former in result:
            shared, of_former = np.isin(rest.rows, former.rows), np.isin(former.rows, rest.rows)
            rows = np.concatenate([former.rows[of_former], rest.rows[shared]])
            codes = np.concatenate([former.codes[of_former], rest.codes[shared] + len(former.texts)])
            order, texts = np.argsort(rows, kind="stable"), pl.concat([former.texts, rest.texts])
            names = f"{former.field}, {rest.field}"
            joined.append(_only(former, ~of_former))
            joined.append(replace(former, field=names, rows=rows[order], codes=codes[order], texts=texts))
            rest = _only(rest, ~shared)
        result = [*(one for one in joined if len(one.rows)), rest]
    return result


def _only(group: CandidateGroup, kept: np.ndarray) -> CandidateGroup:
    """The candidates for which `kept` (bool) is true."""
    return replace(group, rows=group.rows[kept], codes=group.codes[kept])


def candidate_frame(groups: Iterable[CandidateGroup], *, first_row: int = 0) -> pl.DataFrame:
    """The readable table (CANDIDATES in domain.tables); rows are counted from `first_row`."""
    frames = [
        pl.DataFrame(
            {"row": group.rows.astype(np.uint32) + np.uint32(first_row), "raw": group.texts.gather(group.codes)}
        ).select(
            pl.col("row"),
            pl.lit(group.attribute).alias("attribute"),
            pl.lit(group.source, dtype=pl.UInt8).alias("source"),
            pl.lit(group.generator).alias("generator"),
            pl.lit(group.version).alias("version"),
            pl.lit(group.field).alias("field"),
            pl.col("raw"),
            pl.lit(group.confidence, dtype=pl.Float32).alias("confidence"),
        )
        for group in groups
        if len(group)
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=CANDIDATES_SCHEMA)


def candidate_groups(frame: pl.DataFrame, product_type: ProductType, *, first_row: int = 0) -> list[CandidateGroup]:
    """Back from the readable table to groups, in the order of the config: the inverse of `candidate_frame`."""
    parts = frame.partition_by(["attribute", "source", "field"], maintain_order=True, as_dict=True)
    groups = []
    for attribute, position, field, source in _sources(product_type):
        part = parts.get((attribute, position, field))
        if part is None:
            continue
        if isinstance(source, LearnedSource):
            groups += proposal_groups(part, source, first_row=first_row)
        else:
            groups.append(_group_of(part, source, first_row))
    return groups


def proposal_groups(part: pl.DataFrame, source: LearnedSource, *, first_row: int = 0) -> list[CandidateGroup]:
    """Candidates (CANDIDATES) of one source in one field that differ in confidence: a group for each, surest first."""
    by_sureness = part.sort("confidence", "row", descending=[True, False], maintain_order=True)
    parts = by_sureness.partition_by(["confidence", "version"], maintain_order=True)
    return [
        replace(
            _group_of(each, source, first_row),
            confidence=each["confidence"][0],
            version=each["version"][0],
            replaces_below=source.below if isinstance(source, LlmSource) else 0.0,
        )
        for each in parts
    ]


def _sources(product_type: ProductType) -> Iterator[tuple[str, int, str, Source]]:
    for attribute in product_type.attributes:
        for position, source in enumerate(attribute.sources):
            for field in source.fields:
                yield attribute.name, position, field, source


def _group_of(part: pl.DataFrame, source: Source, first_row: int) -> CandidateGroup:
    encoded = encode(part["raw"], part["row"].to_numpy() - np.uint32(first_row))
    found = Found(encoded.rows, encoded.codes, encoded.texts.raw)
    return group_for(part["attribute"][0], part["source"][0], source, part["field"][0], found)

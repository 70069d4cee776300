"""From candidates to documents: choose, match, coerce, apply rules, and say of every attribute what is known."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.assemble import (
    attribute_columns,
    missing_column,
    raw_fields,
    refusal_frame,
    refusal_lists,
)
from attrgen_assets.domain.attributes.candidates import CandidateGroup, together
from attrgen_assets.domain.attributes.coerce import Reader, reader_for
from attrgen_assets.domain.attributes.corrections import Corrections
from attrgen_assets.domain.attributes.matching import Remember
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.proposals import word_for_word
from attrgen_assets.domain.attributes.rules import apply_rule
from attrgen_assets.domain.attributes.state import NOT_FOUND, AttributeState
from attrgen_assets.domain.documents.content import content_hashes
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.product_types.model import Attribute, Fallback, LexiconSource
from attrgen_assets.domain.quarantine.entry_ids import EntryIds
from attrgen_assets.domain.quarantine.given_skus import GivenSkus
from attrgen_assets.domain.tables import QUARANTINED_SCHEMA, REFUSAL_DTYPE

_FALLBACK_CONFIDENCE = 0.3  # nobody said so


@dataclass(frozen=True, eq=False)
class Validated:
    """What became of a batch: every row is in exactly one of the two tables (see domain.tables)."""

    documents: pl.DataFrame
    quarantined: pl.DataFrame


class Validator:
    """Validates batch after batch of one feed; matches are remembered from one batch to the next.

    taken_skus: SKUs of the feed that no person may have given to another row.
    remember: per attribute, a memory for slow matches that outlives this object (a cache), or nothing.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        overrides: Iterable[Override] = (),
        taken_skus: Collection[str] = (),
        remember: Callable[[Attribute], Remember] | None = None,
    ) -> None:
        corrections = list(overrides)
        self._plan = plan
        self._corrections = Corrections(corrections, plan.product_type)
        self._given_skus = GivenSkus(corrections, plan.product_type.name, taken=taken_skus)
        self._entry_ids = EntryIds(plan.product_type.name)
        texts = plan.product_type.texts
        self._readers: dict[str, Reader] = {
            attribute.name: reader_for(
                attribute,
                texts,
                vocabulary=plan.vocabularies.get(attribute.name),
                remember=remember(attribute) if remember else None,
            )
            for attribute in plan.product_type.attributes
        }

    def validate(self, rows: pl.DataFrame, groups: Sequence[CandidateGroup]) -> Validated:
        """Decide a batch.

        rows: RAW, in feed order; groups: its candidates, rows counted from the start of this batch.
        """
        rows = self._given_skus.apply(rows.with_columns(self._entry_ids.of_refused(rows)))
        states = self.decide(rows, groups)
        stopped = _stopped_by_policy(states)
        for rule in self._plan.product_type.rules:
            broken = apply_rule(rule, states)
            for name in getattr(rule, "then", ()) or ("",):
                stopped[name] = stopped.get(name, np.zeros(rows.height, dtype=bool)) | broken
        held = np.logical_or.reduce([rows["refused"].is_not_null().to_numpy(), *stopped.values()])
        refusals = refusal_frame(states)
        return Validated(
            documents=self._documents(rows, states, refusals, np.flatnonzero(~held)),
            quarantined=self._quarantined(rows, refusals, stopped, np.flatnonzero(held)),
        )

    def decide(self, rows: pl.DataFrame, groups: Sequence[CandidateGroup]) -> dict[str, AttributeState]:
        """By attribute what its candidates come to: corrections first, then sources in their order, then fallbacks."""
        by_attribute: dict[str, list[CandidateGroup]] = {}
        for group in groups:
            by_attribute.setdefault(group.attribute, []).append(group)
        states = {}
        for attribute in self._plan.product_type.attributes:
            vocabulary, calibration = self._plan.vocabularies.get(attribute.name), self._plan.product_type.calibration
            state = AttributeState(attribute, rows.height, vocabulary, calibration)
            self._corrections.apply(state, rows["sku"])
            for group in _read_together(attribute, by_attribute.get(attribute.name, ())):
                readings = self._readers[attribute.name](group.texts)
                state.take(group, word_for_word(readings, vocabulary) if group.generator == "llm" else readings)
            if isinstance(attribute.on_refusal, Fallback):
                stated_in_vain = np.flatnonzero(state.refused & (state.status == NOT_FOUND))
                state.fill(
                    stated_in_vain,
                    attribute.on_refusal.fallback,
                    generator="fallback",
                    where="on_refusal",
                    confidence=_FALLBACK_CONFIDENCE,
                )
            state.keep_proposals()
            states[attribute.name] = state
        return states

    def _documents(
        self, rows: pl.DataFrame, states: Mapping[str, AttributeState], refusals: pl.DataFrame, kept: np.ndarray
    ) -> pl.DataFrame:
        names = [attribute.name for attribute in self._plan.product_type.attributes]
        columns = [column for name in names for column in attribute_columns(states[name], kept) if column.name != "sku"]
        missing = missing_column(states, kept)
        frame = pl.DataFrame(
            [
                *(rows[name].gather(kept) for name in ("sku", "source_file", "row_number")),
                *columns,
                missing,
                (missing.list.len() == 0).alias("complete"),
                refusal_lists(refusals, rows.height).gather(kept).alias("refusals"),
            ]
        )
        same = {name: states[name].entry_numbers(kept) for name in names}
        return frame.with_columns(content_hashes(frame, names, same=same))

    def _quarantined(
        self, rows: pl.DataFrame, refusals: pl.DataFrame, stopped: Mapping[str, np.ndarray], held: np.ndarray
    ) -> pl.DataFrame:
        """The refused rows with all their refusals; `reasons` names those that stopped the row."""
        refused = rows.with_row_index("row").filter(pl.col("refused").is_not_null())
        of_rows = refused.select(
            pl.col("row").cast(pl.UInt32),
            pl.lit(None, dtype=pl.String).alias("attribute"),
            pl.col("refused").alias("reason"),
            pl.col("refused_detail").alias("text"),
            pl.lit([], dtype=pl.List(pl.String)).alias("nearest"),
            pl.lit(None, dtype=pl.String).alias("field"),
        )
        every = pl.concat([of_rows, refusals.select(of_rows.columns)])
        causes = [of_rows.select("row", "reason")] + [
            refusals.filter(
                pl.col("row").is_in(np.flatnonzero(mask).astype(np.uint32)), pl.col("attribute").eq(name) | (name == "")
            ).select("row", "reason")
            for name, mask in stopped.items()
        ]
        reasons = pl.concat(causes).group_by("row").agg(pl.col("reason").unique().sort().alias("reasons"))
        kept = rows[held.tolist()] if len(held) else rows.clear()
        frame = kept.select("sku", "source_file", "row_number").with_columns(
            kept["entry_id"].zip_with(kept["entry_id"].is_not_null(), self._entry_ids.of_skus(kept["sku"])),
            pl.Series("row", held.astype(np.uint32)),
            raw_fields(kept),
            refusal_lists(every, rows.height).gather(held).cast(pl.List(REFUSAL_DTYPE)).alias("refusals"),
        )
        joined = frame.join(reasons, on="row", how="left", maintain_order="left")
        return joined.select(QUARANTINED_SCHEMA.names()).cast(QUARANTINED_SCHEMA)


def validate_candidates(rows: pl.DataFrame, groups: Sequence[CandidateGroup], plan: Plan) -> Validated:
    """Validate one batch on its own, without corrections or memory."""
    return Validator(plan).validate(rows, groups)


def _read_together(attribute: Attribute, groups: Iterable[CandidateGroup]) -> Iterator[CandidateGroup]:
    """The groups; those of a lexicon that picks all, row by row in one: a list has what all fields say."""
    for position, found in groupby(groups, key=lambda group: group.source):
        source, of_source = attribute.sources[position], list(found)
        yield from together(of_source) if isinstance(source, LexiconSource) and source.pick == "all" else of_source


def _stopped_by_policy(states: Mapping[str, AttributeState]) -> dict[str, np.ndarray]:
    """Per attribute that quarantines its refusals, the rows where something was stated and none of it accepted."""
    return {
        name: state.refused & (state.status == NOT_FOUND)
        for name, state in states.items()
        if state.attribute.on_refusal == "quarantine"
    }

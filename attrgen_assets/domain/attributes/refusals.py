"""Refusals and proposals of a batch, as arrays: which rows, which text, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.candidates import CandidateGroup
from attrgen_assets.domain.attributes.clauses import starts_of_runs
from attrgen_assets.domain.attributes.coerce import TextRefusal
from attrgen_assets.domain.attributes.sets import members, texts_together, unions
from attrgen_assets.domain.tables import RefusalReason


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refusals of one attribute and cause: rows, and per row the position of the text in `texts`.

    by_text: why each text was refused.  where: the field, or the rule, on record.
    """

    attribute: str
    where: str
    rows: np.ndarray
    codes: np.ndarray
    texts: pl.Series
    by_text: dict[int, TextRefusal]


def proposals(group: CandidateGroup, noted: np.ndarray, spelled: Callable[[int], tuple[str, ...]]) -> list[Refusals]:
    """What one source reads and is not sure enough of: of each row the first.

    noted: bool, per candidate.  spelled: the value of a text, for people.
    """
    rows, codes = group.rows[noted], group.codes[noted]
    first = starts_of_runs(rows)
    rows, codes = rows[first], codes[first]
    why = {code: TextRefusal(RefusalReason.NEEDS_REVIEW, spelled(code)) for code in set(codes.tolist())}
    return [Refusals(group.attribute, group.field, rows, codes, group.texts, why)] if len(rows) else []


def list_proposals(
    group: CandidateGroup, noted: np.ndarray, masks: np.ndarray, values: Sequence[str]
) -> list[Refusals]:
    """The same of a list: of each row all, in one.

    masks: the set of values that each text says.  values: the legal ones.
    """
    rows, codes = group.rows[noted], group.codes[noted]
    told, texts = texts_together(rows, codes, masks, group.texts)
    rows, _, sets = unions(rows, codes, masks)
    said = {text: sets[at] for at, text in enumerate(told.tolist())}
    why = {text: TextRefusal(RefusalReason.NEEDS_REVIEW, tuple(members(said[text], values))) for text in said}
    return [Refusals(group.attribute, group.field, rows, told, texts, why)] if len(rows) else []

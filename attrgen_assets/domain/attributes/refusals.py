"""Refusals and proposals of a batch, as arrays: which rows, which text, and why."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.candidates import CandidateGroup
from attrgen_assets.domain.attributes.clauses import starts_of_runs
from attrgen_assets.domain.attributes.coerce import Readings, TextRefusal
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


def proposals(
    group: CandidateGroup,
    readings: Readings,
    unsure: np.ndarray,
    open_rows: np.ndarray,
    spelled: Callable[[int], tuple[str, ...]],
) -> list[Refusals]:
    """What one source reads and is not sure enough of: of each row that has no answer, the first.

    unsure: bool, per text.  open_rows: bool, per row of the batch.  spelled: the value of a text, for people.
    """
    noted = unsure[group.codes] & open_rows[group.rows]
    rows, codes = group.rows[noted], group.codes[noted]
    first = starts_of_runs(rows)
    rows, codes = rows[first], codes[first]
    why = {code: TextRefusal(RefusalReason.NEEDS_REVIEW, spelled(code)) for code in set(codes.tolist())}
    return [Refusals(group.attribute, group.field, rows, codes, group.texts, why)] if len(rows) else []

"""Fields of a batch as dictionaries of distinct texts, whole or cut into clauses: work per text, not per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.product_types.model import Texts
from attrgen_assets.domain.text import normalise_all, normalise_series, spaced

_CUT: Final = "\x1f"
_ENTITIES: Final = {"&amp;": "&", "&nbsp;": " ", "&quot;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">", "\x00": ""}
_CUTS: Final = dict.fromkeys(
    (";", "|", "\n", "\r", "\t", "•", "·", ", ", ". ", "! ", "? ", " - ", " – ", " — "), _CUT
) | {f"{short}. ": f"{short} " for short in ("Rs", "rs", "RS", "No", "no", "NO")}
_WORTH_ENCODING: Final = 0.7
"""With more distinct texts than this share, looking each one up costs more than doing it again."""
_TAG: Final = r"<[^<>]{0,40}>"
_GLUED_COMMA: Final = r"([^0-9]),"
_INNER_CAPITAL: Final = r"([a-z0-9).?!])([A-Z][a-z])"


@dataclass(frozen=True, eq=False)
class DistinctTexts:
    """Distinct texts and their normalised forms, each made once, on first use."""

    raw: pl.Series

    @cached_property
    def normal(self) -> pl.Series:
        """The texts, normalised."""
        return normalise_series(self.raw)

    @cached_property
    def spaced(self) -> pl.Series:
        """The texts, normalised, as `text.spaced` writes them."""
        return spaced(self.normal)


@dataclass(frozen=True, eq=False)
class Encoded:
    """A column of texts as codes into its distinct texts (or, where most differ anyway, into all of them).

    rows: u32, ascending, the row of each occurrence; codes: i32 into `texts`, which are never null.
    """

    rows: np.ndarray
    codes: np.ndarray
    texts: DistinctTexts

    def without(self, unwanted: np.ndarray) -> "Encoded":
        """Leave out the occurrences of texts for which `unwanted` (bool, per text) is true."""
        if not unwanted.any():
            return self
        keep = ~unwanted[self.codes]
        return Encoded(self.rows[keep], self.codes[keep], self.texts)

    def spread(self, hit_text: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From hits per distinct text to hits per row: (rows, hits), by row, then by place.

        hit_text: ascending, the text each hit was found in; hits: positions in `hit_text`.

        >>> e = Encoded(np.array([0, 1, 1], "u4"), np.array([1, 0, 1], "i4"), DistinctTexts(pl.Series(["a", "b"])))
        >>> [x.tolist() for x in e.spread(np.array([1, 1]))]
        [[0, 0, 1, 1], [0, 1, 0, 1]]
        """
        counts = np.bincount(hit_text, minlength=len(self.texts.raw))
        starts = np.cumsum(counts) - counts
        per_occurrence = counts[self.codes]
        before = np.cumsum(per_occurrence) - per_occurrence
        offsets = np.repeat(starts[self.codes] - before, per_occurrence)
        return np.repeat(self.rows, per_occurrence), offsets + np.arange(len(offsets))


def encode(texts: pl.Series, rows: np.ndarray | None = None) -> Encoded:
    """Dictionary-encode a string column; nulls are left out.

    >>> encoded = encode(pl.Series(["x", None, "y", "x"]))
    >>> encoded.rows.tolist(), encoded.codes.tolist(), encoded.texts.raw.to_list()
    ([0, 2, 3], [0, 1, 0], ['x', 'y'])
    """
    rows = np.arange(len(texts), dtype=np.uint32) if rows is None else rows
    if texts.null_count():
        present = texts.is_not_null()
        rows, texts = rows[present.to_numpy()], texts.filter(present)
    if texts.n_unique() > _WORTH_ENCODING * len(texts):
        return Encoded(rows, np.arange(len(texts), dtype=np.int32), DistinctTexts(texts))
    array = texts.to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    distinct = pl.Series("text", array.dictionary, dtype=pl.String)
    return Encoded(rows, array.indices.to_numpy(zero_copy_only=False), DistinctTexts(distinct))


def starts_of_runs(values: np.ndarray) -> np.ndarray:
    """Marks the first of each run of equal values.

    >>> starts_of_runs(np.array([3, 3, 5, 3])).tolist()
    [True, False, True, True]
    """
    starts = np.ones(len(values), dtype=bool)
    starts[1:] = values[1:] != values[:-1]
    return starts


def is_one_of(texts: pl.Series, wanted: Sequence[str]) -> np.ndarray:
    """Which texts are, but for case and outer space, one of the wanted ones.

    >>> is_one_of(pl.Series([" NaN ", "nankeen"]), ["nan"]).tolist()
    [True, False]
    """
    lowered = texts.str.strip_chars().str.to_lowercase()
    result: np.ndarray = lowered.is_in([text.lower() for text in wanted]).to_numpy()
    return result


class Fields:
    """The fields of one batch of raw products, each encoded once.

    `columns` maps a field to a column of `rows`. A field that the feed does not carry is simply not there.
    """

    def __init__(self, rows: pl.DataFrame, columns: dict[str, str], texts: Texts) -> None:
        self._rows = rows
        self._columns = columns
        self._texts = texts
        self._cells: dict[str, Encoded] = {}
        self._clauses: dict[str, Encoded] = {}

    def has(self, field: str) -> bool:
        """Whether the feed carries this field."""
        return field in self._columns

    def cells(self, field: str) -> Encoded:
        """Distinct cells of a field, as they came but for HTML entities; cells that state nothing are left out."""
        if field not in self._cells:
            encoded = encode(_unescaped(self._rows[self._columns[field]]))
            self._cells[field] = encoded.without(is_one_of(encoded.texts.raw, self._texts.missing))
        return self._cells[field]

    def clauses(self, field: str) -> Encoded:
        """Distinct clauses of a field, in reading order per row; boilerplate is left out, and so is the brand."""
        if field not in self._clauses:
            cells = _unescaped(self._rows[self._columns[field]])
            if field != "brand" and "brand" in self._columns:
                cells = _without_brand(cells, self._rows[self._columns["brand"]])
            encoded = _cut_into_clauses(cells, run_on=field in self._texts.run_on)
            self._clauses[field] = encoded.without(contains_any(encoded.texts.spaced, self._texts.boilerplate))
        return self._clauses[field]


def contains_any(spaced_texts: pl.Series, phrases: tuple[str, ...]) -> np.ndarray:
    """Which texts contain one of the phrases, by whole words.

    >>> contains_any(spaced(pl.Series(["the model is tall", "remodel"])), ("Model",)).tolist()
    [True, False]
    """
    needles = _needles(phrases)
    if not needles:
        return np.zeros(len(spaced_texts), dtype=bool)
    result: np.ndarray = spaced_texts.str.contains_any(needles).to_numpy()
    return result


@lru_cache(maxsize=4096)  # a few lists of words per source of the config, asked for in every batch
def _needles(phrases: tuple[str, ...]) -> list[str]:
    return [f" {text.replace(' ', '  ')} " for text in normalise_all(phrases) if text]


def _unescaped(cells: pl.Series) -> pl.Series:
    """Without NUL bytes, and with the HTML entities that feeds leave in their texts resolved."""
    if not cells.str.contains_any(list(_ENTITIES)).any():
        return cells
    return cells.str.replace_many(_ENTITIES)


def _without_brand(cells: pl.Series, brands: pl.Series) -> pl.Series:
    """A brand is no evidence: "Rajesh Silk Mills" at the start of a title does not make the saree silk.

    A brand of one word is taken away at the start only ("W" and "Blue" are brands, too).
    """
    text, brand = pl.col("text"), pl.col("brand")
    starts = text.str.to_lowercase().str.starts_with(brand.str.to_lowercase() + " ")
    behind = pl.when(starts).then(text.str.slice(brand.str.len_chars())).otherwise(text)
    inside = brand.str.contains(" ", literal=True) & text.str.contains(brand, literal=True)
    frame = pl.DataFrame({"text": cells, "brand": brands.str.strip_chars()})
    frame = frame.with_columns(text=behind).with_columns(inside=inside.fill_null(value=False))
    if frame["inside"].any():
        masked = text.str.split(pl.when("inside").then("brand").otherwise(pl.lit(_CUT))).list.join(_CUT)
        frame = frame.with_columns(text=masked)
    return frame["text"]


def _cut_into_clauses(cells: pl.Series, *, run_on: bool) -> Encoded:
    """Cut at commas (not inside numbers), ends of sentences, bullets, tags and, in run-on texts, inner capitals."""
    text = pl.col("text").str.replace_many(_CUTS, leftmost=True)
    if cells.str.contains(_TAG).any():
        text = text.str.replace_all(_TAG, _CUT)
    if cells.str.contains(r"[^0-9],\S").any():
        text = text.str.replace_all(_GLUED_COMMA, f"${{1}}{_CUT}")
    if run_on and cells.str.contains(_INNER_CAPITAL).any():
        text = text.str.replace_all(_INNER_CAPITAL, f"${{1}}{_CUT}$2")
    clauses = cells.alias("text").to_frame().select(text.str.split(_CUT))["text"]
    lengths = clauses.list.len().fill_null(0).to_numpy()
    rows = np.repeat(np.arange(len(cells), dtype=np.uint32), lengths)
    return encode(clauses.explode(empty_as_null=False, keep_nulls=False), rows)

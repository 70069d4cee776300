"""From the texts of a field to its clauses: cut at commas, ends of sentences, bullets, emoji, tags and labels."""

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import DistinctTexts, Encoded, encode, starts_of_runs
from attrgen_assets.domain.text import normalise_series, regex_literal

_CUT: Final = "\x1f"
_GOES_ON: Final = "\x1e"  # at the beginning of a clause that is not its sentence's first
_CUTS: Final = (
    {", ": _CUT + _GOES_ON}
    | dict.fromkeys((";", "|", "\n", "\r", "\t", "•", "·", "] [", ". ", "! ", "? ", " - ", " – ", " — "), _CUT)
    | {f"{short}. ": f"{short} " for short in ("Rs", "rs", "RS")}
)
_ONE_OR_TWO_WORDS: Final = "^[A-Za-z-]+( [A-Za-z-]+)?$"
_DASHED_LABEL: Final = r"((?:^|[.;,|•·\n]\s*)[A-Z][A-Za-z]*(?: [A-Za-z]+){0,2}) [-–—] "
_MOST_COMMAS: Final = 4  # of what one word denies
_WORD: Final = r"[^\s,;:.!?()|]+"  # a fifth of the time of \w, for which automata of Unicode are large
_OR_BEHIND_COMMA: Final = r"(?i), .* n?or "
_TAG: Final = r"<[^<>]{0,40}>"
_EMOJI: Final = r"[\x{2600}-\x{27BF}\x{1F300}-\x{1FAFF}]"
_LAST_BRACKETS: Final = r"\(([A-Za-z][^()]*)\)$"
_GLUED_COMMA: Final = r"([^0-9]),"
_INNER_CAPITAL: Final = r"([a-z0-9).?!])([A-Z][a-z])"


def denials_joined(cells: pl.Series, denying: Sequence[str]) -> pl.Series:
    """With "or" for the commas of what a text denies: it is one clause.

    >>> denials_joined(pl.Series(["No lace, zari work or beads, in silk", "No lace, soft silk"]), ["no"]).to_list()
    ['No lace or zari work or beads, in silk', 'No lace, soft silk']
    """
    joined = cells.str.contains("(?i) n?or ").fill_null(value=False).arg_true()
    likely = joined.filter(cells.gather(joined).str.contains(_OR_BEHIND_COMMA))
    if not denying or not len(likely):
        return cells
    words = "|".join(map(regex_literal, denying))
    item = rf"(?:{_WORD} ){{0,2}}{_WORD}"
    comma = rf"(?i)\b((?:{words})(?: {_WORD}){{1,10}}), ({item}(?:, {item})*,? n?or )"
    texts = cells.gather(likely)
    for _ in range(_MOST_COMMAS):
        texts = texts.str.replace_all(comma, "${1} or ${2}")
    return cells.clone().scatter(likely, texts)


def cut_into_clauses(cells: pl.Series, spelled: Sequence[Container[str]], labels: tuple[str, str] | None) -> Encoded:
    """Cut at commas (not inside numbers), ends of sentences, bullets, emoji, tags and, in run-on texts, inner capitals.

    Words in brackets at the end speak of the whole and not of the part before: "saree with blouse piece (wine, EX-1)".
    In run-on texts a dash after a label ("Blouse Type - Unstitched") is a colon.
    What needs no neighbour to be decided is decided per distinct clause: descriptions repeat each other's clauses.
    spelled: the normalised spellings of each vocabulary.  labels: of run-on texts, what a label looks like, and those
    that are no values, as regular expressions.
    """
    text = pl.col("text")
    if labels is not None and cells.str.contains(r" [-–—] ").any():
        text = text.str.replace_all(_DASHED_LABEL, "${1}: ")
    text = text.str.replace_many(_CUTS, leftmost=True)
    if cells.str.ends_with(")").any():
        text = text.str.replace(_LAST_BRACKETS, f"{_CUT}${{1}}")
    if cells.filter(cells.str.len_bytes() != cells.str.len_chars()).str.contains(_EMOJI).any():
        text = text.str.replace_all(_EMOJI, _CUT)
    if cells.str.contains("<", literal=True).any():
        text = text.str.replace_all(_TAG, _CUT)
    if cells.str.contains(r",\S").any():
        text = text.str.replace_all(_GLUED_COMMA, f"${{1}}{_CUT}{_GOES_ON}")
    cut = cells.alias("text").to_frame().select(text.str.split(_CUT))["text"]
    rows = np.repeat(np.arange(len(cells), dtype=np.uint32), cut.list.len().fill_null(0).to_numpy())
    clauses = encode(cut.explode(empty_as_null=False, keep_nulls=False), rows)
    goes_on = clauses.texts.raw.str.starts_with(_GOES_ON).to_numpy()
    clauses = replace(clauses, texts=DistinctTexts(clauses.texts.raw.str.strip_prefix(_GOES_ON)))
    if labels is not None:
        clauses, goes_on = _cut_at_capitals(clauses, goes_on, *labels)
    clauses, goes_on = _enumerations_joined(clauses, goes_on, spelled)
    starts = ~goes_on[clauses.codes] | starts_of_runs(clauses.rows)
    return replace(clauses, sentences=np.cumsum(starts))


def _cut_at_capitals(clauses: Encoded, goes_on: np.ndarray, label: str, silent: str) -> tuple[Encoded, np.ndarray]:
    """Cut "white floral printHas a round neck" in two, and "Fabric: cotton Dupatta fabric: net".

    goes_on: whether each of the texts continues a sentence; returned for the new texts.
    """
    raw = clauses.texts.raw
    labelled = np.flatnonzero(raw.str.contains(": ", literal=True).to_numpy())
    if len(labelled):
        parted = raw.gather(labelled).str.replace_all(label, f"{_CUT}${{1}}").str.strip_prefix(_CUT)
        raw = raw.clone().scatter(labelled, parted)
    elif not raw.str.contains(_INNER_CAPITAL).any():
        return clauses, goes_on
    pieces = raw.str.replace_all(_INNER_CAPITAL, f"${{1}}{_CUT}$2").str.split(_CUT)
    whole = np.repeat(np.arange(len(pieces)), pieces.list.len().to_numpy())
    rows, codes = clauses.spread(whole)
    texts = pieces.explode(empty_as_null=False, keep_nulls=False)
    if len(labelled):
        texts = texts.str.replace(rf"(?i)^\s*(?:{silent})\s*:", "")
    return Encoded(rows, codes, DistinctTexts(texts)), goes_on[whole] & starts_of_runs(whole)


def _enumerations_joined(
    clauses: Encoded, goes_on: np.ndarray, spelled: Sequence[Container[str]]
) -> tuple[Encoded, np.ndarray]:
    """Put what begins a sentence before what follows its comma, if it is a word, or a value before one of its kind.

    "Navy, pink printed kurta" and "Navy blue, pink printed kurta" name two colours; "Round neck, pink kurta" does not.
    """
    texts, codes, rows = clauses.texts.raw, clauses.codes, clauses.rows
    alone = texts.str.contains(_ONE_OR_TWO_WORDS).to_numpy() & ~goes_on
    first = np.flatnonzero(alone[codes[:-1]] & goes_on[codes[1:]] & (rows[:-1] == rows[1:]))
    pairs, pair_of = np.unique(codes[first] * np.int64(len(texts)) + codes[first + 1], return_inverse=True)
    ones, others = texts.gather(pairs // len(texts)), texts.gather(pairs % len(texts))
    forms = (each.to_list() for each in (ones, normalise_series(ones), normalise_series(others)))
    together = [" " not in one or _are_of_a_kind(value, text, spelled) for one, value, text in zip(*forms, strict=True)]
    first, pair_of = (every[np.array(together, dtype=bool)[pair_of]] for every in (first, pair_of))
    if not len(first):
        return clauses, goes_on
    codes = codes.copy()
    codes[first] = len(texts) + pair_of
    kept = np.ones(len(codes), dtype=bool)
    kept[first + 1] = False
    every = DistinctTexts(pl.concat([texts, ones + ", " + others]))
    return Encoded(rows[kept], codes[kept], every), np.append(goes_on, np.zeros(len(ones), dtype=bool))


def _are_of_a_kind(value: str, text: str, spelled: Sequence[Container[str]]) -> bool:
    """Whether a text begins with a value of a vocabulary that has the first one, too; both normalised."""
    words = text.split(" ")
    beginnings = " ".join(words[:2]), words[0]
    return any(value in one and any(beginning in one for beginning in beginnings) for one in spelled)

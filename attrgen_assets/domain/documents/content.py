"""The content hash: equal exactly when two documents say the same of a product.

It covers attributes, missing and refusals, and nothing of when, from where or under which config they were found.
The canonical form is written down here because stored hashes are compared across releases:

    text T    <bytes of T in UTF-8>:<T>            null            -
    entry     text(name) text(status) value confidence text(generator) text(version) text(field) text(text) text(method)
    value     s text | f <the 64 bits of the double, as a signed integer>; | b1 | b0 | l <items>; text... | null
    confidence  <ten-thousandths, rounded>;  or null
    missing   text(name)... in alphabetical order
    refusals  per refusal: text(attribute) text(reason) text(text) text(field) <nearest>; text(nearest)...

    content_hash = H(H(entry) of every attribute in alphabetical order, H(missing), H(refusals))  in hexadecimal

H is XXH3 of 128 bits, big-endian (xxhash.com): it tells changed from unchanged, and is no proof against forgery. A
hash of hashes, because a batch holds few distinct entries: `content_hashes` writes each one down once. -0.0 counts
as 0.0. Lengths in front of texts leave no two contents with one canonical form.
"""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from xxhash import xxh3_128_digest, xxh3_128_hexdigest

from attrgen_assets.domain.documents.distinct import distinct_by_number, distinct_rows

HASH_BYTES: Final = 16
"""128 bits: among ten million states of a document two are the same with a chance of 1 in 10^24."""

CONFIDENCE_STEPS: Final = 10_000
"""Confidences are told in ten-thousandths; they come as 32-bit floats, whose further digits mean nothing."""

_PROVENANCE: Final = ("generator", "version", "field", "text", "method")
_NULL: Final = "-"

_Digests = npt.NDArray[np.uint8]  # of shape (rows, HASH_BYTES)


def content_hash(document: Mapping[str, Any]) -> str:
    """The content hash of one document (keys attributes, missing, refusals): 32 hexadecimal digits.

    >>> content_hash({"attributes": {}, "missing": [], "refusals": []})
    '590350119ab0222f04245739b8563505'
    """
    parts = [_digest(_entry(name, entry)) for name, entry in sorted(document["attributes"].items())]
    parts += [_digest(_missing(document["missing"])), _digest(_refusals(document["refusals"]))]
    return xxh3_128_hexdigest(b"".join(parts))


def content_hashes(
    frame: pl.DataFrame, attribute_names: Sequence[str], *, same: Mapping[str, npt.NDArray[np.int64]] | None = None
) -> pl.Series:
    """The content hashes of all rows of a VALIDATED frame (its column content_hash is not looked at).

    About 2 us per row of 16 attributes. Returns a string series named `content_hash`.

    Args:
        same: for some attributes, a number >= 0 per row; rows with the same number have the same entry. Where it is not
            given the entries are compared.
    """
    names, same = sorted(attribute_names), same or {}
    table = np.empty((frame.height, len(names) + 2, HASH_BYTES), dtype=np.uint8)
    for position, name in enumerate(names):
        table[:, position] = _entry_digests(frame, name, same.get(name))
    table[:, -2] = _spread(frame, "missing", lambda value: _missing(value or ()))
    table[:, -1] = _refusal_digests(frame["refusals"])
    width = table.shape[1] * HASH_BYTES
    rows = table.reshape(frame.height, width).view(f"V{width}").reshape(-1)
    return pl.Series("content_hash", list(map(xxh3_128_hexdigest, rows.tolist())), dtype=pl.String)


def _digest(text: str) -> bytes:
    return xxh3_128_digest(text.encode())


# The scalar form


def _text(text: str | None) -> str:
    return _NULL if text is None else f"{len(text.encode())}:{text}"


def _entry(name: str, entry: Mapping[str, Any]) -> str:
    provenance = entry["provenance"] or {}
    confidence = entry["confidence"]
    sure = _NULL if confidence is None else f"{round(float(confidence) * CONFIDENCE_STEPS)};"
    texts = "".join(_text(provenance.get(key)) for key in _PROVENANCE)
    return f"{_text(name)}{_text(entry['status'])}{_value(entry['value'])}{sure}{texts}"


def _value(value: Any) -> str:
    match value:
        case None:
            return _NULL
        case bool():
            return f"b{value:d}"
        case int() | float():
            return f"f{struct.unpack('<q', struct.pack('<d', float(value) + 0.0))[0]};"
        case str():
            return f"s{_text(value)}"
        case _:
            return f"l{len(value)};{''.join(map(_text, value))}"


def _missing(names: Iterable[str]) -> str:
    return "".join(_text(name) for name in sorted(names))


def _refusals(refusals: Iterable[Mapping[str, Any]] | None) -> str:
    parts = []
    for refusal in refusals or ():
        nearest = refusal["nearest"] or ()
        texts = (_text(refusal[key]) for key in ("attribute", "reason", "text", "field"))
        parts.append(f"{''.join(texts)}{len(nearest)};{''.join(map(_text, nearest))}")
    return "".join(parts)


# The vectorised form


def _entry_digests(frame: pl.DataFrame, name: str, same: npt.NDArray[np.int64] | None) -> _Digests:
    """H(entry) per row, u8 of shape (rows, HASH_BYTES).

    Where most entries differ, as those of titles do, they do so in value and text: what stands around the two is the
    same in many, and is written once for all of them.
    """
    entries = frame.select(
        value=pl.col(name),
        status=pl.col(f"{name}.status"),
        confidence=pl.col(f"{name}.confidence").cast(pl.Float64),
        provenance=pl.col(f"{name}.provenance"),
    ).unnest("provenance")
    found = distinct_rows(entries, entries.columns) if same is None else distinct_by_number(entries, same)
    around = distinct_rows(found.rows, ["status", "confidence", "generator", "version", "field", "method"])
    written = around.rows.select(
        before=pl.concat_str(pl.lit(_text(name)), _text_expr(pl.col("status").cast(pl.String))),
        between=pl.concat_str(
            _or_null(pl.format("{};", (pl.col("confidence") * CONFIDENCE_STEPS).round().cast(pl.Int64))),
            *(_text_expr(pl.col(key).cast(pl.String)) for key in ("generator", "version", "field")),
        ),
        behind=_text_expr(pl.col("method").cast(pl.String)),
    )
    whole = found.rows.select("value", "text").hstack(written[around.codes])
    value = _value_expr(pl.col("value"), entries.schema["value"])
    return _digests(
        whole.select(pl.concat_str("before", value, "between", _text_expr(pl.col("text")), "behind")).to_series()
    ).take(found.codes, axis=0)


def _digests(texts: pl.Series) -> _Digests:
    data = b"".join(map(xxh3_128_digest, texts.cast(pl.Binary).to_list()))
    return np.frombuffer(data, dtype=np.uint8).reshape(-1, HASH_BYTES)


def _text_expr(text: pl.Expr) -> pl.Expr:
    return _or_null(pl.format("{}:{}", text.str.len_bytes(), text))


def _or_null(text: pl.Expr) -> pl.Expr:
    return text.fill_null(_NULL)  # concat and format are null where one part is


def _value_expr(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean:
        return _or_null(pl.format("b{}", value.cast(pl.UInt8)))
    if dtype.is_numeric():
        bits = (value.cast(pl.Float64) + 0.0).reinterpret(dtype=pl.Int64)
        return _or_null(pl.format("f{};", bits))
    if isinstance(dtype, pl.List):
        items = value.cast(pl.List(pl.String))
        texts = items.list.eval(_text_expr(pl.element())).list.join("")
        return _or_null(pl.format("l{};{}", items.list.len(), texts))
    text = value.cast(pl.String)
    return _or_null(pl.format("s{}:{}", text.str.len_bytes(), text))


def _spread(frame: pl.DataFrame, column: str, write: Callable[[Any], str]) -> _Digests:
    found = distinct_rows(frame, [column])
    return _digests(_series(map(write, found.rows[column].to_list()))).take(found.codes, axis=0)


def _series(texts: Iterable[str]) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String)


def _refusal_digests(refusals: pl.Series) -> _Digests:
    """H(refusals) per row; most rows have none."""
    digests = np.tile(_digests(_series([""])), (len(refusals), 1))
    some = (refusals.list.len().fill_null(0) > 0).arg_true()
    if len(some):
        digests[some.to_numpy()] = _digests(_series(map(_refusals, refusals.gather(some).to_list())))
    return digests

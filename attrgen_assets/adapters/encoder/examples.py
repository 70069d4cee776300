"""Products as numbers: windows of text with word pieces, shapes and gazetteer marks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.adapters.encoder.pieces import WordPieces
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.features import shape
from attrgen_assets.domain.extraction.gazetteers import Gazetteer
from attrgen_assets.domain.extraction.tokens import Tokens, tokenise

WINDOW: Final = 120  # tokens of a window: a whole title, a third of a long description
WINDOW_PIECES: Final = 460  # of its tokens; with what stands around them fewer than the 512 that encoders know
CONTEXT: Final = 24  # pieces of the first text that stand before windows of other texts
SHAPES: Final = 2048  # buckets of hashed shapes
MARKS: Final = 12  # kinds of gazetteer marks: stated often, once or elsewhere; as a whole, at its begin, inside, end
_KINDS: Final = {"g+": 0, "g": 4, "go": 8}
_PLACES: Final = {"U": 0, "B": 1, "M": 2, "L": 3}


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens `offset` onwards of one field of a product.

    `ids` are all pieces with what stands around them; `first` and `last` are the places in `ids` of each token's first
    and last piece; `shapes` is (tokens, 6), buckets; `marks` holds (tokens, MARKS) by attribute.
    """

    product: int
    field: str
    category: str
    offset: int
    ids: list[int]
    first: list[int]
    last: list[int]
    shapes: NDArray[np.int64]
    marks: Mapping[str, NDArray[np.float32]]

    def __len__(self) -> int:
        return len(self.first)


def windows(
    number: int,
    product: LabelledProduct,
    tokens: Mapping[str, Tokens],
    gazetteer: Gazetteer,
    pieces: WordPieces,
    *,
    without: str | None = None,
) -> Iterator[Window]:
    """All windows of a product; `without` names the group whose answers the gazetteer leaves out."""
    head = [pieces.start, *_flat(pieces.of_tokens(tokenise(product.category)), 12), pieces.end]
    context: list[int] = []
    for field, text in tokens.items():
        found = pieces.of_tokens(text)
        marks = gazetteer.lookup([token.lower() for token in text.tokens], product.category, without=without)
        shapes = _shapes(text)
        for here in _places(found):
            ids, first, last = [*head, *context], [], []
            for token in found[here]:
                first.append(len(ids))
                ids.extend(token)
                last.append(len(ids) - 1)
            ids.append(pieces.end)
            yield Window(
                number, field, product.category, here.start, ids, first, last, shapes[here], _marks(marks[here])
            )
        if not context:
            context = [*_flat(found, CONTEXT), pieces.end]


def _places(found: Sequence[tuple[int, ...]]) -> Iterator[slice]:
    """Where windows begin and end: tokens of many pieces, such as long codes, make them shorter."""
    begin = pieces = 0
    for at, token in enumerate(found):
        if at - begin == WINDOW or pieces + len(token) > WINDOW_PIECES:
            yield slice(begin, at)
            begin, pieces = at, 0
        pieces += len(token)
    if begin < len(found):
        yield slice(begin, len(found))


def _flat(found: Sequence[tuple[int, ...]], limit: int) -> list[int]:
    return [number for token in found for number in token][:limit]


def _shapes(text: Tokens) -> NDArray[np.int64]:
    spaced = (*text.spaced, True)
    rows = [
        [
            _bucket(f"s {shape(token)[:8]}"),
            _bucket(f"w {shape(text.words[at])[:10]}"),
            _bucket(f"c {_case(token)}"),
            _bucket(f"b {spaced[at]} {spaced[at + 1]}"),
            _bucket(f"a {min(at, 6)}"),
            _bucket(f"z {min(len(text) - at, 6)}"),
        ]
        for at, token in enumerate(text.tokens)
    ]
    return np.array(rows, dtype=np.int64).reshape(len(text), 6)


def _case(token: str) -> str:
    return "upper" if token.isupper() else "title" if token[:1].isupper() else "lower" if token.islower() else "other"


def _bucket(name: str) -> int:
    return crc32(name.encode()) % SHAPES


def _marks(found: Sequence[Sequence[str]]) -> dict[str, NDArray[np.float32]]:
    result: dict[str, NDArray[np.float32]] = defaultdict(lambda: np.zeros((len(found), MARKS), dtype=np.float32))
    for at, names in enumerate(found):
        for name in names:
            kind, place, attribute = name.split(":", 2)
            result[attribute][at, _KINDS[kind] + _PLACES[place]] = 1.0
    return dict(result)

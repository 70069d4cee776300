"""Bytes of text files as UTF-8: byte order marks, declared encodings, rows of another encoding in between."""

import codecs
import contextlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from attrgen_assets.errors import FeedError

BLOCK_BYTES: Final = 8 << 20
"""Read at a time: large enough for the fast parser, small enough that a few copies do not matter."""

_SNIFFED_BYTES: Final = 4096
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()

_MARKS: Final = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def detect_encoding(head: bytes, *, declared: str | None, place: str) -> tuple[str, int]:
    """(codec, length of its byte order mark) of a file that begins with `head`.

    A mark decides; then what was declared; then UTF-16 without a mark, told by its zero bytes; else UTF-8.

    Raises: FeedError for an encoding that Python does not know.

    >>> detect_encoding("sku".encode("utf-8-sig"), declared=None, place="x.csv")
    ('utf-8', 3)
    """
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec, len(mark)
    if declared is not None:
        return _known_codec(declared, place), 0
    sample = head[:_SNIFFED_BYTES]
    if len(sample) >= 8:
        zeros = (sample[0::2].count(0) * 2 / len(sample), sample[1::2].count(0) * 2 / len(sample))
        if max(zeros) > 0.6 and min(zeros) < 0.1:  # Latin text in UTF-16 has a zero in every second byte
            return ("utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"), 0
    return "utf-8", 0


def _known_codec(name: str, place: str) -> str:
    try:
        " ".encode(name)  # knows codecs that are not of text, such as hex; an empty text would pass all of them
        return codecs.lookup(name).name.removesuffix("-sig")
    except (LookupError, ValueError, UnicodeError) as error:
        raise FeedError(
            f"{place}: the encoding {name!r} is unknown; usual ones are utf-8, cp1252, latin-1, utf-16, shift_jis. "
            "Correct `feed.encoding`, or leave it out to have it detected."
        ) from error


class Utf8Blocks:
    """A binary stream in blocks of UTF-8.

    UTF-8 files pass as they are, invalid bytes included: their rows are decoded one by one (`decode_row`). Other
    encodings are transcoded; bytes that mean nothing there become U+FFFD, and `damaged` turns true.
    """

    def __init__(self, stream: BinaryIO, *, declared: str | None, place: str, block_bytes: int = BLOCK_BYTES) -> None:
        head = stream.read(max(block_bytes, _SNIFFED_BYTES))
        self.codec, mark = detect_encoding(head, declared=declared, place=place)
        self.damaged = False
        self._head = head[mark:]
        self._stream = stream
        self._block_bytes = block_bytes
        self._place = place

    def __iter__(self) -> Iterator[bytes]:
        blocks = self._raw()
        return blocks if self.codec == "utf-8" else self._transcoded(blocks)

    def _raw(self) -> Iterator[bytes]:
        for start in range(0, len(self._head), self._block_bytes):
            yield self._head[start : start + self._block_bytes]
        block = self._stream.read(self._block_bytes)
        while block:
            yield block
            block = self._stream.read(self._block_bytes)

    def _transcoded(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.codec)("strict")
        for block in blocks:
            yield self._decode(decoder, block, final=False)
        yield self._decode(decoder, b"", final=True)

    def _decode(self, decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bytes:
        state = decoder.getstate()
        try:
            try:
                text = decoder.decode(block, final)
            except UnicodeDecodeError:
                self.damaged = True
                decoder.setstate(state)
                decoder.errors = "replace"
                text = decoder.decode(block, final)
        except UnicodeError as error:
            raise FeedError(f"{self._place}: cannot be read as {self.codec}: {error}. Set `feed.encoding`.") from error
        return text.encode("utf-8", "replace")


def decode_row(cells: list[bytes]) -> tuple[list[str], str | None]:
    """The cells of one row, and the encoding they are in where that is not UTF-8.

    >>> decode_row(["Café".encode("cp1252"), b"x"])
    (['Café', 'x'], 'cp1252')
    """
    for encoding in ("utf-8", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return [cell.decode(encoding) for cell in cells], None if encoding == "utf-8" else encoding
    return [cell.decode("latin-1") for cell in cells], "latin-1"  # has a character for every byte

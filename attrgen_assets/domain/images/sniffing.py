"""What bytes are, by their first ones: what a server calls them says nothing."""

import re
from typing import Final

TAKEN: Final = {"jpeg": "jpg", "png": "png", "gif": "gif", "webp": "webp"}
"""Formats that are taken, and the endings of their files."""

HEAD_BYTES: Final = 1024
"""So much is looked at."""

_MAGIC: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"\x00\x00\x01\x00", "ico"),
    (b"%PDF-", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
)
_BRANDS: Final = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic"}
_COMMENTS: Final = re.compile(rb"\A(?:\s|\xef\xbb\xbf|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!doctype\s+svg[^>]*>)*", re.S)
_HTML: Final = re.compile(rb"\A<(?:!doctype\s+html|html|head|body|script|title|meta|div|p|h1)\b")


def sniff(data: bytes) -> str:
    """The format of a file by its first bytes: of `TAKEN`, another known one, `empty`, or `unknown`.

    Signatures as in the WHATWG standard "MIME Sniffing".

    >>> sniff(b"GIF89a..."), sniff(b"<!DOCTYPE html><p>Not found"), sniff(b"")
    ('gif', 'html', 'empty')
    """
    head = data[:HEAD_BYTES]
    if not head:
        return "empty"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "mp4")
    return _markup(head)


def format_problem(data: bytes, content_type: str) -> str | None:
    """Why a file is not taken; None where it is.

    content_type: what the server called it; said where that is not what it is.

    >>> format_problem(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png")
    'svg is not taken, as it can hold scripts; taken are jpeg, png, gif, webp; the server called it image/png'
    """
    found = sniff(data)
    if found in TAKEN:
        return None
    if found == "empty":
        return "the answer is empty"
    why = ", as it can hold scripts" if found in ("svg", "html", "xml") else ""
    what = "what is no picture of a known format" if found == "unknown" else found
    called = f"; the server called it {content_type[:60]}" if content_type else ""
    return f"{what} is not taken{why}; taken are {', '.join(TAKEN)}{called}"


def type_note(found: str, content_type: str) -> str:
    """What is to be said where a server calls a picture something else; else nothing.

    >>> type_note("png", "image/jpeg; charset=utf-8")
    'the server called it image/jpeg'
    """
    called = content_type.partition(";")[0].strip().lower()
    same = {f"image/{found}"} | ({"image/jpg", "image/pjpeg"} if found == "jpeg" else set())
    return "" if not called or called in same else f"the server called it {called[:60]}"


def _markup(head: bytes) -> str:
    lowered = head.lower()
    text = _COMMENTS.sub(b"", lowered, count=1)
    if text.startswith(b"<svg"):
        return "svg"
    if _HTML.match(text):
        return "html"
    return "xml" if lowered.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else "unknown"

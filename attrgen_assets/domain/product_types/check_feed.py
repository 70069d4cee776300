"""Whether the feed, the texts and the gates of a product type make sense."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrgen_assets.domain.product_types.check_values import spells_nothing
from attrgen_assets.domain.product_types.model import ADDRESS, FEED_PLACES, VARIABLE, Gate
from attrgen_assets.domain.product_types.nodes import At
from attrgen_assets.domain.product_types.parts import Parts
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.domain.text import normalise_text
from attrgen_assets.errors import Problem

_WAY_OUT: Final = re.compile(r"^[/\\~]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\\")
_COLLECTION: Final = re.compile(r"(?!system\.)[A-Za-z_][A-Za-z0-9_.-]{0,119}\Z")  # what MongoDB allows, and no `$`
_NO_DELIMITERS: Final = "\"'\r\n"


def unknown_fields(parts: Parts, at: At, fields: Sequence[str]) -> Iterator[Problem]:
    """Fields of a list at `at` that no column is mapped to."""
    known = parts.feed.columns
    for position, field in enumerate(fields):
        if field not in known and not parts.broken.has("feed", "columns", field):
            help = f"map it in feed.columns; {suggestion(field, known)}"
            yield (at / position).problem("a field that feed.columns does not have", found=repr(field), help=help)


def check_feed(parts: Parts) -> Iterator[Problem]:
    """Where rows come from.

    None of path, collection and url is allowed: such a type serves `attrgen generate --input`, and only materialising
    it is an error.
    """
    feed, at = parts.feed, parts.places.at
    if "sku" not in feed.columns and not parts.broken.has("feed", "columns", "sku"):
        message = "no column is mapped to the field 'sku', which every row needs"
        yield at("feed", "columns").problem(message, help="write feed: {columns: {sku: [NAMES]}}")
    places = [name for name in FEED_PLACES if getattr(feed, name) is not None]
    if len(places) > 1:
        yield at("feed", places[-1]).problem(
            "a feed has a path, a collection or a url, one of them", found=" and ".join(places)
        )
    if feed.path is not None and _WAY_OUT.search(feed.path):
        help = "a path below the feeds folder, with / between its parts"
        yield at("feed", "path").problem("the path leads out of the feeds folder", found=repr(feed.path), help=help)
    if feed.collection is not None and not _COLLECTION.match(feed.collection):
        yield at("feed", "collection").problem("not the name of a collection", found=repr(feed.collection))
    yield from _check_address(parts)
    if feed.encoding is not None and not _is_encoding(feed.encoding):
        help = "a name that Python knows, such as utf-8, cp1252 or utf-16"
        yield at("feed", "encoding").problem("unknown encoding", found=repr(feed.encoding), help=help)
    if feed.delimiter is not None and feed.delimiter in _NO_DELIMITERS:
        yield at("feed", "delimiter").problem("cells cannot be parted by this", found=repr(feed.delimiter))
    yield from _check_select(parts)


def _check_address(parts: Parts) -> Iterator[Problem]:
    feed, at = parts.feed, parts.places.at
    if feed.url is not None and not re.match(ADDRESS, feed.url):
        help = "http:// or https://, a host and a path, without a user in it: a secret is named by feed.token"
        yield at("feed", "url").problem("not an address that can be read", found=repr(feed.url), help=help)
    if feed.token is not None and not re.match(VARIABLE, feed.token):
        help = "the variable's name, such as PARTS_API_TOKEN, and not the token itself"
        yield at("feed", "token").problem("not the name of an environment variable", help=help)
    if feed.token is not None and feed.url is None:
        yield at("feed", "token").problem("only an address (feed.url) needs a token")


def _is_encoding(name: str) -> bool:
    try:
        return isinstance("a".encode(name), bytes)
    except (LookupError, ValueError):  # ValueError: NUL in the name, or a codec that is not for texts
        return False


def _check_select(parts: Parts) -> Iterator[Problem]:
    select, at = parts.feed.select, parts.places.at("feed", "select")
    if select is None:
        return
    yield from unknown_fields(parts, at / "field", (select.field,))
    yield from spells_nothing(at / "any_of", select.any_of)
    yield from spells_nothing(at / "none_of", select.none_of)
    wanted = {normalise_text(text) for text in select.any_of}
    for position, text in enumerate(select.none_of):
        if normalise_text(text) in wanted - {""}:
            yield (at / "none_of" / position).problem("a word that is both wanted and unwanted", found=repr(text))


def check_texts(parts: Parts) -> Iterator[Problem]:
    """Cells that state nothing, cells that state NOT_APPLICABLE: never both."""
    missing = {text.strip().casefold() for text in parts.texts.missing}
    at = parts.places.at("texts", "not_applicable")
    for position, text in enumerate(parts.texts.not_applicable):
        if text.strip().casefold() in missing:
            message = "a text that states both nothing and NOT_APPLICABLE"
            yield (at / position).problem(
                message, found=repr(text), help="keep it in one of missing and not_applicable"
            )
    for name in ("boilerplate", "styling", "negations", "names"):
        yield from spells_nothing(parts.places.at("texts", name), getattr(parts.texts, name))
    yield from _check_parts(parts)
    if ("texts", "run_on") in parts.places.noted:  # the default names a field that not every feed has
        yield from unknown_fields(parts, parts.places.at("texts", "run_on"), parts.texts.run_on)


def _check_parts(parts: Parts) -> Iterator[Problem]:
    """A word names one part of a product."""
    named: dict[str, str] = {}
    for part, words in parts.texts.parts.items():
        at = parts.places.at("texts", "parts", part)
        yield from spells_nothing(at, words)
        for position, word in enumerate(words):
            other = named.setdefault(normalise_text(word), part)
            if other != part:
                message = f"a word that names two parts, {other!r} and {part!r}"
                yield (at / position).problem(message, found=repr(word), help="keep it in one of them")


def check_gates(parts: Parts) -> Iterator[Problem]:
    """Limits in the right order, on attributes that exist."""
    gates = parts.gates
    at = parts.places.at("gates", "max_quarantined_fraction")
    yield from _check_gate(gates.max_quarantined_fraction, at, rising=True)
    for name, gate in gates.min_coverage.items():
        at = parts.places.at("gates", "min_coverage", name)
        if name not in parts.names() and not parts.broken.has("attributes", name):
            help = suggestion(name, parts.names())
            yield at.problem("a gate on an unknown attribute", found=repr(name), help=help)
        yield from _check_gate(gate, at, rising=False)


def _check_gate(gate: Gate, at: At, *, rising: bool) -> Iterator[Problem]:
    """An error must be worse than a warning: above it for a greatest fraction, below it for a least one."""
    if gate.warn is None or gate.error is None:
        return
    if (gate.error < gate.warn) if rising else (gate.error > gate.warn):
        help = "error must be at least warn" if rising else "error must be at most warn"
        found = f"warn {gate.warn:g}, error {gate.error:g}"
        yield at.problem("the limits are the wrong way round", found=found, help=help)

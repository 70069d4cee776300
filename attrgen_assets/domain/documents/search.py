"""What may be searched for among stored documents, and the cursor that leads from one page to the next."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Self, get_args

from xxhash import xxh3_64_hexdigest

from attrgen_assets.errors import InvalidQuery

SortKey = Literal["relevance", "date", "confidence"]
SORT_KEYS: Final[tuple[str, ...]] = get_args(SortKey)

LARGEST_PAGE: Final = 100
LONGEST_TEXT: Final = 1_000
"""Characters of a query. A title has fewer, and each word costs a look into the index."""

_LONGEST_FILTER: Final = 300
_LONGEST_CURSOR: Final = 12_000  # an id has up to about 1,000 characters, escaped in JSON and again in base 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """Conditions that all hold; None is no condition. Texts are compared whole, without regard to case.

    manufacturer: the attribute `manufacturer` or `brand`. department: `primary_department` or `department`.
    category: `primary_category`, `category` or one of `sub_categories`. since, until: when the document last
    changed, both included. min_confidence: fraction 0-1, of the mean confidence of the document's FOUND attributes.
    """

    product_type: str | None = None
    manufacturer: str | None = None
    department: str | None = None
    category: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_confidence: float | None = None

    def __post_init__(self) -> None:
        for name in ("product_type", "manufacturer", "department", "category"):
            text = getattr(self, name)
            if text is not None:
                _check_text(f"filter {name}", text, limit=_LONGEST_FILTER)
                if not text:
                    raise InvalidQuery(f"search: filter {name}: found no value; give one, or leave the filter out")
        for name in ("since", "until"):
            when = getattr(self, name)
            if when is not None and when.tzinfo is None:
                raise InvalidQuery(f"search: filter {name}: found {when}; a time zone is needed, such as {when}Z")
        if self.min_confidence is not None and not 0 <= self.min_confidence <= 1:
            raise InvalidQuery(f"search: filter min_confidence: found {self.min_confidence}; a number from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A question to the catalogue. text: words, any of which a title or a description has; "" asks for all documents.

    Order: the best, latest or surest first, then by id.

    >>> Search(text="door gasket", sort="price")
    Traceback (most recent call last):
    attrgen_assets.errors.InvalidQuery: search: sort: found 'price'; one of relevance, date, confidence
    """

    text: str = ""
    filters: SearchFilters = SearchFilters()
    sort: SortKey = "relevance"

    def __post_init__(self) -> None:
        _check_text("query", self.text, limit=LONGEST_TEXT)
        if self.sort not in SORT_KEYS:
            raise InvalidQuery(f"search: sort: found {self.sort!r}; one of {', '.join(SORT_KEYS)}")
        if self.sort == "relevance" and not self.text.strip():
            raise InvalidQuery(
                "search: sort: found relevance without a query; sort by date or confidence, or give words"
            )

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that tell this question from others."""
        filters = self.filters
        parts = [self.text, self.sort, filters.product_type, filters.manufacturer, filters.department, filters.category]
        times = [when.isoformat() if when else None for when in (filters.since, filters.until)]
        return xxh3_64_hexdigest(json.dumps([*parts, *times, filters.min_confidence]).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the order of a search's answers: what is sorted by, then the id.

    key: a relevance, milliseconds since 1970, or a confidence.
    """

    key: float
    document_id: str

    def cursor(self, search: Search) -> str:
        """The place as an opaque word, good for this search only.

        >>> asked = Search(text="gasket")
        >>> Position.read(Position(key=1.5, document_id="appliance_part:A1").cursor(asked), asked).key
        1.5
        """
        data = json.dumps([search.fingerprint, self.key, self.document_id]).encode()
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str, search: Search) -> Self:
        """The place that a cursor tells. Raises InvalidQuery for one that is damaged, or of another search."""
        fingerprint, key, document_id = _decoded(cursor)
        if fingerprint != search.fingerprint:
            raise InvalidQuery(
                "search: cursor: it is of another search; repeat query, filters and sort, or leave it out"
            )
        return cls(key=key, document_id=document_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One document that was found. relevance: None without a query. confidence: mean of FOUND attributes, or 0."""

    document_id: str
    product_type: str
    sku: str
    title: str | None
    manufacturer: str | None
    category: str | None
    updated_at: datetime
    confidence: float
    relevance: float | None

    def position(self, sort: SortKey) -> Position:
        """Its place in that order."""
        keys = {
            "relevance": self.relevance or 0.0,
            "date": round(self.updated_at.timestamp() * 1000),
            "confidence": self.confidence,
        }
        return Position(key=keys[sort], document_id=self.document_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Some answers, in order. cursor: of the next page; None on the last one."""

    hits: tuple[SearchHit, ...]
    cursor: str | None


def _check_text(what: str, text: str, *, limit: int) -> None:
    if len(text) > limit:
        raise InvalidQuery(f"search: {what}: found {len(text):,} characters; at most {limit:,}")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidQuery(f"search: {what}: found a character that no text has (U+0000 or half of a pair)")


def _decoded(cursor: str) -> tuple[str, float, str]:
    problem = InvalidQuery("search: cursor: found one that was not given out here; copy it whole, or leave it out")
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise problem
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        read: Any = json.loads(data)
    except (binascii.Error, ValueError, RecursionError):
        raise problem from None
    match read:
        case [str(fingerprint), int(key) | float(key), str(document_id)] if not isinstance(key, bool):
            # Beyond 64 bits nothing was given out, and NaN is in no order.
            if abs(key) < 2**63:
                return fingerprint, key, document_id
    raise problem

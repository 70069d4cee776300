"""Matches remembered in a cache between runs: (dictionary version, attribute, normalised text) -> match."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import blake2b

from attrgen_assets.domain.attributes.matching import MATCHER_VERSION, Match, Remember
from attrgen_assets.domain.ports import MatchCache
from attrgen_assets.domain.product_types.model import Attribute, EnumAttribute, EnumListAttribute
from attrgen_assets.domain.tables import RefusalReason


@dataclass
class MatchMemory:
    """A memory for the slow matches of a run; hits and misses are counted over all attributes.

    Only texts that are neither a legal value nor a synonym come here: those are looked up faster than any cache.
    """

    cache: MatchCache
    hits: int = field(default=0, init=False)
    misses: int = field(default=0, init=False)

    def of(self, attribute: Attribute) -> Remember:
        """The memory of one attribute, for `Validator`."""
        prefix = f"attrgen:match:{dictionary_version(attribute)}:{attribute.name}:"

        def remember(texts: list[str], match: Callable[[list[str]], list[Match]]) -> list[Match]:
            cached = [_decoded(value) for value in self.cache.get_many([prefix + text for text in texts])]
            unknown = [text for text, known in zip(texts, cached, strict=True) if known is None]
            self.hits += len(texts) - len(unknown)
            self.misses += len(unknown)
            if not unknown:
                return [known for known in cached if known is not None]
            fresh = dict(zip(unknown, match(unknown), strict=True))
            self.cache.set_many({prefix + text: _encoded(found) for text, found in fresh.items()})
            return [known or fresh[text] for text, known in zip(texts, cached, strict=True)]

        return remember

    @property
    def hit_fraction(self) -> float | None:
        """Share of slow matches that the cache knew, 0-1; None when none was asked for."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


def dictionary_version(attribute: Attribute) -> str:
    """Digest of all that a match depends on: legal values with synonyms and parents, thresholds, the matcher."""
    if not isinstance(attribute, EnumAttribute | EnumListAttribute):
        return "none"
    content = [value.model_dump(mode="json") for value in attribute.values]
    text = json.dumps([MATCHER_VERSION, content, attribute.matching.model_dump(mode="json")], sort_keys=True)
    return blake2b(text.encode(), digest_size=10).hexdigest()


def _encoded(match: Match) -> bytes:
    return json.dumps(asdict(match), ensure_ascii=False, separators=(",", ":")).encode()


def _decoded(value: bytes | None) -> Match | None:
    """A match from the cache; whatever cannot be read there counts as not remembered."""
    try:
        found = json.loads(value) if value is not None else None
        return found and Match(
            codes=tuple(int(code) for code in found["codes"]),
            method=found["method"],
            score=float(found["score"]),
            reason=RefusalReason(found["reason"]) if found["reason"] else None,
            nearest=tuple(map(str, found["nearest"])),
        )
    except (ValueError, KeyError, TypeError):
        return None

"""Plain stores for tests of workflows: a cache in a dictionary, corrections in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from attrgen_assets.domain.ports import Override


@dataclass
class CacheInMemory:
    """A match cache that remembers for as long as it lives, or, when it is down, not at all."""

    values: dict[str, bytes] = field(default_factory=dict)
    down: bool = False

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        return [None if self.down else self.values.get(key) for key in keys]

    def set_many(self, items: Mapping[str, bytes]) -> None:
        if not self.down:
            self.values.update(items)


@dataclass
class OverridesInMemory:
    """Corrections in force."""

    given: tuple[Override, ...] = ()

    def overrides(self, product_type: str) -> Sequence[Override]:
        return [override for override in self.given if override.product_type == product_type]

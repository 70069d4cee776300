"""Groups of near-duplicates, and splits that never cut through a group."""

import hashlib
import re
from collections.abc import Sequence

from attrgen_assets.domain.extraction.examples import LabelledProduct

_WORD = re.compile(r"[^\W\d_]{2,}")


def groups(products: Sequence[LabelledProduct]) -> list[str]:
    """A group name for each product: its own, or that of its first near-duplicate.

    Without a cluster from the data, two titles of a category are near-duplicates when three quarters of their distinct
    words agree (Jaccard); numbers (size, count) do not distinguish products here.

    >>> rows = [LabelledProduct(category="Shoes", texts={"t": f"Acme Runner red {size}"}) for size in (8, 9)]
    >>> groups(rows)
    ['0', '0']
    """
    names: list[str] = []
    seen: dict[str, list[tuple[frozenset[str], str]]] = {}
    for at, product in enumerate(products):
        if product.group is not None:
            names.append(f"cluster {product.group}")
            continue
        words = frozenset(_WORD.findall(product.text.lower()))
        known = seen.setdefault(product.category, [])
        name = next((name for other, name in known if _alike(words, other)), str(at))
        known.append((words, name))
        names.append(name)
    return names


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    common = len(one & other)
    return common > 0 and common >= 0.75 * (len(one) + len(other) - common)


def fold_of(group: str, *, folds: int, seed: int) -> int:
    """Which of `folds` parts a group is in: always the same for a seed, whatever else is in the data."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % folds


def development_split(
    products: Sequence[LabelledProduct], *, seed: int, share: float = 0.2
) -> tuple[list[int], list[int]]:
    """Indices of the training and of the development part; the latter holds about `share` of the groups."""
    names = groups(products)
    held = [fold_of(f"development:{name}", folds=1000, seed=seed) < share * 1000 for name in names]
    return [at for at, out in enumerate(held) if not out], [at for at, out in enumerate(held) if out]

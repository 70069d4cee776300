"""Candidates of all attributes in products' texts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from attrgen_assets.domain.extraction.boundaries import count_boundaries
from attrgen_assets.domain.extraction.candidates import SpanCandidate
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.gazetteers import build_gazetteer
from attrgen_assets.domain.extraction.inputs import TextInputs
from attrgen_assets.domain.extraction.network import CategoryNetwork
from attrgen_assets.domain.extraction.similar_rows import SimilarRows
from attrgen_assets.domain.extraction.tokens import Tokens
from attrgen_assets.domain.extraction.training import Parts, product_inputs, tokens_of

LONGEST: Final = 16  # tokens of a candidate; 99.5 of 100 labelled values are shorter
SMALLEST: Final = 0.015  # less likely spans are no candidates; one in thirty of those from 0.01 on is right
BATCH_TOKENS: Final = 3_000  # padded tokens scored at once: enough to amortise numpy, few enough for the cache

Candidates = dict[str, list[SpanCandidate]]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Sequence:
    product: int
    field: str
    tokens: Tokens
    inputs: TextInputs


class Extractor:
    """Trained parts, ready to propose values."""

    def __init__(self, parts: Parts) -> None:
        self.gazetteer = build_gazetteer(parts.mentions, leave_out=False)
        self.boundaries = count_boundaries(parts.mentions)
        self.similar = SimilarRows(parts.rows)
        self._parts = parts
        self._networks: dict[str, CategoryNetwork] = {}

    def attributes(self, category: str) -> list[str]:
        """Attributes looked for in a category; all there are where the category was never seen."""
        return self._parts.attributes.get(category, sorted(self._parts.pooled))

    def network(self, category: str) -> CategoryNetwork:
        """The models of a category, put together at first use."""
        if category not in self._networks:
            pooled = {name: self._parts.pooled[name] for name in self.attributes(category)}
            joint = self._parts.joint.get(category)
            classes = self._parts.classes
            self._networks[category] = CategoryNetwork(category, pooled, joint, classes=classes, longest=LONGEST)
        return self._networks[category]

    def inputs(self, product: LabelledProduct) -> dict[str, TextInputs]:
        """What is known of each text's tokens, as the models see them."""
        return product_inputs(tokens_of(product), product.category, self.gazetteer)

    def candidates(self, products: Sequence[LabelledProduct]) -> list[Candidates]:
        """Spans by attribute for each product."""
        result: list[Candidates] = [{} for _ in products]
        by_category: dict[str, list[_Sequence]] = defaultdict(list)
        for at, product in enumerate(products):
            tokens = tokens_of(product)
            for name, inputs in self.inputs(product).items():
                if len(inputs):
                    by_category[product.category].append(_Sequence(at, name, tokens[name], inputs))
        for category, sequences in by_category.items():
            network = self.network(category)
            for batch in padded_batches(sequences, lambda found: len(found.inputs), limit=BATCH_TOKENS):
                self._collect(network, batch, result)
        return result

    def _collect(self, network: CategoryNetwork, batch: Sequence[_Sequence], result: list[Candidates]) -> None:
        table = network.spans([sequence.inputs for sequence in batch])
        average = table.pooled if table.joint is None else (table.pooled + table.joint) / 2
        place = np.nonzero(average >= SMALLEST)
        joint = None if table.joint is None else table.joint[place].tolist()
        rows = zip(*(axis.tolist() for axis in (*place, table.pooled[place])), strict=True)
        for at, (attribute, number, begin, more, pooled) in enumerate(rows):
            sequence = batch[number]
            tokens, last = sequence.tokens, begin + more
            if last >= len(tokens):
                continue
            start, end = tokens.starts[begin], tokens.ends[last]
            span = SpanCandidate(
                sequence.field, start, end, begin, last, tokens.text[start:end], pooled, joint[at] if joint else None
            )
            result[sequence.product].setdefault(network.attributes[attribute], []).append(span)


def padded_batches(items: Iterable[Item], length: Callable[[Item], int], *, limit: int) -> Iterator[list[Item]]:
    """Items of like length together, so that little is padded: at most `limit` in all where every one is padded.

    >>> list(padded_batches(["red", "a", "to"], len, limit=4))
    [['a', 'to'], ['red']]
    """
    batch: list[Item] = []
    for item in sorted(items, key=length):
        if batch and (len(batch) + 1) * length(item) > limit:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch

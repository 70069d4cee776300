"""What a network learns from: windows, and the labels of their tokens for each attribute that is known there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from attrgen_assets.adapters.encoder.examples import Window, windows
from attrgen_assets.adapters.encoder.pieces import WordPieces
from attrgen_assets.domain.extraction.gazetteers import build_gazetteer
from attrgen_assets.domain.extraction.training import Row, mentions_of

SILENT: Final = 3  # attributes that a window does not state and that are learned from in one pass: most say the same


@dataclass(frozen=True, slots=True)
class Example:
    """A window with the attributes that are asked of it, by name and number, and a line of labels for each."""

    window: Window
    asked: tuple[tuple[str, int], ...]
    labels: tuple[tuple[int, ...], ...]

    def drawn(self, random: Random) -> list[tuple[int, float]]:
        """Numbers of attributes with their weights: all that the window states, and some that stand for all others."""
        stated = [(at, 1.0) for at, line in enumerate(self.labels) if any(line)]
        silent = [at for at, line in enumerate(self.labels) if not any(line)]
        if len(silent) <= SILENT:
            return [*stated, *((at, 1.0) for at in silent)]
        return [*stated, *((at, len(silent) / SILENT) for at in sorted(random.sample(silent, SILENT)))]


def examples(rows: Sequence[Row], pieces: WordPieces, numbers: Mapping[tuple[str, str], int]) -> Iterator[Example]:
    """All windows of all rows that list an attribute; `numbers` are those of categories' attributes."""
    gazetteer = build_gazetteer(mentions_of(rows), leave_out=True)
    for at, row in enumerate(rows):
        known = {name: found for name, found in row.spans.items() if found is not None}
        if not known:
            continue
        asked = tuple((name, numbers[row.product.category, name]) for name in known)
        for window in windows(at, row.product, row.tokens, gazetteer, pieces, without=row.group):
            labels = []
            for found in known.values():
                line = [0] * len(row.tokens[window.field])
                for span in found[window.field]:
                    line[span.first : span.last + 1] = [1] + [2] * (len(span) - 1)
                labels.append(_whole_values(line[window.offset : window.offset + len(window)]))
            yield Example(window, asked, tuple(labels))


def _whole_values(line: list[int]) -> tuple[int, ...]:
    """Where the window's edge cuts a value, its rest is no value."""
    if line[0] == 2:
        end = next((at for at, label in enumerate(line) if label != 2), len(line))
        line[:end] = [0] * end
    return tuple(line)

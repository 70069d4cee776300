"""Answers to label sequences."""

from dataclasses import dataclass

from attrgen_assets.domain.extraction.examples import Answers, LabelledProduct
from attrgen_assets.domain.extraction.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `first` to `last`, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


def occurrences(tokens: Tokens, value: str) -> list[Span]:
    """Where a value stands in a text as a sequence of whole tokens, from left to right, not overlapping.

    >>> from attrgen_assets.domain.extraction.tokens import tokenise
    >>> occurrences(tokenise("Letters, Letter"), "Letter")
    [Span(first=0, last=0), Span(first=3, last=3)]
    """
    value = value.strip()  # labels carry stray spaces
    if not value:
        return []
    by_start = {start: at for at, start in enumerate(tokens.starts)}
    by_end = {end: at for at, end in enumerate(tokens.ends)}
    found, position = [], tokens.text.find(value)
    while position >= 0:
        first, last = by_start.get(position), by_end.get(position + len(value))
        whole = first is not None and last is not None
        if first is not None and last is not None:
            found.append(Span(first, last))
        position = tokens.text.find(value, position + (len(value) if whole else 1))
    return found


def answer_spans(product: LabelledProduct, tokens: dict[str, Tokens], answers: Answers) -> dict[str, list[Span]] | None:
    """Spans of the answers in each field, longer answers first, none overlapping.

    None when the row says nothing about where the attribute stands: an answer is stated and cannot be found. That row
    is then unknown for the attribute rather than a row without it.
    """
    spans: dict[str, list[Span]] = {name: [] for name in tokens}
    for answer in sorted(answers.values, key=lambda answer: (-len(answer.value), answer.value)):
        for name in answer.fields if answer.fields is not None else tuple(product.texts):
            taken = spans[name]
            for span in occurrences(tokens[name], answer.value):
                if all(span.last < other.first or span.first > other.last for other in taken):
                    taken.append(span)
    if answers.values and not any(spans.values()):
        return None
    return {name: sorted(found, key=lambda span: span.first) for name, found in spans.items()}


def label(length: int, spans: list[Span], *, begin: str = "B", inside: str = "I", outside: str = "O") -> list[str]:
    """Labels of a sequence: `begin` at a span's first token, `inside` at its others, `outside` elsewhere.

    >>> label(4, [Span(1, 2)])
    ['O', 'B', 'I', 'O']
    """
    labels = [outside] * length
    for span in spans:
        labels[span.first] = begin
        labels[span.first + 1 : span.last + 1] = [inside] * (len(span) - 1)
    return labels

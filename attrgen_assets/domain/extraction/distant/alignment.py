"""Products labelled with values as they are written, from products labelled with normalised values."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from attrgen_assets.domain.extraction.distant.abbreviations import find_abbreviated
from attrgen_assets.domain.extraction.distant.associations import find_associated
from attrgen_assets.domain.extraction.distant.quantities import best_operator, find_quantities
from attrgen_assets.domain.extraction.distant.spelling import find_spelled_alike
from attrgen_assets.domain.extraction.distant.statements import Found, Looked, Statement
from attrgen_assets.domain.extraction.examples import Answer, Answers, LabelledProduct
from attrgen_assets.domain.extraction.training import tokens_of

WORSE: Final = 0.1  # of the statements that numbers may leave unexplained and spelling explains, by chance often


def written_products(products: Sequence[LabelledProduct]) -> list[LabelledProduct]:
    """The same products, labelled with the parts of their texts that mean their answers.

    Answers that nothing explains are kept as values that stand in no text: the attribute is then unknown, not absent.
    """
    looked: dict[tuple[str, str], list[Looked]] = defaultdict(list)
    for row, product in enumerate(products):
        texts = tokens_of(product)
        for attribute, answers in product.answers.items():
            looked[product.category, attribute].append(Looked(row, texts, answers))
    answers_of: list[dict[str, Answers]] = [{} for _ in products]
    for (_, attribute), items in sorted(looked.items()):
        values = _written(items)
        for item in items:
            found = values[item.row] or [Answer(answer.value, ()) for answer in item.answers.values]
            answers_of[item.row][attribute] = Answers(tuple(found), item.answers.absent)
    return [replace(product, answers=found) for product, found in zip(products, answers_of, strict=True)]


def _written(items: Sequence[Looked]) -> dict[int, list[Answer]]:
    """By product, the texts of the spans that explain its answers."""
    result: dict[int, list[Answer]] = {item.row: [] for item in items}
    statements = [statement for item in items for statement in item.statements()]
    for statement, found in zip(statements, _explained(items, statements), strict=True):
        texts: dict[str, set[str]] = defaultdict(set)
        for name, spans in found.items():
            for span in spans:
                texts[statement.texts[name].value(span.first, span.last)].add(name)
        result[statement.row] += [Answer(text, tuple(sorted(names))) for text, names in sorted(texts.items())]
    return result


def _explained(items: Sequence[Looked], statements: Sequence[Statement]) -> list[Found]:
    """Spans by field for each statement: numbers if they explain it, else spelled alike; the rest by other means."""
    spelled = find_spelled_alike(statements)
    share = sum(map(_any, spelled)) / len(statements) if statements else 1.0
    best = best_operator(statements)
    numbers = best is not None and best[1] > share - WORSE
    found = find_quantities(statements, best[0]) if best is not None and numbers else spelled
    if best is not None and numbers and best[0].startswith("unit"):
        return found
    for other in (find_abbreviated, lambda rest: find_associated(items, rest)):
        rest = [at for at, spans in enumerate(found) if not _any(spans)]
        if rest:
            for at, spans in zip(rest, other([statements[at] for at in rest]), strict=True):
                found[at] = spans
    return found


def _any(found: Found) -> bool:
    return any(found.values())

"""Numbers that are a value under an operator, such as 48 inches for 121.9 centimetres."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final

from attrgen_assets.domain.extraction.dimensions import dimension_features
from attrgen_assets.domain.extraction.distant.statements import Found, Statement, token_span
from attrgen_assets.domain.extraction.normalise.operators import NUMBER, UNIT, is_unit, names, operator
from attrgen_assets.domain.extraction.spans import Span
from attrgen_assets.domain.extraction.tokens import Tokens

SAMPLE: Final = 60  # statements that operators are compared on
PRIOR: Final = 1.0  # log odds that a number which equals the value is meant, whatever stands around it
SMOOTHING: Final = 0.1  # added to every count (Lidstone)
IDENTIFIER: Final = 4  # digits of a number from which on it may be a part of a longer one
_QUANTITY: Final = re.compile(r"\d+(?:\.\d+)?")
_THOUSAND: Final = frozenset({"k", "krpm"})


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a text: its span with and without the unit behind it, and what stands around it."""

    bare: Span
    with_unit: Span | None
    unit: str | None
    around: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    """A number that is a statement's value: where it stands, and its text as the operator reads it."""

    field: str
    number: _Number
    span: Span
    text: str


def best_operator(statements: Sequence[Statement]) -> tuple[str, float] | None:
    """The operator under which most statements' values are numbers of their texts, and the share; the simplest first.

    None where hardly any value is a number.
    """
    values = [statement.value for statement in statements]
    decimals = Counter(len(value.partition(".")[2]) for value in values if _QUANTITY.fullmatch(value))
    if not values or decimals.total() < 0.5 * len(values):
        return None
    long = min(len(value) for value in values) >= IDENTIFIER
    places = str(decimals.most_common(1)[0][0])
    some = statements[:: max(1, len(statements) // SAMPLE)]
    texts = [{(text, unit) for tokens in s.texts.values() for text, unit in _readings(tokens)} for s in some]
    best: tuple[int, str] | None = None
    for name in names():
        kind, _, rest = name.partition("|")
        if kind not in ("count", "thousands", "unit") and not (name.startswith("digits ") and long):
            continue
        if kind == "unit" and not rest.endswith(f"|{places}"):
            continue
        apply = operator(name)
        right = sum(
            any(apply(text) == statement.value for text, unit in found if _reads(name, unit))
            for statement, found in zip(some, texts, strict=True)
        )
        if best is None or right > best[0]:
            best = (right, name)
    return None if best is None else (best[1], best[0] / len(some))


def find_quantities(statements: Sequence[Statement], name: str) -> list[Found]:
    """For each statement the numbers that are its value under the operator of that name.

    Where several are, the surroundings decide: what stands around the numbers of statements with only one such number,
    against what stands around other numbers (naive Bayes). A number in unlikely surroundings is not taken at all.
    """
    matches: list[list[_Match]] = []
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for statement in statements:
        found, others = _matches(statement, name)
        matches.append(found)
        outside.update(feature for number in others for feature in number.around)
        if len({match.text for match in found}) == 1:
            inside.update(found[0].number.around)
    sure: Counter[str] = Counter()  # once more, with what the first round takes for sure
    for found in matches:
        sure.update(feature for match in _likeliest(found, inside, outside) for feature in match.number.around)
    return [{match.field: [match.span] for match in _likeliest(found, sure, outside)} for found in matches]


def _matches(statement: Statement, name: str) -> tuple[list[_Match], list[_Number]]:
    """The numbers that are the statement's value, and the other numbers of its texts."""
    apply = operator(name)
    found, others = [], []
    for field, tokens in statement.texts.items():
        for number in _numbers(tokens):
            span = _taken(name, number)
            text = tokens.value(span.first, span.last)
            read = _reads(name, None if span is number.bare else number.unit) and not _padded(name, text)
            if read and apply(text) == statement.value:
                found.append(_Match(field, number, span, text))
            else:
                others.append(number)
    return found, others


def _padded(name: str, text: str) -> bool:
    """Whether this is no count but a number of a part: 002."""
    return name == "count" and len(text) > 1 and text[0] == "0"


def _likeliest(found: Sequence[_Match], inside: Counter[str], outside: Counter[str]) -> list[_Match]:
    """The match in the likeliest surroundings of each field, where those are likelier than not."""
    unseen = SMOOTHING * (len(inside.keys() | outside.keys()) + 1)
    against = log(outside.total() + unseen) - log(inside.total() + unseen)
    best: dict[str, tuple[float, _Match]] = {}
    for match in found:
        shares = (log((inside[name] + SMOOTHING) / (outside[name] + SMOOTHING)) for name in match.number.around)
        score = PRIOR + sum(against + share for share in shares)
        if score > 0 and (match.field not in best or score > best[match.field][0]):
            best[match.field] = (score, match)
    return [match for _, match in best.values()]


def _readings(tokens: Tokens) -> Iterator[tuple[str, str | None]]:
    """Every number of a text, alone (None) and with the unit behind it."""
    for number in _numbers(tokens):
        yield tokens.value(number.bare.first, number.bare.last), None
        if number.with_unit is not None:
            yield tokens.value(number.with_unit.first, number.with_unit.last), number.unit


def _reads(name: str, unit: str | None) -> bool:
    """Whether an operator reads a number with this unit (None: with none); without, whole numbers convert by chance."""
    if unit is None:
        return not (name.startswith("unit|") and name.endswith("|0"))
    if name.startswith("unit|"):
        return is_unit(name.split("|")[1], unit)
    return name == "thousands" and unit in _THOUSAND


def _taken(name: str, number: _Number) -> Span:
    if number.with_unit is not None and number.unit is not None and _reads(name, number.unit):
        return number.with_unit
    return number.bare


@lru_cache(maxsize=5_000)
def _numbers(tokens: Tokens) -> tuple[_Number, ...]:
    sizes: dict[int, list[str]] = defaultdict(list)
    for start, _, feature in dimension_features(tokens.text):
        sizes[start].append(feature)
    lower = ["", "", *tokens.lower, "", ""]
    result = []
    for match in NUMBER.finditer(tokens.text):
        bare = token_span(tokens, match.start(), match.end())
        if bare is None:
            continue
        unit = UNIT.match(tokens.text, match.end())
        whole = token_span(tokens, match.start(), unit.end()) if unit else None
        before, after = lower[bare.first : bare.first + 2], lower[bare.last + 3 : bare.last + 5]
        around = (f"-1 {before[1]}", f"-2 {before[0]}", f"+1 {after[0]}", f"+2 {after[1]}", *sizes[match.start()])
        result.append(_Number(bare, whole, unit[1].lower() if unit and whole else None, around))
    return tuple(result)

"""How well are misspelled texts matched? The matcher against labelled cases, beside the usual libraries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from attrgen_assets.domain.attributes.match_scoring import (
    Answer,
    MatchCase,
    MatchScore,
    score_matches,
    threshold_for_recall,
)
from attrgen_assets.domain.attributes.matching import match_texts
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, Matching, ProductType
from attrgen_assets.domain.text import normalise_text
from attrgen_assets.errors import TerminalError

ExtractOne = Callable[[str, Sequence[str]], tuple[str, float]]
"""The choice that a library takes for a text, with its score of 0-100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One matcher's result. threshold: 0-100, None where it is the config's, attribute by attribute."""

    name: str
    threshold: float | None
    score: MatchScore
    seconds_per_1000: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingReport:
    """Results of all matchers on the same cases; `spelled` cases are spelled in the config by now and left out."""

    methods: tuple[Method, ...]
    by_stratum: Mapping[str, MatchScore]
    spelled: int
    misses: tuple[tuple[MatchCase, str | None], ...]


@dataclass(frozen=True)
class _Target:
    vocabulary: Vocabulary
    matching: Matching


def measure_matching(
    cases: Iterable[MatchCase],
    product_types: Mapping[str, ProductType],
    *,
    libraries: Mapping[str, ExtractOne],
    clock: Callable[[], float] = perf_counter,
) -> MatchingReport:
    """Match every case as the kernel does, and with each library at the threshold at which it finds as many.

    The libraries choose among the same normalised spellings, values and synonyms alike.

    Raises: TerminalError where a case names a product type, an attribute or a value that the config does not have.
    """
    targets: dict[tuple[str, str], _Target] = {}
    judged, spelled = [], 0
    for case in cases:
        target = targets.setdefault((case.product_type, case.attribute), _target(case, product_types))
        unknown = set(case.accept) - set(target.vocabulary.values)
        if unknown:
            raise TerminalError(f"{case.text!r}: {case.attribute} has no value {', '.join(sorted(unknown))}")
        if normalise_text(case.text) in target.vocabulary.spelled:
            spelled += 1
        else:
            judged.append(case)
    started = clock()
    answers = _ours(judged, targets)
    seconds = clock() - started
    score = score_matches(judged, answers)
    methods = [Method(name="attrgen", threshold=None, score=score, seconds_per_1000=_per_1000(seconds, judged))]
    for name, extract_one in libraries.items():
        methods += _measure_library(name, extract_one, judged, targets, recall=score.recall or 0.0, clock=clock)
    pairs = list(zip(judged, answers, strict=True))
    strata = sorted({case.stratum for case in judged})
    return MatchingReport(
        methods=tuple(methods),
        by_stratum={
            name: score_matches(*zip(*(pair for pair in pairs if pair[0].stratum == name), strict=True))
            for name in strata
        },
        spelled=spelled,
        misses=tuple((case, answer.value) for case, answer in pairs if not _is_correct(case, answer)),
    )


def _is_correct(case: MatchCase, answer: Answer) -> bool:
    return case.silence if answer.value is None else answer.value in case.accept


def _target(case: MatchCase, product_types: Mapping[str, ProductType]) -> _Target:
    try:
        attribute = product_types[case.product_type].attribute(case.attribute)
    except KeyError as error:
        raise TerminalError(f"{case.text!r}: the config has no {case.product_type}.{case.attribute}") from error
    if not isinstance(attribute, EnumAttribute | EnumListAttribute):
        raise TerminalError(f"{case.text!r}: {case.product_type}.{case.attribute} has no legal values")
    return _Target(Vocabulary.build(attribute.values), attribute.matching)


def _ours(cases: Sequence[MatchCase], targets: Mapping[tuple[str, str], _Target]) -> list[Answer]:
    """All texts of an attribute at once, as the kernel matches them."""
    answers: dict[int, Answer] = {}
    for key, target in targets.items():
        mine = [index for index, case in enumerate(cases) if (case.product_type, case.attribute) == key]
        matches = match_texts([cases[index].text for index in mine], target.vocabulary, matching=target.matching)
        for index, match in zip(mine, matches, strict=True):
            one = len(match.codes) == 1
            answers[index] = Answer(target.vocabulary.values[match.codes[0]] if one else None, match.score)
    return [answers[index] for index in range(len(cases))]


def _measure_library(
    name: str,
    extract_one: ExtractOne,
    cases: Sequence[MatchCase],
    targets: Mapping[tuple[str, str], _Target],
    *,
    recall: float,
    clock: Callable[[], float],
) -> list[Method]:
    """Its result at the highest threshold that finds as many as we do, and one step stricter, where it finds fewer."""
    started = clock()
    answers = []
    for case in cases:
        vocabulary = targets[case.product_type, case.attribute].vocabulary
        spelling, score = extract_one(normalise_text(case.text), vocabulary.spellings)
        answers.append(Answer(vocabulary.values[vocabulary.spelled[spelling]], score))
    seconds = clock() - started
    threshold = threshold_for_recall(cases, answers, recall=recall)
    lowest = min((answer.score for answer in answers if answer.score >= threshold), default=threshold)
    stricter = min((answer.score for answer in answers if answer.score > lowest), default=None)
    steps = {name: threshold, **({f"{name}, one step stricter": stricter} if stricter is not None else {})}
    return [
        Method(
            name=step,
            threshold=round(at, 1),
            score=score_matches(cases, answers, threshold=at),
            seconds_per_1000=_per_1000(seconds, cases),
        )
        for step, at in steps.items()
    ]


def _per_1000(seconds: float, cases: Sequence[MatchCase]) -> float:
    return 1000 * seconds / len(cases) if cases else 0.0

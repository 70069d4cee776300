"""The accuracy of answers against a gold set as a result file: goals, and tables by part, type and attribute."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from attrgen_assets.domain.attributes.scoring import Judged, Score, Verdict, scores_of, total
from attrgen_assets.domain.reporting.calibration import SURE, Calibration
from attrgen_assets.domain.reporting.report import calibration_of
from attrgen_assets.domain.reporting.results import Cell, Column, Goal, Table

LEAST_PRECISION: Final = 0.97
LEAST_RECALL: Final = 0.95
MOST_UNSUPPORTED: Final = 0.03
ASKED_OF: Final = "measure"
"""The part that nobody tunes on: the goals are for it."""

NOT_READ: Final = frozenset({"gender", "size"})
"""Copied from a column, or from a word that never varies: they flatter an average over attributes."""

_SURE_GIVEN: Final = f"given_with_{SURE}"
_SURE_RIGHT: Final = "right_of_these"

_SCORES: Final = (
    Column(name="stated", format="count"),
    Column(name="given", format="count"),
    Column(name="precision", format="fraction"),
    Column(name="recall", format="fraction"),
    Column(name="not_stated", format="count"),
    Column(name="unsupported", format="fraction"),
    Column(name=_SURE_GIVEN, format="count"),
    Column(name=_SURE_RIGHT, format="fraction"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAnswers:
    """Judged answers of the listings of one part and product type."""

    part: str
    product_type: str
    listings: int
    judged: Sequence[Judged]


def accuracy_goals(answers: Sequence[PartAnswers]) -> tuple[Goal, ...]:
    """What was asked of the part that is only measured; nothing where it was not measured."""
    judged = _of(answers, part=ASKED_OF)
    if not judged:
        return ()
    all_of_them, sure = _total(judged), calibration_of(judged).sure
    asked = (
        ("precision", LEAST_PRECISION, None, all_of_them.precision),
        ("recall", LEAST_RECALL, None, all_of_them.recall),
        ("unsupported values", None, MOST_UNSUPPORTED, all_of_them.made_up_fraction),
        (f"right among values given with {SURE} or more", SURE, None, sure[0] / sure[1] if sure[1] else None),
    )
    return tuple(
        Goal(figure=name, at_least=least, at_most=most, measured=_rounded(measured), format="fraction")
        for name, least, most, measured in asked
    )


def accuracy_tables(answers: Sequence[PartAnswers]) -> tuple[Table, ...]:
    """All parts together, then by attribute and by confidence for each part, the one asked of first."""
    parts = sorted({one.part for one in answers}, key=lambda part: (part != ASKED_OF, part))
    tables = [_by_part_and_type(answers, parts)]
    for part in parts:
        judged = _of(answers, part=part)
        tables.append(_by_attribute(judged, part))
        tables.append(calibration_table(calibration_of(judged), title=f"Part {part}, by confidence"))
    return tuple(tables)


def calibration_table(measured: Calibration, *, title: str) -> Table:
    """Bins of confidence: how many answers, and how many of them are right, with a 95 % Wilson interval."""
    rows: list[dict[str, Cell]] = [
        {
            "confidence": f"{one.lower:g} to {one.upper:g}",
            "values": one.count,
            "mean_confidence": round(one.mean_confidence, 4),
            "right": round(one.right_fraction, 4),
            "low": round(one.interval[0], 4),
            "high": round(one.interval[1], 4),
        }
        for one in measured.bins
    ]
    columns = (
        Column(name="confidence"),
        Column(name="values", format="count"),
        *(Column(name=name, format="fraction") for name in ("mean_confidence", "right", "low", "high")),
    )
    note = None
    if measured.expected_error is not None and measured.brier is not None:
        right, given = measured.sure
        note = (
            f"Expected calibration error {measured.expected_error:.4f}, Brier score {measured.brier:.4f}. "
            f"{SURE} or more: {right:,} of {given:,} right. Low and high bound the 95 % Wilson interval."
        )
    return Table(title=title, columns=columns, rows=tuple(rows), note=note)


def _by_part_and_type(answers: Sequence[PartAnswers], parts: Sequence[str]) -> Table:
    rows: list[dict[str, Cell]] = []
    for part in parts:
        of_part = [one for one in answers if one.part == part]
        judged = _of(answers, part=part)
        listings = sum(one.listings for one in of_part)
        rows.append({"part": part, "of": "all", "listings": listings, **_figures(judged)})
        read = [one for one in judged if one.attribute not in NOT_READ]
        if len(read) < len(judged):
            without = f"without {' and '.join(sorted(NOT_READ))}"
            rows.append({"part": part, "of": without, "listings": listings, **_figures(read)})
        for name in sorted({one.product_type for one in of_part}):
            own = [one for one in of_part if one.product_type == name]
            figures = _figures([answer for one in own for answer in one.judged])
            rows.append({"part": part, "of": name, "listings": sum(one.listings for one in own), **figures})
    columns = (Column(name="part"), Column(name="of"), Column(name="listings", format="count"), *_SCORES)
    return Table(title="All attributes together", columns=columns, rows=tuple(rows))


def _by_attribute(judged: Sequence[Judged], part: str) -> Table:
    rows = tuple(
        {"attribute": name, **_figures([one for one in judged if one.attribute == name])} for name in scores_of(judged)
    )
    return Table(title=f"Part {part}, by attribute", columns=(Column(name="attribute"), *_SCORES), rows=rows)


def _figures(judged: Sequence[Judged]) -> Mapping[str, Cell]:
    score = _total(judged)
    counts = score.counts
    right, sure = calibration_of(judged).sure
    return {
        "stated": counts[Verdict.RIGHT] + counts[Verdict.WRONG] + counts[Verdict.MISSED],
        "given": counts[Verdict.RIGHT] + counts[Verdict.WRONG] + counts[Verdict.MADE_UP],
        "precision": _rounded(score.precision),
        "recall": _rounded(score.recall),
        "not_stated": counts[Verdict.MADE_UP] + counts[Verdict.SILENT],
        "unsupported": _rounded(score.made_up_fraction),
        _SURE_GIVEN: sure,
        _SURE_RIGHT: _rounded(right / sure if sure else None),
    }


def _of(answers: Iterable[PartAnswers], *, part: str) -> list[Judged]:
    return [answer for one in answers if one.part == part for answer in one.judged]


def _total(judged: Iterable[Judged]) -> Score:
    return total(scores_of(judged).values())


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)

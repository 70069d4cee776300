"""The report page of one or more product types, as HTML."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from attrgen_assets.adapters.report_page.plots import confidence_plot, coverage_plot, drift_plot, reliability_plot
from attrgen_assets.domain.attributes.scoring import Score, Verdict
from attrgen_assets.domain.reporting.calibration import SURE
from attrgen_assets.domain.reporting.drift import LEAST_COVERAGE_CHANGE, LEAST_DISTANCE
from attrgen_assets.domain.reporting.profile import VALUES_KEPT
from attrgen_assets.domain.reporting.report import TypeReport
from attrgen_assets.domain.tables import Status
from attrgen_assets.errors import needs_extra

REFUSALS_SHOWN: Final = 30
MISSES_SHOWN: Final = 30
_TEXT_SHOWN: Final = 160  # characters of a feed's text in a cell

_STEERING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def report_html(reports: Sequence[TypeReport], *, now: datetime, version: str) -> str:
    """The page: complete in itself, no script, no request to anywhere, texts of feeds escaped.

    Raises: MissingExtra where matplotlib or jinja2 is not installed.
    """
    with needs_extra("report", "the report page"):
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - of the extra `report`
        from markupsafe import Markup  # noqa: PLC0415

        plots = [{name: Markup(svg) for name, svg in _plots(one).items()} for one in reports]  # noqa: S704 - ours
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(percent=percent, signed=signed, number=number, shown=shown, when=when, words=words)
    template = files(__package__).joinpath("report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        reports=[_context(report, drawn) for report, drawn in zip(reports, plots, strict=True)],
        now=now,
        version=version,
        limits={
            "distance": LEAST_DISTANCE,
            "coverage": LEAST_COVERAGE_CHANGE,
            "sure": SURE,
            "values_kept": VALUES_KEPT,
            "refusals": REFUSALS_SHOWN,
            "misses": MISSES_SHOWN,
        },
        statuses=[status.value for status in Status],
    )


def _plots(report: TypeReport) -> dict[str, str]:
    attributes, own = report.run.profile.attributes, report.product_type.name
    drawn = {
        "coverage": coverage_plot(attributes, name=f"{own}-coverage"),
        "confidence": confidence_plot(attributes, name=f"{own}-confidence"),
    }
    if report.gold is not None and report.gold.calibration.count:
        drawn["calibration"] = reliability_plot(report.gold.calibration, name=f"{own}-calibration")
    if report.drift is not None and any(one.distance for one in report.drift.attributes):
        drawn["drift"] = drift_plot(report.drift, name=f"{own}-drift")
    return drawn


def _context(report: TypeReport, plots: Mapping[str, Any]) -> dict[str, Any]:
    """What the template reads of one product type."""
    profile, gold = report.run.profile, report.gold
    return {
        "name": report.product_type.name,
        "title": report.product_type.title,
        "run": report.run,
        "former": report.former,
        "drift": report.drift,
        "gold": gold,
        "plots": plots,
        "profile": profile,
        "coverage": profile.coverage(required_only=False),
        "coverage_of_required": profile.coverage(required_only=True),
        "former_coverage": report.former.profile.coverage(required_only=True) if report.former else None,
        "refusals": report.refusals[:REFUSALS_SHOWN],
        "more_refusals": max(0, len(report.refusals) - REFUSALS_SHOWN),
        "unmatched": report.unmatched,
        "generators": report.generators,
        "answers": sum(report.generators.values()),
        "generators_of": {one.name: {c.name: c.rows for c in one.generators} for one in profile.attributes},
        "scores": [] if gold is None else [_score_row(name, score) for name, score in gold.scores.items()],
        "total": None if gold is None else _score_row("all", gold.total),
    }


def _score_row(name: str, score: Score) -> dict[str, Any]:
    counts = score.counts
    return {
        "name": name,
        "stated": counts[Verdict.RIGHT] + counts[Verdict.WRONG] + counts[Verdict.MISSED],
        "given": counts[Verdict.RIGHT] + counts[Verdict.WRONG] + counts[Verdict.MADE_UP],
        "precision": score.precision,
        "recall": score.recall,
        "unsupported": score.made_up_fraction,
    }


def percent(fraction: float | None, places: int = 1) -> str:
    """A fraction for people; an en dash where there is none.

    >>> percent(0.4567), percent(None)
    ('45.7 %', '–')
    """
    return "–" if fraction is None else f"{100 * fraction:.{places}f} %"


def signed(fraction: float | None) -> str:
    """A change of a fraction, in percentage points, with its sign.

    >>> signed(-0.1234), signed(0.0)
    ('−12.3', '0')
    """
    if fraction is None:
        return "–"
    points = round(100 * fraction, 1)
    return "0" if points == 0 else f"{points:+.1f}".replace("-", "−")


def number(value: float | None, places: int | None = None) -> str:
    """A number with thousands apart.

    >>> number(12345), number(0.12345, 3)
    ('12,345', '0.123')
    """
    if value is None:
        return "–"
    return f"{value:,}" if places is None else f"{value:,.{places}f}"


def shown(text: Any) -> str:
    """A feed's text in one line, without what would steer its display, and cut where it is long.

    >>> shown("a\\u202eb\\nc"), len(shown("x" * 500))
    ('a\\ufffdb c', 160)
    """
    clean = _STEERING.sub("\ufffd", re.sub(r"\s+", " ", "" if text is None else str(text)))
    return clean if len(clean) <= _TEXT_SHOWN else clean[: _TEXT_SHOWN - 1] + "…"


def words(name: str) -> str:
    """A code as words.

    >>> words("not_in_vocabulary")
    'not in vocabulary'
    """
    return name.lower().replace("_", " ")


def when(moment: datetime) -> str:
    """A moment to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".strip()

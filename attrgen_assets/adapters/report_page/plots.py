"""The plots of the report page; every one stands beside a table that says the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrgen_assets.adapters.report_page.svg import COLOURS, draw
from attrgen_assets.domain.reporting.calibration import Calibration
from attrgen_assets.domain.reporting.drift import Drift
from attrgen_assets.domain.reporting.profile import CONFIDENCE_BINS, AttributeProfile
from attrgen_assets.domain.tables import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE_IN: Final = 0.215  # height of a line of a horizontal plot, inches
_DRIFT_SHOWN: Final = 15


def coverage_plot(attributes: Sequence[AttributeProfile], *, name: str) -> str:
    """Shares of FOUND, NOT_APPLICABLE and NOT_FOUND, a line per attribute; * marks a required one."""
    names = [f"{one.name} *" if one.required else one.name for one in attributes]
    parts = ((Status.FOUND, "found"), (Status.NOT_APPLICABLE, "na"), (Status.NOT_FOUND, "missing"))

    def plot(figure: "Figure") -> None:
        axes = figure.subplots()
        left = [0.0] * len(names)
        for status, role in parts:
            shares = [
                100 * one.statuses.get(status.value, 0) / max(sum(one.statuses.values()), 1) for one in attributes
            ]
            axes.barh(names, shares, left=left, height=0.72, color=COLOURS[role], label=_legend(status))
            left = [start + share for start, share in zip(left, shares, strict=True)]
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of documents")
        axes.invert_yaxis()
        axes.margins(y=0.01)
        _horizontal(axes)
        figure.legend(loc="outside upper left", ncols=3, frameon=False, handlelength=0.9, columnspacing=1.0)

    return draw(plot, name=name, label="Coverage per attribute", height_in=0.85 + _LINE_IN * len(names))


def reliability_plot(measured: Calibration, *, name: str) -> str:
    """Share right against confidence, with 95 % Wilson intervals, over the number of answers in each bin."""

    def plot(figure: "Figure") -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        x = [one.mean_confidence for one in measured.bins]
        y = [one.right_fraction for one in measured.bins]
        # rounding may put a limit a hair on the wrong side of its share
        down = [max(0.0, one.right_fraction - one.interval[0]) for one in measured.bins]
        up = [max(0.0, one.interval[1] - one.right_fraction) for one in measured.bins]
        upper.plot([0, 1], [0, 1], color=COLOURS["muted"], linewidth=1, linestyle=(0, (4, 3)))
        upper.errorbar(x, y, yerr=(down, up), fmt="o", markersize=4.5, color=COLOURS["accent"], elinewidth=1.4)
        start = max(0.0, min([0.5, *x]) - 0.05)
        upper.set_xlim(start, 1.02)
        upper.set_ylim(max(0.0, min([start, *(a - b for a, b in zip(y, down, strict=True))]) - 0.02), 1.03)
        upper.set_ylabel("share right")
        upper.grid(visible=True)
        widths = [one.upper - one.lower - 0.006 for one in measured.bins]
        lower.bar(
            [(one.lower + one.upper) / 2 for one in measured.bins],
            [one.count for one in measured.bins],
            width=widths,
            color=COLOURS["found"],
        )
        for one in measured.bins:
            lower.annotate(
                f"{one.count:,}",
                ((one.lower + one.upper) / 2, one.count),
                xytext=(0, 1.5),
                textcoords="offset points",
                ha="center",
                fontsize=7.5,
                color=COLOURS["muted"],
            )
        lower.set_ylim(0, 1.3 * max([1, *(one.count for one in measured.bins)]))
        lower.set_yticks([])
        lower.set_ylabel("values")
        lower.set_xlabel("confidence")

    return draw(plot, name=name, label="Share of right values against their confidence", height_in=3.6)


def confidence_plot(attributes: Sequence[AttributeProfile], *, name: str) -> str:
    """How many answers there are at each confidence, over all attributes."""
    width = 1 / CONFIDENCE_BINS
    counts = [sum(one.confidence[at] for one in attributes if one.confidence) for at in range(CONFIDENCE_BINS)]
    first = next((at for at, count in enumerate(counts) if count), 0)
    shown = range(min(first, CONFIDENCE_BINS // 2), CONFIDENCE_BINS)

    def plot(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.bar(
            [(at + 0.5) * width for at in shown], [counts[at] for at in shown], 0.9 * width, color=COLOURS["found"]
        )
        axes.set_xlim(shown[0] * width, 1.0)
        axes.set_xlabel("confidence")
        axes.set_ylabel("values")
        axes.grid(visible=True, axis="y")

    return draw(plot, name=name, label="Number of values by confidence", height_in=2.1)


def drift_plot(found: Drift, *, name: str) -> str:
    """Distance between the value distributions of two runs, the largest; a tick shows what chance may bring."""
    compared = [one for one in found.attributes if one.distance]
    largest = sorted(compared, key=lambda one: -(one.distance or 0.0))[:_DRIFT_SHOWN]

    def plot(figure: "Figure") -> None:
        axes = figure.subplots()
        names = [one.name for one in largest]
        colours = [COLOURS["accent"] if one.values_moved else COLOURS["then"] for one in largest]
        axes.barh(names, [one.distance or 0.0 for one in largest], height=0.62, color=colours)
        axes.scatter(
            [one.chance or 0.0 for one in largest],
            range(len(names)),
            marker="|",
            s=90,
            linewidths=1.6,
            color=COLOURS["ink"],
            label="may be chance up to here",
            zorder=3,
        )
        axes.set_xlim(0, max([0.2, *((one.distance or 0.0) * 1.1 for one in largest)]))
        axes.set_xlabel("Jensen-Shannon distance of values")
        axes.invert_yaxis()
        _horizontal(axes)
        figure.legend(loc="outside upper left", frameon=False)

    return draw(
        plot,
        name=name,
        label="Distance of value distributions from the run before",
        height_in=0.85 + _LINE_IN * len(largest),
    )


def _horizontal(axes: "Axes") -> None:
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _legend(status: Status) -> str:
    return status.value.lower().replace("_", " ")

"""Charts of a catalogue of parts as PNG pictures, for the metadata of its asset. Needs the extra `report`."""

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from attrgen_assets.domain.parts.analytics import CONFIDENCE_BINS, CatalogueAnalytics
from attrgen_assets.errors import needs_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK: Final = "#44506b"  # readable on Dagster's light and dark pages alike
_BAR: Final = "#4f7cd6"
_OPTIONS: Final[Any] = {  # the type of its keys is a list of four hundred names
    "font.size": 8.5, "text.color": _INK, "axes.labelcolor": _INK, "xtick.color": _INK, "ytick.color": _INK,
    "axes.edgecolor": _INK, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 9.5,
}  # fmt: skip


def catalogue_chart(found: CatalogueAnalytics) -> bytes:
    """One picture of four charts: coverage per field, confidences, suppliers' agreement, and coverage per manufacturer.

    Raises MissingExtra where matplotlib is not installed.
    """
    with needs_extra("report", "drawing charts"):
        import matplotlib as mpl  # noqa: PLC0415 - an extra; importing it makes a cache in the home folder
        from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    with mpl.rc_context(_OPTIONS):
        figure = Figure(figsize=(9, 6.2), layout="constrained")
        panels: Any = figure.subfigures(1, 2, width_ratios=(1.15, 1))
        left, right = panels
        fields = [(one.field + (" *" if one.required else ""), one.coverage) for one in found.fields]
        _bars(left.subplots(), fields, title="Coverage per field (* required)")
        upper, middle, lower = right.subplots(3, 1)
        _histogram(upper, found.confidence)
        _bars(middle, [(one.supplier, one.agreement) for one in found.suppliers], title="Suppliers: agreement")
        makers = [(f"{one.manufacturer} ({one.records:,})", one.coverage) for one in found.manufacturers[:8]]
        _bars(lower, makers, title="Coverage per manufacturer (records)")
        figure.patch.set_alpha(0.0)
        for axes in figure.axes:
            axes.patch.set_alpha(0.0)
        written = BytesIO()
        figure.savefig(written, format="png", dpi=110, metadata={"Software": None})
    return written.getvalue()


def as_markdown(picture: bytes, *, label: str) -> str:
    """A picture as markdown that brings its own bytes."""
    return f"![{label}](data:image/png;base64,{base64.b64encode(picture).decode('ascii')})"


def _bars(axes: "Axes", shares: Sequence[tuple[str, float | None]], *, title: str) -> None:
    names = [name for name, _ in shares]
    axes.barh(names, [100 * (share or 0.0) for _, share in shares], height=0.7, color=_BAR)
    axes.set_xlim(0, 100)
    axes.invert_yaxis()
    axes.set_title(f"{title}, %", loc="left")
    axes.tick_params(axis="y", length=0, labelsize=7.5)


def _histogram(axes: "Axes", counts: Sequence[int]) -> None:
    width = 1 / CONFIDENCE_BINS
    axes.bar([(at + 0.5) * width for at in range(CONFIDENCE_BINS)], counts, 0.9 * width, color=_BAR)
    axes.set_xlim(0, 1)
    axes.set_title("Values by confidence", loc="left")

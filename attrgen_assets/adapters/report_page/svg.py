"""From a matplotlib figure to SVG that takes its colours and its font from the page around it."""

import re
from collections.abc import Callable
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN: Final = 3.7
"""A phone's width: wider screens show the same plot larger, or beside its table."""
FONT_PT: Final = 9.0

COLOURS: Final = {
    "ink": "#0a0b01",
    "muted": "#0a0b02",
    "line": "#0a0b03",
    "found": "#0a0b04",
    "na": "#0a0b05",
    "missing": "#0a0b06",
    "accent": "#0a0b07",
    "then": "#0a0b08",
}
"""Roles, and the colour that stands for each in a figure; in the page it is the style sheet's variable of that name."""

_OPTIONS: Final[Any] = {  # the type of its keys is a list of four hundred names, and another in every release
    "svg.fonttype": "none",  # text stays text: small, selectable, in the page's font
    "svg.hashsalt": "attrgen",
    "font.size": FONT_PT,
    "axes.linewidth": 0.6,
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["muted"],
    "ytick.labelcolor": COLOURS["ink"],
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
}


def draw(plot: Callable[["Figure"], None], *, name: str, label: str, height_in: float) -> str:
    """Draw a figure and return it as an SVG element; the same figure gives the same text.

    name: what tells it from other figures of the page.  label: what it says to those who do not see it.
    """
    import matplotlib as mpl  # noqa: PLC0415 - of the extra `report`; importing it makes a cache in the home folder
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(_OPTIONS):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        figure.patch.set_alpha(0.0)
        plot(figure)
        for axes in figure.axes:
            axes.patch.set_alpha(0.0)
        written = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(written, format="svg", metadata=nothing)
    return _for_the_page(written.getvalue(), name, label)


def _for_the_page(text: str, name: str, label: str) -> str:
    """The element alone, without fixed size, font, colours, and without names that another plot has as well."""
    svg = text[text.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:[^;\"]*;?\s*", "", svg)
    svg = re.sub(r"font:\s*([\d.]+px)[^;\"]*", r"font-size: \1", svg)
    for role, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--{role})")
    used = set(re.findall(r"#([\w-]+)[\")]", svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", svg)
    svg = re.sub(r"#([\w-]+)(?=[\")])", lambda found: f"#{name}-{found[1]}", svg)
    head = re.search(r'viewBox="[^"]*"', svg)
    box = head[0] if head else ""
    return f'<svg {box} role="img" aria-label="{escape(label)}">' + svg[svg.index(">") + 1 :]

"""Pictures of what was measured, as SVG: curves and bars, alike from run to run where the figures are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

#: Inches across, and up for each panel.
WIDTH, HEIGHT = 8.0, 2.9
#: Told apart in grey and by colour-blind eyes: Okabe and Ito's.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

STYLE: dict[Any, Any] = {
    # Text stays text, and the names of parts are the same each time.
    "svg.fonttype": "none",
    "svg.hashsalt": "collab",
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.titlelocation": "left",
    "grid.color": "#dddddd",
    "font.size": 10,
    "lines.linewidth": 1.3,
}


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over places, with a name where there are several."""

    at: Sequence[float]
    values: Sequence[float]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves that share their axes.

    Args:
        title: what is shown, with its unit.
        across: what the places are, with their unit.
        bound: a target, drawn as a line across.
        is_log: places stand by their logarithm.
    """

    title: str
    across: str
    curves: Sequence[Curve]
    bound: float | None = None
    is_log: bool = False


def curves(file: Path, title: str, panels: Sequence[Panel]) -> None:
    """Draw panels one below the other."""
    with mpl.rc_context(STYLE):
        figure = Figure((WIDTH, HEIGHT * len(panels)), layout="constrained")
        figure.suptitle(title)
        for axes, panel in zip(figure.subplots(len(panels), squeeze=False)[:, 0], panels, strict=True):
            _draw(axes, panel)
        _save(figure, file)


def bars(file: Path, title: str, across: str, values: Mapping[str, float]) -> None:
    """Draw a bar for each name, the first at the top, with its value beside it."""
    with mpl.rc_context(STYLE):
        figure = Figure((WIDTH, 0.9 + 0.36 * len(values)), layout="constrained")
        figure.suptitle(title)
        axes = figure.subplots()
        drawn = axes.barh(list(values), list(values.values()), color=COLOURS[0])
        axes.bar_label(drawn, fmt="{:,.3g}", padding=3)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(across)
        axes.margins(x=0.1)
        _save(figure, file)


def _draw(axes: Any, panel: Panel) -> None:
    for curve in panel.curves:
        axes.plot(curve.at, curve.values, label=curve.name or None)
    if panel.bound is not None:
        axes.axhline(panel.bound, color="#777777", linestyle="--", linewidth=1)
    axes.set_title(panel.title, fontsize=10)
    axes.set_xlabel(panel.across)
    if panel.is_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.set_ylim(bottom=0)
    if any(curve.name for curve in panel.curves):
        axes.legend(frameon=False, fontsize=9)


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, format="svg", metadata={"Date": None})

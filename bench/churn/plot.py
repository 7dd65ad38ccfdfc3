"""Memory and live sockets over the visits, as an SVG of a few lines."""

from collections.abc import Sequence
from html import escape

from bench.churn.report import Report

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, GAP = 64, 16, 40, 44
PANEL = (HEIGHT - TOP - 2 * GAP) // 2
INK, GRID = "#444", "#ddd"


def plot(report: Report) -> str:
    """The picture."""
    count = report.asked.count
    at = [each.connects for each in report.samples]
    memory = [each.uss / 2**20 for each in report.samples]
    sockets = [each.gauges.get("hub.sockets", 0) for each in report.samples]
    title = f"{count:,} connects and disconnects, {report.seconds / 60:.0f} minutes, one node"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="12" role="img" aria-label="{escape(title)}">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            text(LEFT, 18, title, "start"),
            *panel(TOP, "memory of the node, MiB", "#0b6", at, memory, count),
            *panel(TOP + PANEL + GAP, "live sockets", "#06b", at, sockets, count),
            "</svg>\n",
        ]
    )


def panel(top: int, name: str, colour: str, at: Sequence[int], values: Sequence[float], count: int) -> list[str]:
    """One curve with its axes, from zero up to a round number; `count` is the right end."""
    ceiling = round_up(max(values, default=1))
    across, bottom = WIDTH - LEFT - RIGHT, top + PANEL

    def place(connects: float, value: float) -> tuple[float, float]:
        return LEFT + across * connects / count, bottom - PANEL * value / ceiling

    points = " ".join("{:.1f},{:.1f}".format(*place(*each)) for each in zip(at, values, strict=True))
    marks = [place(count * tick / 4, ceiling * tick / 4) for tick in range(5)]
    return [
        text(LEFT, top - 6, name, "start"),
        *(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>' for _, y in marks),
        *(text(LEFT - 6, y + 4, f"{ceiling * tick / 4:,.0f}", "end") for tick, (_, y) in enumerate(marks)),
        *(text(x, bottom + 16, f"{count * tick // 4:,}", "middle") for tick, (x, _) in enumerate(marks)),
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
    ]


def text(x: float, y: float, words: str, anchor: str) -> str:
    """Words at a place; they end there, start there, or have it in their middle."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{escape(words)}</text>'


def round_up(value: float) -> float:
    """The next of 4, 8, 20, 40, 80, 200…: a quarter of it is round, too."""
    unit = 4.0
    while unit < value:
        unit *= 2.5 if str(unit).startswith("8") else 2
    return unit

"""Lines over time as SVG, drawn on the server: numbers become points, colours are the style sheet's."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 140


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its class in the style sheet, its values; None leaves a gap."""

    name: str
    look: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as SVG draws it: parts between the gaps, each as points; lone points; its newest value in words."""

    name: str
    look: str
    parts: list[str]
    lone: list[str]
    newest: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines on one scale, from nought to a round number above the highest."""

    title: str
    unit: str
    lines: list[Drawn]
    top: str
    width: int = WIDTH
    height: int = HEIGHT


def plot(title: str, unit: str, lines: Sequence[Line]) -> Plot:
    """Draw them."""
    highest = max((value for line in lines for value in line.values if value is not None), default=0.0)
    top = round_above(highest)
    return Plot(title, unit, [_drawn(line, top, unit) for line in lines], in_words(top, unit))


def _drawn(line: Line, top: float, unit: str) -> Drawn:
    parts = _parts(line.values, top)
    return Drawn(
        line.name,
        line.look,
        [" ".join(part) for part in parts if len(part) > 1],
        # A line of no length, with round ends.
        [" ".join(part * 2) for part in parts if len(part) == 1],
        _newest(line.values, unit),
    )


def round_above(value: float) -> float:
    """1, 2 or 5 times a power of ten, not below the value; 1 for nought."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(f"{int(value)}") - 1) if value >= 1 else 0.001
    while not any(step * power >= value for step in (1, 2, 5, 10)):
        power *= 10
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def in_words(value: float | None, unit: str) -> str:
    """Three figures are enough."""
    if value is None:
        return "–"
    said = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"{said} {unit}".strip()


def _newest(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values[-3:] if value is not None]
    return in_words(known[-1] if known else None, unit)


def _parts(values: Sequence[float | None], top: float) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    step = WIDTH / max(len(values) - 1, 1)
    for index, value in enumerate(values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append(f"{index * step:.1f},{HEIGHT - HEIGHT * value / top:.1f}")
    return parts

"""Memory and live sockets over the visits, as a picture."""

from pathlib import Path

from bench.churn.report import Report
from bench.picture import Curve, Panel, curves


def plot(report: Report, file: Path) -> None:
    """Draw it."""
    at = [each.connects for each in report.samples]
    memory = [each.uss / 2**20 for each in report.samples]
    sockets = [each.gauges.get("hub.sockets", 0) for each in report.samples]
    across = "connects so far"
    curves(
        file,
        f"{report.asked.count:,} connects and disconnects, {report.seconds / 60:.0f} minutes, one node",
        [
            Panel("memory of the node, MiB", across, [Curve(at, memory)]),
            Panel("live sockets", across, [Curve(at, sockets)]),
        ],
    )

"""Pictures of measurements: what is in them, and that the same figures give the same picture."""

from pathlib import Path
from xml.etree import ElementTree

from bench.picture import Curve, Panel, bars, curves

SVG = "{http://www.w3.org/2000/svg}"
PANELS = [
    Panel("memory, MiB", "connects", [Curve([0, 1, 2], [10.0, 12.0, 11.0], "one"), Curve([0, 2], [8.0, 9.0], "two")]),
    Panel("share of deliveries", "ms", [Curve([0.1, 1, 100], [0.0, 0.5, 1.0])], bound=0.99, is_log=True),
]


def words(file: Path) -> set[str]:
    return {"".join(each.itertext()).strip() for each in ElementTree.parse(file).iter(f"{SVG}text")}


def test_each_curve_is_drawn_and_named(tmp_path: Path) -> None:
    file = tmp_path / "curves.svg"
    curves(file, "What was measured", PANELS)
    assert {"What was measured", "memory, MiB", "share of deliveries", "one", "two", "connects", "ms"} <= words(file)
    ids = [each.get("id", "") for each in ElementTree.parse(file).iter(f"{SVG}g")]
    assert [sum(each.startswith(f"axes_{number}") for each in ids) for number in (1, 2, 3)] == [1, 1, 0]


def test_each_bar_is_drawn_with_its_value(tmp_path: Path) -> None:
    file = tmp_path / "bars.svg"
    bars(file, "CPU a delivery", "µs", {"this": 12.3, "a peer": 20.6})
    assert {"CPU a delivery", "µs", "this", "a peer", "12.3", "20.6"} <= words(file)


def test_the_same_figures_make_the_same_picture(tmp_path: Path) -> None:
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    for file in (first, second):
        curves(file, "What was measured", PANELS)
    assert first.read_bytes() == second.read_bytes()

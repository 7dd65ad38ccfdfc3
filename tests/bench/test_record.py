from bench.checker import Heard
from bench.record import Record

CLIENT_IDS = ["one", "two"]


def test_what_is_written_down_is_read_as_it_came() -> None:
    record = Record({"one": 0, "two": 1})
    record.add(3, 7, 10, "two", 1_000)
    record.add(4, 7, 11, "", 2_000)
    record.add(3, 8, 5, "nobody's", 3_000)
    record.add(4, 7, 10, "one", 4_000)

    again = Record.of(record.columns())

    assert len(again) == 4
    assert record.columns().strange == ["nobody's"]
    assert list(again.heard(CLIENT_IDS)) == [
        (3, Heard(7, 10, "two", 1_000)),
        (4, Heard(7, 11, "", 2_000)),
        (3, Heard(8, 5, "nobody's", 3_000)),
        (4, Heard(7, 10, "one", 4_000)),
    ]

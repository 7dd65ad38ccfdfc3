import pytest

from bench import options


def test_without_a_word_it_is_a_thousand_sockets_for_half_a_minute() -> None:
    asked = options.read([])

    assert (asked.sockets, asked.rooms_of, asked.rooms, asked.rate, asked.seconds) == (1_000, 20, 50, 50, 30)
    assert asked.pin
    assert not asked.url


def test_quick_is_short_and_gives_way_to_what_is_said() -> None:
    assert (options.read(["--quick"]).sockets, options.read(["--quick"]).seconds) == (100, 5)
    assert options.read(["--quick", "--seconds", "7"]).seconds == 7


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1:9000", "http://127.8.0.1:1", "http://[::1]:80"]
)
def test_a_site_on_this_machine_may_be_measured(url: str) -> None:
    assert options.read(["--url", url + "/"]).url == url


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--url", "http://chat.example.org:80"], "chat.example.org is another machine"),
        (["--url", "http://10.0.0.1:8000"], "10.0.0.1 is another machine"),
        (["--url", "http://0.0.0.0:8000"], "0.0.0.0 is another machine"),
        (["--url", "http://127.0.0.1.example.org:8000"], "127.0.0.1.example.org is another machine"),
        (["--url", "http://localhost@example.org:8000"], "is not an address such as"),
        (["--url", "http://[::1:80"], "is not an address such as"),
        (["--url", "https://localhost:8000"], "is not an address such as"),
        (["--url", "http://localhost"], "is not an address such as"),
        (["--url", "http://localhost:99999"], "is not an address such as"),
        (["--url", ""], "is not an address such as"),
        (["--sockets", "many"], "'many' is not a whole number from 2 to 20000"),
        (["--sockets", "0"], "'0' is not a whole number"),
        (["--sockets", "20020"], "'20020' is not a whole number"),
        (["--rooms-of", "1"], "'1' is not a whole number"),
        (["--rate", "-5"], "--rate"),
        (["--rate", "²"], "'²' is not a whole number"),
        (["--seconds", "601"], "'601' is not a whole number from 1 to 600"),
        (["--sockets", "30"], "30 cannot be dealt into rooms of 20"),
        (["--sockets", "20", "--rate", "201"], "more than ten messages a second a person"),
        (["--hurry"], "--hurry"),
    ],
)
def test_a_bad_argument_is_refused_in_one_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        options.read(arguments)

    said = str(refusal.value)
    assert said.startswith("bench: ")
    assert named in said
    assert "\n" not in said
    assert capsys.readouterr() == ("", "")

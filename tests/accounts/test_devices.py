import pytest

from accounts.devices import device


@pytest.mark.parametrize(
    ("user_agent", "words", "is_handheld"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox on Windows",
            False,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.6 Safari/605.1.15",
            "Safari on macOS",
            False,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
            True,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
            "Mobile Safari/537.36",
            "Chrome on Android",
            True,
        ),
        ("curl/8.5.0", "curl", False),
        ("", "Unknown browser", False),
        ("\x00\ud800" * 100, "Unknown browser", False),
    ],
)
def test_a_device_is_told_in_plain_words(user_agent: str, words: str, is_handheld: bool) -> None:
    found = device(user_agent)
    assert str(found) == words
    assert found.is_handheld == is_handheld

"""One emoji, in the one spelling in which it is kept."""

import json
from pathlib import Path

import emoji
import pytest

from accounts.emojis import SELECTOR, one_emoji

PICKER = Path(__file__).resolve().parents[2] / "static/vendor/emoji-data.json"


def offered() -> list[str]:
    signs = json.loads(PICKER.read_bytes())
    return [each["emoji"] for sign in signs for each in (sign, *sign.get("skins", ()))]


def test_whatever_the_picker_offers_is_kept_in_a_spelling_of_its_own() -> None:
    kept = [one_emoji(each) for each in offered()]
    assert len(kept) > 3_500
    assert all(each and emoji.is_emoji(each) for each in kept)
    assert len(set(kept)) == len(kept)


def test_every_known_spelling_is_kept_as_the_qualified_one() -> None:
    for spelling in emoji.EMOJI_DATA:
        kept = one_emoji(spelling)
        assert kept is not None
        assert kept.replace(SELECTOR, "") == spelling.replace(SELECTOR, "")
        assert one_emoji(kept) == kept
        assert emoji.EMOJI_DATA[kept]["status"] in {emoji.STATUS["fully_qualified"], emoji.STATUS["component"]}


@pytest.mark.parametrize("text", ["", SELECTOR, "a", "1", "👍👍", "👍 ", ":tada:", "❤\ufe0e"])
def test_anything_else_is_none(text: str) -> None:
    assert one_emoji(text) is None

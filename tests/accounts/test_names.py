import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import HANDLE, User
from accounts.names import clean_handle, clean_name, clean_status_emoji, clean_status_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("李雷", "李雷"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Ada 👩🏽\u200d🚀", "Ada 👩🏽\u200d🚀"),
        ("O'Neill <3", "O'Neill <3"),
        ("a" * 80, "a" * 80),
        ("Ada\nLovelace", "Ada Lovelace"),
    ],
)
def test_a_name_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200d", "a" * 81, "a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\ufeffb", "a\u200bb", "\ud800"]
)
def test_a_name_that_deceives_or_says_nothing_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(typed)


@given(st.text())
def test_whatever_is_kept_is_one_tidy_line(typed: str) -> None:
    try:
        kept = clean_name(typed)
    except ValidationError:
        return
    assert 1 <= len(kept) <= 80
    assert kept == " ".join(kept.split())
    assert clean_name(kept) == kept


@pytest.mark.parametrize("mark", ["🍜", "👩🏽‍🚀", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", ""])
def test_any_one_emoji_may_stand_for_a_status(mark: str) -> None:
    assert clean_status_emoji(f" {mark} ") == mark


@pytest.mark.parametrize(("typed", "kept"), [("❤", "❤\ufe0f"), ("🍜\ufe0f", "🍜")])
def test_an_emoji_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert clean_status_emoji(typed) == kept


@pytest.mark.parametrize("mark", ["a", "1", "🍜🍜", "🍜 a", "<i>", ":ramen:"])
def test_what_is_not_one_emoji_is_refused(mark: str) -> None:
    with pytest.raises(ValidationError):
        clean_status_emoji(mark)


def test_a_status_has_a_hundred_characters() -> None:
    assert clean_status_text("a" * 100) == "a" * 100
    with pytest.raises(ValidationError):
        clean_status_text("a" * 101)


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "kept"), [("Ada", "ada"), ("@ada.l_b-2 ", "ada.l_b-2"), ("a1", "a1")])
def test_a_handle_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert clean_handle(typed) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["", "a", "-a", "a-", "a b", "a/b", "ä1", "a" * 31, "a\nb", "@@ada", "a\x00b", "ａda"]
)
def test_an_ill_formed_handle_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_handle(typed)
    assert caught.value.code == "ill_formed"


@pytest.mark.django_db
def test_ones_own_handle_is_free_for_oneself_only(ada: User) -> None:
    assert clean_handle("ada", user=ada) == "ada"
    with pytest.raises(ValidationError, match=r"Someone has @ada already\. @ada2 is free\."):
        clean_handle("ada")


@pytest.mark.django_db
@settings(max_examples=60)
@given(st.text(max_size=60))
def test_a_free_handle_is_well_formed_whatever_the_name(name: str) -> None:
    assert re.fullmatch(HANDLE, User.objects.free_handle(name))

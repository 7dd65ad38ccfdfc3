from html.parser import HTMLParser
from time import thread_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from collab.live.errors import TextInvalid
from rooms.errors import TextEmpty, TextTooLong
from rooms.markdown import sanitise
from rooms.markdown.code import CLASSES, LANGUAGES, _lexer
from rooms.markdown.links import Links
from rooms.text import MAX_LENGTH, clean, find_handles, names_room, render

ALLOWED = {
    "table": {"tabindex"},
    "a": {"href", "title", "rel", "target"},
    "ol": {"start"},
    "span": {"class", "data-person"},
    "td": {"align"},
    "th": {"align"},
}
DANGEROUS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '<span class="mention" data-person="1" onclick="x">',
    '<a href="https://ok" style="position:fixed">',
    "<!-- --><svg onload=alert(1)>",
    '```"><script>alert(1)</script>\nx\n```',
    '[a](<https://x.org/" onmouseover="alert(1)>)',
    "@<script>ada</script>",
    "https://x.org/<script>",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).seen:
        assert tag in sanitise.TAGS
        assert set(attributes) <= ALLOWED.get(tag, set())
        assert set((attributes.get("class") or "").split()) <= {*CLASSES, "mention", "mention--room"}
        href = (attributes.get("href") or "").strip().lower()
        assert not href.startswith(("javascript:", "data:", "vbscript:", "file:"))
        if tag == "a":
            assert attributes["rel"] == "nofollow noopener noreferrer"
            assert attributes["target"] == "_blank"


def test_text_is_stored_without_blank_space_around_it() -> None:
    assert clean(" \n one\r\ntwo\rthree \n\n") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t\r\n", "\u200b", "\u200b\u2060\ufeff \u00ad", "\u3164", "\u2800", "\ufe0f"]
)
def test_text_without_anything_to_see_is_refused(text: str) -> None:
    with pytest.raises(TextEmpty):
        clean(text)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udfff"])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    with pytest.raises(TextInvalid):
        clean(text)


def test_the_limit_counts_characters_after_cleaning() -> None:
    assert len(clean(" " + "é" * MAX_LENGTH + " ")) == MAX_LENGTH
    with pytest.raises(TextTooLong):
        clean("é" * (MAX_LENGTH + 1))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("**b** _i_ ~~s~~", "<strong>b</strong> <em>i</em> <s>s</s>"),
        ("one\ntwo", "one<br>\ntwo"),
        ("| a |\n|--:|\n| 1 |", '<td align="right">1</td>'),
        ("```python\ndef f(): pass\n```", '<span class="k">def</span>'),
        ("```unheard-of\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("see https://x.org/a_b_c.", ">https://x.org/a_b_c</a>."),
        ("the file access.py", "<p>the file access.py</p>"),
        (":tada: at 10:30:45", "🎉 at 10:30:45"),
        ("`:tada:`", "<code>:tada:</code>"),
        ("# Title", "<h4>Title</h4>"),
        ("words\n---", "<p>words</p>\n<hr>"),
        ("![cat](https://x.org/c.png)", '<a href="https://x.org/c.png" '),
        ("[](x)", "[](x)"),
        ("&nbsp;", "&amp;nbsp;"),
    ],
)
def test_markdown_comes_out_as(text: str, part: str) -> None:
    assert part in render(text, handles={})


def test_no_picture_is_loaded_from_elsewhere() -> None:
    html = render("![cat](https://x.org/c.png) [![cat](https://x.org/c.png)](https://y.org)", handles={})
    assert "<img" not in html
    assert html.count("<a ") == 2


def test_people_are_named_by_handle_in_any_case() -> None:
    html = render("Hi @Ada, @ben-2. And @nobody", handles={"ada": 1, "ben-2": 2})
    assert '<span class="mention" data-person="1">@Ada</span>,' in html
    assert '<span class="mention" data-person="2">@ben-2</span>.' in html
    assert "And @nobody" in html


@pytest.mark.parametrize(
    "text",
    [
        "ada@ada.org",
        "`@ada`",
        "```\n@ada\n```",
        "x@ada",
        "@adaé",
        "[@ada](https://x.org)",
        "https://x.org/@ada",
        "@@ada",
    ],
)
def test_what_only_looks_like_a_mention_names_nobody(text: str) -> None:
    assert find_handles(text) == set()
    assert "mention" not in render(text, handles={"ada": 1})


def test_handles_and_the_room_are_found_apart() -> None:
    text = "@Ada and **@ben**, everyone in @room: `@cleo`\n> @dora"
    assert find_handles(text) == {"ada", "ben", "dora"}
    assert names_room(text)
    assert not names_room("`@room` @roommate")


def test_the_room_is_marked_only_where_it_can_be_named() -> None:
    assert '<span class="mention mention--room">@room</span>' in render("@room", handles={})
    assert render("@room", handles={}, room_mention=False) == "<p>@room</p>\n"


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_dangerous_survives(text: str) -> None:
    assert_harmless(render(text, handles={"ada": 1}))


pieces = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
    st.sampled_from(
        [*DANGEROUS, "\n", "```", "`", "[", "](", ")", "<", ">", '"', "|-|\n", "@ada", "&", "**", "- ", "> "]
    ),
)


@settings(max_examples=200, deadline=None)
@example("\xa0")
@given(st.lists(pieces, max_size=12).map("".join))
def test_whatever_is_written_comes_out_harmless_and_sanitising_is_idempotent(text: str) -> None:
    html = render(text, handles={"ada": 1})
    assert_harmless(html)
    assert sanitise.sanitise(html) == html
    assert find_handles(text) <= {"ada"} | {word.lower() for word in text.split("@")} | find_handles(text.lower())


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "[a](", ">", "> - ", "*a_ ", "a**b", "`", "~~", "<", "&", "@a-", ":", "://", "http://(", "a@b.c ", "|a",
     "- a\n", "1. ", "[a](<b", "```py\nx\n```\n", "# a\n", "[](", "\\", "*", "_a", "](", ":smile:", "mailto:a@b "],
)  # fmt: skip
def test_the_longest_message_renders_in_well_under_a_second(piece: str) -> None:
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    start = thread_time()
    render(text, handles={"a": 1})
    assert thread_time() - start < 1


@pytest.mark.parametrize(
    "language", sorted({"java", "html", "make", "console", "js", "terraform", "csharp"} & LANGUAGES)
)
@pytest.mark.parametrize("piece", ["\n", "&", "a.", '\\"', "a<a<", "_", "${"])
def test_code_made_to_be_slow_is_shown_plain_in_time(language: str, piece: str) -> None:
    block = f"```{language}\n{(piece * 6000)[:5900]}\n```\n"
    start = thread_time()
    render(block * 2, handles={})
    assert thread_time() - start < 1


def test_the_first_code_of_a_process_has_its_colours_however_long_the_lexer_takes_to_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([1.0, *[1.1] * 1000])
    monkeypatch.setattr("rooms.markdown.code.thread_time", lambda: next(clock))
    _lexer.cache_clear()
    assert '<span class="k">' in render("```rust\nfn main() {}\n```", handles={})


def test_the_time_for_colours_is_shared_by_all_blocks_of_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([1.0, *[1.1] * 2, *[2.0] * 1000])
    monkeypatch.setattr("rooms.markdown.code.thread_time", lambda: next(clock))
    html = render("```py\npass\n```\n```py\nreturn\n```", handles={})
    assert '<span class="k">pass</span>' in html
    assert "<pre><code>return\n</code></pre>" in html


def test_a_table_of_thousands_of_cells_is_shown_as_text() -> None:
    columns = 1_000
    text = "|a" * columns + "\n" + "|-" * columns + "\n" + "|\n" * 5_000
    html = render(text, handles={})
    assert "<table" not in html
    assert len(html) < 4 * len(text)
    assert "<table" in render("|a|b|\n|-|-|\n|1|2|", handles={})


@given(st.text(alphabet=st.sampled_from("aw.r/?#=-_ ()<>[]1é日 \n")))
@example("example.org/a www.example.org access.py")
@example("ftp.example.org/x?y=1#z")
def test_what_is_passed_over_without_a_look_has_no_address(text: str) -> None:
    known = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": True})
    if not Links().pretest(text):
        assert known.match(text) is None


@pytest.mark.parametrize("text", ["https://a.example", "see http://a.example/b.", "//a.example/x", "ada@example.org"])
def test_what_has_an_address_is_looked_at(text: str) -> None:
    assert Links().pretest(text)
    assert "<a " in render(text, handles={})

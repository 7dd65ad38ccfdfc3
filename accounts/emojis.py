"""One emoji, in the one spelling in which it is kept."""

import emoji

#: Asks for a sign's picture. Programs leave it out or add it as they like, and people see no difference.
SELECTOR = "\ufe0f"

_AS_KEPT = {
    spelling.replace(SELECTOR, ""): spelling
    for spelling, known in emoji.EMOJI_DATA.items()
    # A part, such as a tone of skin, stands here in its only spelling.
    if known["status"] in {emoji.STATUS["fully_qualified"], emoji.STATUS["component"]}
}


def one_emoji(text: str) -> str | None:
    """The emoji as Unicode wants it exchanged (UTS #51, fully qualified); None: the text is not one emoji."""
    return _AS_KEPT.get(text.replace(SELECTOR, ""))

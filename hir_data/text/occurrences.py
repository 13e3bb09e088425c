"""Addresses and emojis in a text, as a reader counts them."""

import regex

# An address goes to the next space, or to a sign that cannot stand in one; "a.cn，b.cn" are two, and so are
# those that only a comma divides. One inside of another one belongs to it.
URL = regex.compile(
    r"""
    (?: (?<![A-Z]) (?:https?|ftp):// (?: [^\s/?\#@<>"]{1,200}@ )? | (?<![A-Z0-9@./-]) www\. )
    (?: \[[0-9a-f:.]+\] | [\p{L}\p{N}_] [\p{L}\p{N}_.-]*+ )
    (?: (?! [,;|]+ (?: (?:https?|ftp):// | www\. ) ) [^\s<>"`{}\\^|。，、；：！？（）《》「」『』“”‘’…] )*+
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_MARKDOWN_LINK = regex.compile(r"\[(?P<text>[^\[\]\n]{0,2000}+)\]\((?P<target>[^()\s]{1,2000}+)")


def urls(text: str) -> list[str]:
    """The addresses of the web: those with ``http``, ``https`` or ``ftp``, and those in ``www``.

    A link in Markdown whose text is an address, too, is one.
    """
    if "://" not in text and "www." not in text.lower():
        return []
    return URL.findall(_MARKDOWN_LINK.sub(_target, text))


def _target(link: regex.Match[str]) -> str:
    """A link without an address in its text, where its target is one."""
    both = URL.search(link["text"]) and URL.match(link["target"])
    return f"({link['target']}" if both else link[0]


# What is drawn as an emoji: signs that are by themselves, or with the variation selector behind them. Of the
# others only the symbols and dingbats that readers take for emojis, not ©, ™, arrows and squares.
EMOJI = regex.compile(
    r"""
    \p{Regional_Indicator}{2}
    | [0-9\#*]\uFE0F?\u20E3
    | (?! \p{Regional_Indicator} )
      (?: \p{Emoji_Presentation} | [\p{Emoji}&&[\u2600-\u27BF\U0001F000-\U0001FAFF]](?!\uFE0E)
        | [\p{Emoji}--[0-9\#*]]\uFE0F )
      (?: \p{Emoji_Modifier} | \uFE0F )? [\U000E0020-\U000E007F]*
      (?: \u200D \p{Extended_Pictographic} (?: \p{Emoji_Modifier} | \uFE0F )? )*
    """,
    regex.VERBOSE | regex.VERSION1,
)


def emojis(text: str) -> list[str]:
    """The emojis: a family, a flag, a waving hand with a skin tone are one each."""
    return [] if text.isascii() else EMOJI.findall(text)

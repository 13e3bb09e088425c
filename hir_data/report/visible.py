"""Texts from data that may say nothing to a terminal: its control characters are seen, and do nothing."""

import re

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURES = "\u2400"  # where Unicode's pictures of the control characters begin
_DELETE = "\u2421"
_UNKNOWN = "\ufffd"


def visible(text: str) -> str:
    r"""A text with a picture in place of each control character, so that places in it stay where they are.

    Line breaks and tabs stay. What has no picture, such as a mark that turns the direction of what follows,
    becomes the replacement character.

    >>> visible("\x1b[31m red")
    '␛[31m red'
    """
    return _HIDDEN.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(ord(_PICTURES) + code)
    return _DELETE if code == 0x7F else _UNKNOWN

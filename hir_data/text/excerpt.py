"""Parts of a text to quote, which begin and end between two words."""

_LONGEST_WORD = 40
"""Characters; longer ones, as in a script without spaces, are cut."""


def excerpt(text: str, most: int) -> str:
    """The beginning of a text, with an ellipsis where it goes on.

    >>> excerpt("a short answer", 10)
    'a short …'

    Args:
        text: the text.
        most: how many characters; a word that alone is longer is cut.
    """
    if len(text) <= most:
        return text
    end = next((at for at in range(most, 0, -1) if text[at].isspace()), most)
    return f"{text[:end].rstrip()} …"


def first_words(text: str, least: int) -> str:
    """The beginning of a text, to the end of the word that the last of so many characters is in.

    >>> first_words("a short answer", 4)
    'a short'
    """
    end = min(least, len(text))
    rest = next((at for at in range(end, len(text)) if text[at].isspace()), len(text)) if end else 0
    return text[: rest if end and not text[end - 1].isspace() and rest - end <= _LONGEST_WORD else end]


def last_words(text: str, least: int) -> str:
    """The end of a text, from the beginning of the word that the first of so many characters is in.

    >>> last_words("a short answer", 8)
    'short answer'
    """
    return first_words(text[::-1], least)[::-1]

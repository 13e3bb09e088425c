"""Unicode's normal forms, in time that grows with the text."""

import itertools
import unicodedata
from typing import Literal

import regex

Form = Literal["NFC", "NFD", "NFKD"]

_MANY_MARKS = regex.compile(r"\p{M}{64}")


def normalized(text: str, form: Form) -> str:
    """A text in a normal form, such as NFC, in which "é" is one character however it was written.

    The same as :func:`unicodedata.normalize`, which puts the marks of a letter in order one by one: where
    there are thousands of them, that takes the square of their number. Here they come to it in order.
    """
    if text.isascii():
        return text
    if _MANY_MARKS.search(text):
        apart: Form = "NFKD" if form == "NFKD" else "NFD"
        text = _ordered("".join(unicodedata.normalize(apart, sign) for sign in text))
    return unicodedata.normalize(form, text)


def _ordered(decomposed: str) -> str:
    """A decomposed text with the marks of each letter by their class; those of one class stay as they are."""
    runs = itertools.groupby(decomposed, key=lambda sign: unicodedata.combining(sign) == 0)
    return "".join("".join(run if bare else sorted(run, key=unicodedata.combining)) for bare, run in runs)

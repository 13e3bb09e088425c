"""Whether a text is a shell: markup, numbers, labels or placeholders where sentences should stand."""

import re
import string

from hir_data.text.quality.prose import WORD, lines_of, plain

_SHELL_SHARE = 0.08  # of what is not white space, that letters have to be
_LABEL = re.compile(
    r"(?:[#>*\-+\d.)(\s_=~|]|\[[^\]]{0,40}\]|<<[^>]{0,40}>>|section|paragraph|part|title|"
    r"p\.?\s?p?\.?\s?s\.?|[ivx]+\b)*+"
    r"[:\s*_#]*",
    re.IGNORECASE,
)
_BOLD = re.compile(
    r"(?:[-*+•]|\d+[.)])?\s*(?:\*\*[^*\n]{1,40}\*\*|#{1,6} [^\n.]{1,40}|[\w' -]{1,40}:)[:\s]*|[-*+•] \w+"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = bytes(byte for byte in range(256) if chr(byte) not in string.ascii_letters)
_MARKS = re.compile(r"[\s!-/:-@\[-`{-~…—–]+")
_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,40}\]|\{[^}\n]{1,40}\}")


def shell(text: str) -> str | None:
    """Why a text says nothing; None where it says something. One word or one number says something."""
    stripped = text.strip()
    if not stripped:
        return "is empty"
    if _MARKS.fullmatch(stripped):
        return "is marks alone"
    letters = _enough_letters(stripped)
    if "```" in stripped or not letters:
        return None
    if letters < _SHELL_SHARE * len(stripped) and letters < _SHELL_SHARE * len("".join(stripped.split())):
        return "has hardly a letter"
    lines = lines_of(text)
    if len(lines) >= 2 and all(map(_LABEL.fullmatch, lines)):
        return "is labels without anything behind them"
    placeholders = len(_PLACEHOLDER.findall(stripped)) if "[" in stripped or "{" in stripped else 0
    if placeholders >= 2 and len(WORD.findall(_PLACEHOLDER.sub(" ", plain(stripped)))) < 2 * placeholders:
        return "is placeholders"
    return _unwritten(stripped)


_PART = (
    r"(?:paragraphs?|introduction|conclusion|body|summary|content|text|section|descriptions?|history|story|details|"
    r"explanation|discussion|sentences?|verses?|chorus|stanzas?|analysis|overview|information|plot|article|essay|poem|"
    r"answer|points?|arguments?|examples?|steps|ingredients|lyrics|review)"
)
_UNWRITTEN = re.compile(
    r"\[(?:please )?(?:(?:insert|add|write|describe|include|provide|fill in|place|put|give|summari[sz]e|"
    r"explain|continue|discuss)\b"
    rf"(?:[^\]\n]{{0,120}}?\b{_PART}\b)[^\]\n]{{0,80}}|(?:the )?(?:[\w-]+ ){{0,4}}?{_PART} (?:goes |"
    rf"comes )?(?:here|below))\s*[.…:]*\]",
    re.IGNORECASE,
)
_UNWRITTEN_SENTENCES = 2
_AROUND = " \t*_#>-•.:"


def _unwritten(text: str) -> str | None:
    """Whether what a text is to say is left to the reader: "[Insert a short history here]".

    That is so of two passages, and of one that stands for a paragraph.
    """
    if "[" not in text:
        return None
    found = [match for match in _UNWRITTEN.finditer(text) if not text.startswith("(", match.end())]
    is_paragraph = any(
        line.strip(_AROUND) in {each.group().strip(_AROUND) for each in found}
        for line in (text.splitlines() if found else ())
        if line.strip(_AROUND)
    )
    is_left = is_paragraph or len(found) >= _UNWRITTEN_SENTENCES
    return f"leaves to be written: {found[0].group()!r}" if is_left else None


def _enough_letters(text: str) -> int:
    """How many letters a text has, or how many of ASCII its beginning where these are enough."""
    start = text[: len(text) // 8].encode(errors="surrogatepass")
    found = len(start.translate(None, _NO_LETTERS))
    return found if found >= _SHELL_SHARE * len(text) else sum(map(len, _LETTERS.findall(text)))


def headings_only(text: str) -> str | None:
    """Whether a text is bold labels and headings without a sentence; where a list is wanted it may be."""
    lines = lines_of(text)
    if (
        len(lines) >= 2
        and all(map(_BOLD.fullmatch, lines))
        and any("**" in line or "#" in line for line in lines)
    ):
        return "is headings without a sentence"
    return None

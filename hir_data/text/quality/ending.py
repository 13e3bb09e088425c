"""Whether a text is finished: what it opens it closes, and nothing hangs at its end."""

import re

from hir_data.text.excerpt import last_words
from hir_data.text.linear import LINE_START
from hir_data.text.quality.prose import SENTENCE_END, lines_of, plain, words_of

_LONG_ENOUGH = 25  # words, below which a text without an end may be meant so
_DANGLING = re.compile(
    r"(?:(?<=[\s\w'])(?:,|\s-|–)|(?<![\w'’-])(?:a|an|the|of|and|or|to|with|for|from|by|in|on|at|as|is|"
    r"are|was|"
    r"were|that|which|your|our|their|its|his|her|my|into|than|because|if|but|will|would|can|such))\Z"
)
_ITEM = re.compile(r"\s*(?:[-*+•#>|]|\d+[.)]|\[|\*\*|[A-Za-z][\w ]{0,30}:)")
_LONG_LINE = 12  # words
_POSTSCRIPT = re.compile(r"\bP\.?\s?P?\.?\s?S\b")


def open_end(text: str) -> str | None:
    """The last words of a text that stops in the middle of a sentence; None where it does not."""
    stripped = text.strip()
    if len(words_of(text)) < _LONG_ENOUGH:
        return None
    if ending := _open_ending(stripped):
        return ending
    match = _DANGLING.search(stripped[-40:])
    return match.group().strip() if match else None


_ANNOUNCING = re.compile(
    r"\b(?:this|the following|the present|my|our|in this|in the following) "
    r"(?:essay|article|paper|post|blog|report|piece|section|speech|chapter)s?,? (?:i |we )?(?:will|shall|"
    r"is going to|aims? to|seeks? to) "
    r"(?:\w+ )?(?:explore|discuss|examine|describe|explain|look|cover|present|show|analy[sz]e|consider|delve|"
    r"highlight|outline|provide|argue|answer)\b"
)


def announcement(text: str) -> str | None:
    """The words by which a text ends with what is to come, "This essay will explore ..."; or None."""
    last = re.split(r"(?<=[.!?])\s+", text.strip()[-_LONGEST_LAST:])[-1]
    found = _ANNOUNCING.search(plain(last))
    return found.group() if found and len(words_of(text)) >= _LONG_ENOUGH else None


_LONGEST_LAST = 400  # characters


def _open_ending(text: str) -> str | None:
    """The last words of a line of prose that has no end, in a text whose sentences have theirs."""
    last = text.rsplit("\n", 1)[-1]
    if len(last.split()) < _LONG_LINE or _ITEM.match(last) or not text[-1].isalnum():
        return None
    if not re.search(r"[.!?:…。！？।]", last) and "\n" in text:
        return None  # a line without any end may be a line of a song
    if len(re.findall(r"[.!?:…。！？।]", text)) < 2 or not text[-1].isascii():
        return None
    ending = " ".join(last.split()[-3:])
    return None if "#" in ending or _POSTSCRIPT.search(ending) else ending


# ---------------------------------------------------------------------------------------------------------
# What is opened and never closed

_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(```|~~~)", re.MULTILINE)
_TAGS = re.compile(
    r"<(/?)(think|thinking|reasoning|answer|html|body|head|table|ul|ol|div|pre|script|style|svg|xml)\b[^<>]*?(/?)>",
    re.IGNORECASE,
)
_OPENERS = {"{": "}", "[": "]"}
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_QUOTED_TAIL = 25  # words behind a mark that opens a quotation, from which its end is missing


def unclosed(text: str) -> str | None:
    """What a text opens and never closes: a code fence, a tag, a structure in brackets, a quotation."""
    return unclosed_fence(text) or unclosed_tag(text) or unclosed_bracket(text) or unclosed_quotation(text)


def unclosed_fence(text: str) -> str | None:
    """Whether a code fence is open at the end."""
    fences = list(_FENCE.finditer(text)) if "```" in text or "~~~" in text else []
    if len(fences) % 2 and "\n" in text[fences[-1].end() :].strip():
        return "a code fence is not closed"
    return None


def unclosed_tag(text: str, allowed: str = "") -> str | None:
    """Whether a tag of a document, or of a section of thinking, is open at the end.

    Args:
        text: what may have tags.
        allowed: a text whose opening tags need no end, such as a prompt that asks for them.
    """
    depth: dict[str, int] = {}
    for closing, name, alone in _TAGS.findall(text):
        if not alone:
            depth[name.lower()] = depth.get(name.lower(), 0) + (-1 if closing else 1)
    for name, level in depth.items():
        if level > 0 and f"<{name}>" not in allowed:
            return f"<{name}> is not closed"
    return None


def unclosed_bracket(text: str) -> str | None:
    """Whether data in braces or square brackets, which the text is from its start, is not all there."""
    bare = _STRING.sub("", data_of(text) or "")
    for opener, closer in _OPENERS.items():
        if bare.count(opener) > bare.count(closer):
            return f"{opener} is not closed"
    return None


def data_of(text: str) -> str | None:
    """The data in braces or brackets that a text is, in a code fence or not; None where it is none."""
    stripped = text.strip()
    match = re.match(r"(?:```|~~~)\w*\s*\n(.*?)(?:\n(?:```|~~~)\s*)?\Z", stripped, re.DOTALL)
    body = match[1].strip() if match else stripped
    is_data = len(body) > 1 and body[0] in _OPENERS and re.match(r'[\[{]\s*(?:["\'{\[]|-?\d)', body)
    return body if is_data else None


def unclosed_quotation(text: str) -> str | None:
    """Whether a text stops, or goes on for long, inside of a quotation that it opened."""
    stripped = text.strip()
    if "```" in stripped or data_of(stripped):
        return None
    if "“" in stripped and stripped.rfind("“") > stripped.rfind("”"):
        start = stripped.rfind("“")
    else:
        marks = [
            m.start()
            for m in re.finditer(r'"', stripped)
            if not stripped[m.start() - 1 : m.start()].isdigit()
        ]
        if len(marks) % 2 == 0:
            return None
        start = marks[-1]
        if start and (stripped[start - 1].isalnum() or stripped[start - 1] in ".,!?"):
            return None  # it closes something
        if start + 1 < len(stripped) and stripped[start + 1].isspace():
            return None
    behind = stripped[start + 1 :]
    if len(behind.split()) < (_QUOTED_TAIL if start else 3) or '"' in behind or ("\n\n" in behind and start):
        return None
    return f"a quotation is not closed: {' '.join(behind.split()[:3])!r}"


# ---------------------------------------------------------------------------------------------------------
# What is left at the end

_EMPTY_ITEM = re.compile(r"(?:[-+•]|#{1,6}|\d{1,3}[.)])[\s*_]*")
_BARE_LABEL = re.compile(r"[*_#\s]*[A-Z][\w'’ -]{2,40}:[*_\s]*")
_BARE_POSTSCRIPT = re.compile(
    r"[*_]*(?:P\.?\s?){1,2}S[.:]?[*_]*(?:\s+(?:P\.?\s?){1,2}S[.:]?[*_]*)*", re.IGNORECASE
)
_LONE_WORD = re.compile(r"[*_]*([A-Za-z]{3,20})\.[*_]*")
_CLOSINGS = frozenset(
    "thanks enjoy yours sincerely regards best cheers love amen fin end goodbye bye farewell yes no "
    "done peace "
    "hope always forever namaste blessings respectfully cordially kindly warmly period stop over out namely "
    "true false none finished".split()
)


_SAMPLE = re.compile(
    r"\bthis is (?:a|an|another|the \w+) (?:bullet point|highlighted (?:section|text|phrase)|placeholder)\b"
    rf"|{LINE_START}(?:text for bullet|highlighted section part) \d",
    re.IGNORECASE,
)
_OF_SAMPLES = ("bullet", "highlighted", "placeholder")
"""One of these any sample has, in lower case."""


_END = 120  # characters
_OPEN_END = re.compile(r"[^\W\d_]\w*[\"'”’)*_]*:[\s*_]*\Z")
"""A colon behind a word, and nothing that it announces."""


def leftover(text: str) -> str | None:
    """What a text has that says nothing; None where there is nothing.

    Words of a sample of the format; and at its end a bare postscript, a label or an item with nothing behind
    it, or a paragraph of one word that has nothing to do with the text.
    """
    if any(map(plain(text).__contains__, _OF_SAMPLES)) and (sample := _SAMPLE.search(text)):
        return f"says {sample.group().strip()!r}"
    lines = lines_of(text)
    if lines and _OPEN_END.search(lines[-1][-_END:]):
        return f"ends with {last_words(lines[-1], 40)!r}"
    if len(lines) < 2:
        return None
    last, before = lines[-1], lines[-2]
    if _BARE_POSTSCRIPT.fullmatch(last):
        return f"ends with a bare {last!r}"
    if len(words_of(text)) < _LONG_ENOUGH:
        return None
    if _EMPTY_ITEM.fullmatch(last):
        return f"ends with the empty item {last!r}"
    if _BARE_LABEL.fullmatch(last) and len(lines) > 2:
        return f"ends with the label {last!r}"
    if (match := _LONE_WORD.fullmatch(last)) and SENTENCE_END.search(before[-3:]):
        word = match[1].lower()
        if word not in _CLOSINGS and words_of(text).count(word) == 1 and len(before.split()) >= _LONG_LINE:
            return f"ends with the lone word {last!r}"
    return None

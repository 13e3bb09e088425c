"""Guards that look at the form of a response: its end, its marks, its repetitions."""

import json
import re
import zlib
from collections import Counter

from hir_data.replays.fitness.attempt import REPEATING, WORD, GuardedResponse, plain
from hir_data.schemas.claims import WholeFormat

_CUT_OFF = re.compile(
    r"length|max_?(?:new_?|output_?)?tokens|token_limit|model_length|truncated|model_context_window_exceeded",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:(?<=[\s\w'])(?:,|\s-|–)|(?<![\w'’-])(?:a|an|the|of|and|or|to|with|for|from|by|in|on|at|as|is|are|was|"
    r"were|that|which|your|our|their|its|his|her|my|into|than|because|if|but|will|would|can|such))\Z"
)
_LONG_ENOUGH = 25  # words, below which a text without an end may be meant so


def cut_off(attempt: GuardedResponse) -> str | None:
    """Generation ended at a limit, or the last sentence has no end."""
    for reason in attempt.finish_reasons:
        if _CUT_OFF.fullmatch(reason):
            return f"finish reason {reason!r}"
    if len(attempt.words) < _LONG_ENOUGH:
        return None
    ending = _open_ending(attempt.text.stripped)
    if ending and ending.lower() not in attempt.asked:
        return f"ends with {ending!r}"
    end = attempt.text.stripped[-40:]
    if (found := _DANGLING.search(end)) and end[-12:].lower() not in attempt.asked:
        return f"ends with {found.group().strip()!r}"
    return None


_ITEM = re.compile(r"\s*(?:[-*+•#>|]|\d+[.)]|\[|\*\*|[A-Za-z][\w ]{0,30}:)")
_SENTENCE_END = re.compile(r"[.!?:…。！？।]")
_LONG_LINE = 12  # words


def _open_ending(text: str) -> str | None:
    """The last words of a line of prose that has no end, in a text whose sentences have theirs."""
    last = text.rsplit("\n", 1)[-1]
    if len(last.split()) < _LONG_LINE or _ITEM.match(last) or not text[-1].isalnum():
        return None
    if len(_SENTENCE_END.findall(last)) == 0 and "\n" in text:
        return None  # a line without any end may be a line of a song
    if len(_SENTENCE_END.findall(text)) < 2 or not text[-1].isascii():
        return None
    ending = " ".join(last.split()[-3:])
    return None if "#" in ending or _POSTSCRIPT.search(ending) else ending


_POSTSCRIPT = re.compile(r"\bP\.?\s?P?\.?\s?S\b")


_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(```|~~~)", re.MULTILINE)
_TAGS = re.compile(
    r"<(/?)(think|thinking|reasoning|answer|html|body|head|table|ul|ol|div|pre|script|style|svg|xml)\b[^<>]*?(/?)>",
    re.IGNORECASE,
)
_OPENERS = {"{": "}", "[": "]"}
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def unclosed(attempt: GuardedResponse) -> str | None:
    """A code fence, a tag or a structure in brackets is opened and never closed."""
    raw = attempt.text.raw
    fences = list(_FENCE.finditer(raw))
    if len(fences) % 2 and "\n" in raw[fences[-1].end() :].strip():
        return "a code fence is not closed"
    depth: dict[str, int] = {}
    for closing, name, alone in _TAGS.findall(raw):
        if not alone:
            depth[name.lower()] = depth.get(name.lower(), 0) + (-1 if closing else 1)
    for name, level in depth.items():
        if level > 0 and f"<{name}>" not in attempt.asked:
            return f"<{name}> is not closed"
    body = _inside_fence(attempt.text.stripped)
    if body[:1] in _OPENERS and len(body) > 1 and _looks_like_data(body):
        bare = _STRING.sub("", body)
        for opener, closer in _OPENERS.items():
            if bare.count(opener) > bare.count(closer):
                return f"{opener} is not closed"
        if _is_json_wanted(attempt) and not _is_json(body):
            return "is broken JSON"
    return None


def _inside_fence(text: str) -> str:
    found = re.match(r"(?:```|~~~)\w*\s*\n(.*?)(?:\n(?:```|~~~)\s*)?\Z", text, re.DOTALL)
    return found.group(1).strip() if found else text


def _looks_like_data(body: str) -> bool:
    return bool(re.match(r'[\[{]\s*(?:["\'{\[]|-?\d)', body))


def _is_json_wanted(attempt: GuardedResponse) -> bool:
    return "json" in attempt.asked or any(
        isinstance(claim, WholeFormat) and claim.form == "json"
        for each in attempt.instruction.constraints
        for claim in each.claims()
    )


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


_ENOUGH_TO_REPEAT = 12  # words
_DISTINCT = 0.35  # share of distinct runs of three words, below which nobody writes
_COMPRESSED = 0.22  # of its bytes, below which nobody writes
_IN_A_ROW = {1: 8, 2: 5, 3: 5, 4: 4}
"""How often a run of so many words has to follow itself."""


def repetitive(attempt: GuardedResponse) -> str | None:
    """The same words come again and again."""
    words = attempt.words
    if len(words) < _ENOUGH_TO_REPEAT or any(word in attempt.asked for word in REPEATING):
        return None
    if _is_babble(words):
        return "has hardly any different words"
    if found := _same_in_a_row(words):
        return f"{found!r} again and again"
    runs = list(zip(words, words[1:], words[2:], strict=False))
    distinct = len(set(runs)) / len(runs)
    if distinct < _DISTINCT:
        return f"{distinct:.0%} of its runs of three words are distinct"
    raw = " ".join(words).encode(errors="surrogatepass")
    if len(raw) >= 600 and raw.isascii():
        ratio = len(zlib.compress(raw, 6)) / len(raw)
        # Longer texts compress better.
        if ratio < _COMPRESSED - 0.02 * min(4, len(raw) // 4000):
            return f"compresses to {ratio:.0%}"
    lines = [line for line in map(str.strip, attempt.text.raw.splitlines()) if len(line.split()) > 3]
    if len(lines) >= 4:
        most = max(Counter(lines).values())
        if most >= 3 and most / len(lines) > 0.5:
            return f"the same line {most} times"
    return None


def _same_in_a_row(words: list[str]) -> str | None:
    """A run of up to four words that follows itself too often; letters and numbers alone are none."""
    words = [word for word in words if len(word) > 1 and word[0].isalpha()]
    for size, often in _IN_A_ROW.items():
        repeated = 0
        for i in range(size, len(words)):
            repeated = repeated + 1 if words[i] == words[i - size] else 0
            if repeated >= size * (often - 1):
                return " ".join(words[i - size + 1 : i + 1])
    return None


_FEW = 3  # words of prose
_SHELL_SHARE = 0.08  # of what is not white space, that letters have to be


def empty_shell(attempt: GuardedResponse) -> str | None:
    """Markup, numbers or labels stand where sentences should."""
    raw = attempt.text.stripped
    if not raw:
        return "is empty"
    letters = sum(map(str.isalpha, raw))
    if not letters:
        return None if attempt.is_short_wanted or _SUMS.search(attempt.asked) else "has no letter"
    if attempt.is_short_wanted or "```" in raw:
        return None
    if letters / len("".join(raw.split())) < _SHELL_SHARE:
        return "has hardly a letter"
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    labels = [line for line in lines if _LABEL.fullmatch(line)]
    if len(lines) >= 2 and len(labels) == len(lines):
        return "is labels without anything behind them"
    placeholders = _PLACEHOLDER.findall(raw)
    rest = WORD.findall(_PLACEHOLDER.sub(" ", plain(raw)))
    if len(placeholders) >= 2 and len(rest) < 2 * len(placeholders):
        return "is placeholders"
    return None


def _is_babble(words: list[str]) -> bool:
    """Whether a text of some length has hardly any different words."""
    return 8 <= len(words) <= 300 and len(set(words)) <= max(2, len(words) // 12)


_LABEL = re.compile(
    r"(?:[#>*\-+\d.)(\s_=~|]|\[[^\]]{0,40}\]|<<[^>]{0,40}>>|section|paragraph|part|title|p\.?\s?p?\.?\s?s\.?|[ivx]+\b)*"
    r"[:\s*_#]*",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,40}\]|\{[^}\n]{1,40}\}")
_SUMS = re.compile(
    r"\d\s*[-+*/x×=]|how (?:many|much|old|long|far)|number|calculat|solve|year|date|time|percent|score|digit"
)

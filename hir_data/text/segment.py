"""Pure splitters behind the views of :class:`~hir_data.text.text.Text`.

"Word" and "sentence" mean something else in every benchmark; each meaning is one function here, and its
docstring says whose it is.
"""

import functools
import itertools
import re
import string
from collections.abc import Iterator
from typing import NamedTuple

import regex

# ---------------------------------------------------------------------------------------------------------
# IFEval

_WORD = re.compile(r"\w+")
_SPACES = re.sub(rb"\W", b" ", bytes(range(256)))  # a space for what is in no ASCII word


def ifeval_words(text: str) -> list[str]:
    """Runs of word characters, as IFEval counts them: "don't" is two, "3.5" is two.

    By the standard library's ``re``, as NLTK 3.9 has it, for which combining marks are no word characters:
    recent NLTK versions run the same pattern on another engine, with other answers for some scripts.
    """
    if text.isascii():  # the same, in a third of the time
        return text.encode().translate(_SPACES).decode().split()
    return _WORD.findall(text)


_PUNKT_MARK = re.compile(r"[.?!](?=(?P<after>[?!)\";}\]*:@'({\[]|\s+(?P<next>\S+)))")
_PUNKT_PLAIN = re.compile(
    r"([^\W\d_]{2,})[.?!]\s++(?!\.)"
)  # full stops with spaces between them are an ellipsis
_PUNKT_CLOSING = re.compile(r"[\"')\]}]+?(?:\s+|(?=--)|$)", re.MULTILINE)


class Break(NamedTuple):
    """Where Punkt ends a sentence: behind a mark, and where what follows begins."""

    end: int
    following: int


def punkt_sentences(text: str) -> list[str]:
    """Sentences by NLTK's English Punkt model, as IFEval and IFBench split them.

    Line breaks mean nothing to it: a list without full stops is one sentence.
    """
    return sentences_between(text, punkt_breaks(text))


def sentences_between(text: str, breaks: list[Break]) -> list[str]:
    """The sentences between breaks; quotes and brackets that close one are taken from the next."""
    start, sentences = 0, []
    ends = [*(each.end for each in breaks), len(text.rstrip())]
    for number, end in enumerate(ends):
        following = breaks[number].following if number < len(breaks) else end
        if number < len(breaks) and (
            closing := _PUNKT_CLOSING.match(text, following, ends[number + 1])
        ):  # belongs to the sentence before it
            end, following = following + len(closing[0].rstrip()), closing.end()
        sentences.append(text[start:end])
        start = following
    return [sentence for sentence in sentences if sentence]


def punkt_breaks(text: str) -> list[Break]:
    """Where Punkt ends sentences in a text; quotes and brackets that close one still stand in the next."""
    spaced = text
    for space in PUNKT_SPACES[1:]:
        spaced = spaced.replace(space, " ")
    marks: list[tuple[int, re.Match[str]]] = []  # each mark, and where the word in front of it starts
    word = last = 0
    for mark in _PUNKT_MARK.finditer(text):
        space_before = spaced.rfind(" ", last, mark.start())
        if space_before > last:
            word = space_before + 1
        elif word < last:  # of several marks behind one word the last one counts
            marks.pop()
        marks.append((word, mark))
        last = mark.start()
    return [
        Break(mark.end(), max(mark.end(), mark.start("next")))
        for word, mark in marks
        if _punkt_ends(text[word : mark.end("after")])
    ]


PUNKT_SPACES = " \n\t\r\v\f"
"""What parts words from each other for Punkt."""


def breaks_within(breaks: list[Break], whole: str, start: int, end: int) -> list[Break]:
    """What :func:`punkt_breaks` gives for a part of a text, from what it gives for the whole of it.

    A mark is decided by the word that it stands in and by the one behind it, so that all are as they were but
    those in the last word of the part, which has none behind it.

    Args:
        breaks: those of the whole.
        whole: the text.
        start: where the part begins, with none of :data:`PUNKT_SPACES`: with the text, or behind one of these
            that is not the first sign of the text. What begins with a space has it in its first word.
        end: where it ends: with the text, or in front of white space.
    """
    part = whole[start:end]
    body = part.rstrip()
    word = 1 + max(body.rfind(space) for space in PUNKT_SPACES)  # the last one
    before = [
        Break(each.end - start, each.following - start) for each in breaks if start < each.end <= start + word
    ]
    return before + [Break(each.end + word, each.following + word) for each in punkt_breaks(part[word:])]


# The readings of a response have most of these in common.
@functools.lru_cache(maxsize=1 << 10)
def _punkt_ends(context: str) -> bool:
    """Whether a sentence ends at a mark: given are the word in front of it, the mark, and what follows."""
    punkt = _punkt()
    # No rule speaks against a plain word that is neither an abbreviation nor in a collocation.
    plain = _PUNKT_PLAIN.match(context)
    if plain and plain[1].lower() not in punkt.doubtful:
        return True
    return punkt.has_end(context)


class _Punkt:
    """The decisions of Punkt with NLTK's English model, ``punkt_tab``, and what ends a word in NLTK 3.9.

    NLTK 3.10 takes typographic quotes for closing brackets and matches with another engine. Here the same
    text has the same sentences whatever NLTK is installed, and none is imported, which takes 0.2 s.
    """

    def __init__(self) -> None:
        import punkt
        from punkt.annotate import annotate_tokens
        from punkt.rules import LanguageVars, PunktToken, PunktWordTokenizer

        learned = punkt.load_model("english")
        self._parameters = punkt.PunktParameters(
            abbrev_types=learned.abbrev_types,
            collocations=learned.collocations,
            sent_starters=learned.sent_starters,
            ortho_context=learned.ortho_context,
        )  # without the abbreviations before numbers, which NLTK does not know
        self._words = PunktWordTokenizer(LanguageVars(non_word_chars=")\";}]*:@'({["))
        self._token, self._annotated = PunktToken, annotate_tokens
        self.doubtful: set[str] = learned.abbrev_types | {first for first, _ in learned.collocations}

    def has_end(self, context: str) -> bool:
        """Whether a sentence ends in some words, before the last of them."""
        words = itertools.chain.from_iterable(map(self._words.tokenize, context.split("\n")))
        tokens = self._annotated(map(self._token, words), self._parameters)
        return any(token.sentbreak for token, _ in itertools.pairwise(tokens))


_punkt = functools.cache(_Punkt)


# The Penn Treebank conventions (Robert MacIntyre's tokenizer.sed) as NLTK's word_tokenize (Apache-2.0) had
# them up to version 3.9, in its order: order and patterns decide verdicts. Later versions also split dashes
# off and treat apostrophes otherwise. Each rule begins with the signs without which it has nothing to do.
_PENN_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (signs, re.compile(pattern), replacement)
    for signs, pattern, replacement in (
        ("«“‘„`", r"([«“‘„]|`+)", r" \1 "),
        ('"', r'^"', "``"),
        ('`"', r"(``)", r" \1 "),
        ("\"'", r"([ (\[{<])(\"|'{2})", r"\1 `` "),
        ("'", r"(?i)(')(?!re|ve|ll|m|t|s|d|n)(\w)\b", r"\1 \2"),
        (".", r"([^.])(\.)([\])}>\"'»”’ ]*)\s*$", r"\1 \2 \3 "),
        (":,", r"([:,])([^\d])", r" \1 \2"),
        (":,", r"([:,])$", r" \1 "),
        (".", r"\.{2,}", r" \g<0> "),
        (";@#$%&", r"[;@#$%&]", r" \g<0> "),
        (".", r"([^.])(\.)([\])}>\"']*)\s*$", r"\1 \2\3 "),
        ("?!", r"[?!]", r" \g<0> "),
        ("'", r"([^'])' ", r"\1 ' "),
        ("*", r"\*", r" \g<0> "),
        ("[](){}<>", r"[\]\[(){}<>]", r" \g<0> "),
        ("-", r"--", " -- "),
    )
)
_CONTRACTIONS = ("cannot", "d'ye", "gimme", "gonna", "gotta", "lemme", "more'n", "wanna", " 'tis", " 'twas")
_PENN_ENDINGS: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (signs, re.compile(pattern), replacement)
    for signs, pattern, replacement in (
        ("»”’", r"([»”’])", r" \1 "),
        ("'", r"''", " '' "),
        ('"', r'"', " '' "),
        (" ", r"\s+", " "),
        ("'", r"([^' ])('[sS]|'[mM]|'[dD]|') ", r"\1 \2 "),
        ("'", r"([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", r"\1 \2 "),
    )
)
_PENN_CONTRACTIONS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i)\b(can)(not)\b",
        r"(?i)\b(d)('ye)\b",
        r"(?i)\b(gim)(me)\b",
        r"(?i)\b(gon)(na)\b",
        r"(?i)\b(got)(ta)\b",
        r"(?i)\b(lem)(me)\b",
        r"(?i)\b(more)('n)\b",
        r"(?i)\b(wan)(na)(?=\s)",
        r"(?i) ('t)(is)\b",
        r"(?i) ('t)(was)\b",
    )
)


def penn_tokens(sentence: str) -> list[str]:
    """The Penn Treebank tokens of one sentence: punctuation apart, "don't" as "do" and "n't"."""
    present = {" ", *sentence}
    for signs, pattern, replacement in _PENN_RULES:
        if not present.isdisjoint(signs):
            sentence = pattern.sub(replacement, sentence)
    sentence = f" {sentence} "
    for signs, pattern, replacement in _PENN_ENDINGS:
        if not present.isdisjoint(signs):
            sentence = pattern.sub(replacement, sentence)
    lower = sentence.lower()
    if not lower.isascii() or any(word in lower for word in _CONTRACTIONS):
        for pattern in _PENN_CONTRACTIONS:
            sentence = pattern.sub(r" \1 \2 ", sentence)
    return sentence.split()


# ---------------------------------------------------------------------------------------------------------
# IFBench and IFTrain

_PUNCTUATION = string.punctuation.encode()


def without_punctuation(text: str) -> str:
    """The text without ASCII punctuation, what stood on both sides of it joined; “ and … stay."""
    # In bytes, where no other character has one of these, it takes a twentieth of the time.
    return text.encode(errors="surrogatepass").translate(None, _PUNCTUATION).decode(errors="surrogatepass")


# In this order: each rule sees what the ones before it left. "<prd>" is a full stop that ends nothing,
# "<stop>" the end of a sentence; where a response itself says so, it is taken at its word.
_STARTERS = (
    r"(Mr|Mrs|Ms|Dr|Prof|Capt|Cpt|Lt|He\s|She\s|It\s|They\s|Their\s|Our\s|We\s|But\s|However\s|That\s|"
    r"This\s|Wherever)"
)
_ABBREVIATION_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\s([A-Za-z])[.] ", r" \1<prd> "),
        (rf"([A-Z][.][A-Z][.](?:[A-Z][.])?) {_STARTERS}", r"\1<stop> \2"),
        (r"([A-Za-z])[.]([A-Za-z])[.]([A-Za-z])[.]", r"\1<prd>\2<prd>\3<prd>"),
        (r"([A-Za-z])[.]([A-Za-z])[.]", r"\1<prd>\2<prd>"),
        (rf" (Inc|Ltd|Jr|Sr|Co)[.] {_STARTERS}", r" \1<stop> \2"),
        (r" (Inc|Ltd|Jr|Sr|Co)[.]", r" \1<prd>"),
        (r" ([A-Za-z])[.]", r" \1<prd>"),
    )
)
_TITLE = re.compile(r"(Mr|St|Mrs|Ms|Dr)[.]")
_DOMAIN = re.compile(r"[.](com|net|org|io|gov|edu|me)")
_DECIMAL = re.compile(r"([0-9])[.]([0-9])")
_DOTS = re.compile(r"\.{2,}")


def rule_sentences(text: str) -> list[str]:
    """Sentences by the replacement rules of IFTrain, which IFBench used too before it took to Punkt.

    A text without a full stop is one sentence, no text is none; "what?!" is two. A quote that closes behind
    a full stop is moved before it.
    """
    text = f" {text}  ".replace("\n", " ")
    text = _TITLE.sub(r"\1<prd>", text)
    text = _DOMAIN.sub(r"<prd>\1", text)  # no word ends there: ".member" has one too
    text = _DECIMAL.sub(r"\1<prd>\2", text)
    text = _DOTS.sub(lambda dots: "<prd>" * len(dots.group()) + "<stop>", text)
    if "Ph.D" in text:
        text = text.replace("Ph.D.", "Ph<prd>D<prd>")
    for pattern, replacement in _ABBREVIATION_RULES:
        text = pattern.sub(replacement, text)
    for inside, outside in ((".”", "”."), ('."', '".'), ('!"', '"!'), ('?"', '"?')):
        text = text.replace(inside, outside)
    for mark in ".?!":
        text = text.replace(mark, f"{mark}<stop>")
    sentences = [sentence.strip() for sentence in text.replace("<prd>", ".").split("<stop>")]
    return sentences if sentences[-1] else sentences[:-1]


# ---------------------------------------------------------------------------------------------------------
# Our own, for any language; words and sentences have modules of their own

_LINE_BREAKS = regex.compile(r"\R")
_RULE = regex.compile(  # Markdown's, and others that people draw; what has no width, or only ">", is blank
    r"\s{0,3}(?:([-*_=—–―─━═•·~+])\s*)(?:\1\s*){2,}|[\s>\u200b\u2060\ufeff]*|\s*[⸻⁂]+\s*|\s*<hr\s*/?>\s*",
    regex.IGNORECASE,
)
_FENCE = regex.compile(r"\s{0,3}(`{3,}|~{3,})")
_GRAPHEME = regex.compile(r"\X")
_FLAG_BEFORE_ANOTHER = re.compile("[\U0001f1e6-\U0001f1ff]{2}(?=[\U0001f1e6-\U0001f1ff])")


def paragraphs(text: str) -> list[str]:
    """Blocks of text between blank lines, or between rules (``---``), which are none themselves.

    A blank line inside of a code fence ends nothing.
    """
    found: list[str] = []
    start = end = 0  # of the paragraph so far; end is 0 where there is none
    fence = ""
    for line, first, last in _lines(text):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
        elif mark:
            fence = mark[1]
        elif _RULE.fullmatch(line):
            if end:
                found.append(text[start:end])
            end = 0
            continue
        start, end = (start if end else first + len(line) - len(line.lstrip())), last
    if end and text[start:end].strip():
        found.append(text[start:end])
    return found


def _lines(text: str) -> Iterator[tuple[str, int, int]]:
    """Each line, with where it starts and where it ends."""
    start = 0
    for line_break in _LINE_BREAKS.finditer(text):
        yield text[start : line_break.start()], start, line_break.start()
        start = line_break.end()
    yield text[start:], start, len(text)


def lines(text: str) -> list[str]:
    """Lines that are not blank."""
    return [line for line in _LINE_BREAKS.split(text) if line.strip()]


def graphemes(text: str) -> list[str]:
    """What a reader calls characters (UAX #29 grapheme clusters): a flag of two code points is one."""
    if text.isascii():
        return _GRAPHEME.findall(text)
    # The engine counts the letters of flags in a row from the first on, for each of them anew.
    cuts = [flag.end() for flag in _FLAG_BEFORE_ANOTHER.finditer(text)]
    parts = (text[start:end] for start, end in itertools.pairwise([0, *cuts, len(text)]))
    return [each for part in parts for each in _GRAPHEME.findall(part)]

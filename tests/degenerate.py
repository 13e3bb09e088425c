"""Texts that a collapsing policy writes, everything that reads a response, and how its time grows with their length.

Run ``PYTHONPATH=. python tests/degenerate.py --seconds 60 --seed 0``: it draws readers and texts, and prints
what takes more than in proportion.
"""
# ruff: noqa: E501  # the families are a table

import argparse
import contextlib
import itertools
import random
import signal
import string
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, get_args

import hir_data as hir
from hir_data.engine.judge_prompt import inert, read_answer
from hir_data.formats.grammar.parse import parse_muldimif
from hir_data.replays.announcements import miscounts
from hir_data.replays.fitness.attempt import GuardedResponse
from hir_data.replays.guards import GUARDS
from hir_data.replays.metalanguage import speaks_of_instruction
from hir_data.replays.rewriting.statements.search import find_rewording
from hir_data.replays.strict_reading import strictly_read
from hir_data.text import language
from hir_data.text.identify import identify
from hir_data.text.quality.repetition import distinct_share
from hir_data.text.quality.style import measured as measured_style
from hir_data.text.segment import graphemes
from hir_data.text.stems import roots_of
from hir_data.text.templated import style_of
from hir_data.text.text import Unit
from hir_data.text.thinking import strip_thinking

SIZES = (1_000, 4_000, 16_000, 64_000)
GROWTH = 4  # from one size to the next
MOST_GROWTH = 10.0  # of the time, where the text has grown by GROWTH; 16 is quadratic
NOTICED = 0.03  # seconds; below, a clock tells nothing
SOON = {
    4_000: 0.001,
    16_000: 0.016,
}  # seconds for a size that are at most 0.3 s for the longest, if it is quadratic
LONGEST = 4.0  # seconds for the longest text, whatever the growth


def repeated(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def nested(opening: str, closing: str) -> Callable[[int], str]:
    return lambda size: opening * (size // 2 // len(opening)) + closing * (size // 2 // len(closing))


def drawn(pieces: str | tuple[str, ...], seed: int = 0) -> Callable[[int], str]:
    return lambda size: "".join(random.Random(seed).choices(pieces, k=size))[:size]


def one_after(many: str, last: str) -> Callable[[int], str]:
    return lambda size: many * (size - len(last)) + last


def numbered(size: int) -> str:
    return "".join(
        itertools.islice((f"{number}. item {number}\n" for number in itertools.count(1)), size // 8)
    )[:size]


def prose(size: int) -> str:
    words = "the sea is calm and old boats drift toward a quiet shore while people sing about home".split()
    rng = random.Random(1)
    text = " ".join(
        rng.choice(words) + rng.choice(("", "", "", "", ",", ".", "\n\n")) for _ in range(size // 4)
    )
    return text[:size]


def behind_a_letter(mark: str) -> Callable[[int], str]:
    return lambda size: "a" + mark * (size - 1)


def before_prose(mark: str) -> Callable[[int], str]:
    return lambda size: mark + prose(size - len(mark))


FAMILIES: dict[str, Callable[[int], str]] = {
    **{f"only {mark}": repeated(mark) for mark in string.punctuation},
    **{f"only {mark} after a word": behind_a_letter(mark) for mark in string.punctuation},
    **{f"words and {mark}": repeated(f"a{mark} ") for mark in string.punctuation},
    **{f"lines of {mark}": repeated(f"{mark}\n") for mark in string.punctuation},
    **{f"lines of {mark} and a word": repeated(f"{mark} a\n") for mark in string.punctuation},
    **{f"nested {pair}": nested(*pair) for pair in ("()", "[]", "{}", "<>", "«»", "“”", "‘’", "「」")},
    **{f"{mark} before prose": before_prose(mark)
       for mark in ("(", "[", "{", "<", '"', "“", "`", "```", "*", "**", "_", "__", "$", "<<", "|", "# ", "- ", "> ", "{{", "((", "```json ", "<think>")},
    "ps.": repeated("ps."), "p.s.p.": repeated("p.s.p.p."), "x*": repeated("x* "), "(i)": repeated("(i) "),
    "a": repeated("a"), "A": repeated("A"), "a a": repeated("a "), "A A": repeated("A "), "Aa.": repeated("Aa. "),
    "digits": repeated("7"), "digits apart": repeated("7 "), "1.1.1": repeated("1."), "1,000,000": repeated("000,"),
    "a digit a line": repeated("1\n"), "numbered": numbered, "1) 1)": repeated("1) "), "a letter with digits": repeated("a1"),
    "spaces": one_after(" ", "a"), "spaces between": lambda size: "a" + " " * (size - 2) + "a",
    "tabs": one_after("\t", "a"), "tabs between": lambda size: "a" + "\t" * (size - 2) + "a",
    "newlines": one_after("\n", "a"), "newlines between": lambda size: "a" + "\n" * (size - 2) + "a",
    "carriage returns": lambda size: "a" + "\r" * (size - 2) + "a", "CRLF": repeated("\r\n"), "CRLF a": repeated("a\r\n"),
    "blank lines with tabs": lambda size: repeated("\t\n")(size - 1) + "a",
    "blank lines with spaces": lambda size: repeated("  \n")(size - 1) + "a",
    "form feeds": lambda size: "a" + repeated("\f\v")(size - 2) + "a", "line separators": repeated("\u2028"),
    "no-break spaces": lambda size: "a" + "\xa0" * (size - 2) + "a",
    "a\\n": repeated("a\n"), "a\\n\\n": repeated("a\n\n"), "a.\\n": repeated("A.\n"), "a \\n": repeated("a   \n"),
    "indented more and more": lambda size: "\n".join(" " * n + "a" for n in range(int((2 * size) ** 0.5)))[:size],
    "- \\n": repeated("- \n"), "-\\n-": repeated("-\n"), "* \\n": repeated("* \n"), "- a": repeated("- a\n"), "  - a": repeated("  - a\n"),
    "-- ": repeated("-- "), "---\\n": repeated("---\n"), "***\\n": repeated("***\n"), "___\\n": repeated("___\n"), "===\\n": repeated("a\n===\n"),
    "# #": repeated("# "), "# a\\n": repeated("# a\n"), "## \\n": repeated("## \n"), "###### a": repeated("###### a\n\nb\n\n"),
    "> > >": repeated("> "), "> a\\n": repeated("> a\n"), "| | |": repeated("| "), "|a|a|": repeated("|a|b|\n|-|-|\n"), "|a": repeated("|a\n"),
    "` `": repeated("` "), "fences": repeated("```\n"), "fences with code": repeated("```py\nx\n```\n"), "open fences": repeated("```a\n"), "~~~": repeated("~~~\n"),
    "[a](b)": repeated("[a](b) "), "![a](": repeated("![a]("), "[a]: b": repeated("[a]: b\n"), "[a": repeated("[a "), "[a][": repeated("[a]["), "<<a>>": repeated("<<a>>"), "<<a": repeated("<<a"),
    "**a**": repeated("**a** "), "*a*": repeated("*a*"), "**a": repeated("**a "), "*a": repeated("*a "), "_a_": repeated("_a_ "), "__a": repeated("__a "), "* a *": repeated("*a\n*"),
    "~~a~~": repeated("~~a~~"), "$a$": repeated("$a$ "), "$$": repeated("$$\n"), "\\(": repeated("\\("), "\\frac{": repeated("\\frac{1}{"),
    "<b>": repeated("<b>"), "</b>": repeated("</b>"), "<b>a</b>": repeated("<b>a</b>"), "<b": repeated("<b "), "<!--": repeated("<!--"), "<br/>": repeated("<br/>\n"), "&amp;": repeated("&amp;"), "<p ": repeated('<p a="'), "<think>": repeated("<think>"), "</think>": repeated("</think>"), "<think></think>": repeated("<think>a</think>"), "<a>\\n": repeated("<a>\n"), "<<<>>>": nested("<<", ">>"),
    '{"a":': repeated('{"a":'), '{"a": 1},': repeated('{"a": 1},'), '["': repeated('["'), '","': repeated('","'), "json list": lambda size: "[" + "1," * (size // 2 - 1) + "1]", '{"': repeated('{"'), "{[": repeated("{["), '\\"': lambda size: '"' + repeated('\\"')(size - 1), "\\u": repeated("\\u00"),
    '"a" ': repeated('"a" '), '"a': repeated('"a '), "'a": repeated("'a "), "a'": repeated("a' "), "don't": repeated("don't "), "''": repeated("''"), "“": repeated("“"), "”": repeated("”"), "“a": repeated("“a "), '."': repeated('." '), ".'": repeated(".'"), '")': repeated('")'),
    "...": repeated("... "), "a...": repeated("a..."), "a.b": repeated("a.b"), "a. b. ": repeated("a. b. "), "U.S.": repeated("U.S. "), "Mr.": repeated("Mr. "), "?!": repeated("?!"), "? ": repeated("? "), "! A": repeated("! A"), "A? ": repeated("A? "), ".A": repeated(".A"), ". . .": repeated(". "), "a .": repeated("a ."), "1. 1. ": repeated("1. "), "www.": repeated("www."), "http://": repeated("http://"), "a@b.": repeated("a@b."), ".com": repeated("a.com "), "e.g.": repeated("e.g."), "Ph.D.": repeated("Ph.D."), "<prd>": repeated("<prd>"), "<stop>": repeated("<stop>"),
    "P.S.": repeated("P.S. "), "p.": repeated("p."), "p. ": repeated("p. "), "p.s": repeated("P.P.S\n"), "ps": repeated("ps "), "Section 1": repeated("Section 1\n"), "Part": repeated("Part "), "Answer:": repeated("Answer: "), "my answer is": repeated("My answer is "), "Paragraph": repeated("Paragraph 1\n\n***\n\n"),
    "emoji": repeated("😀"), "emoji apart": repeated("😀 "), "emoji joined": repeated("👩\u200d"), "skin tones": repeated("👋🏽"), "flags": repeated("🇫🇷"), "half flags": lambda size: "a" + "🇫" * (size - 1), "keycaps": repeated("1\ufe0f\u20e3"), "variation selectors": lambda size: "a" + "\ufe0f" * (size - 1), "tag flags": repeated("🏴\U000e0067\U000e0062"),
    "combining marks": lambda size: "e" + "\u0301" * (size - 1), "a mark each": repeated("e\u0301"), "mixed marks": lambda size: "e" + repeated("\u0316\u0301")(size - 1), "joiners": repeated("\u200d"), "zero width": repeated("a\u200b"), "right to left": repeated("\u202ea"), "soft hyphens": repeated("a\xad"),
    "CJK": repeated("天气"), "CJK sentences": repeated("天。"), "CJK commas": repeated("天，"), "CJK quotations": lambda size: "天" + repeated("。」说")(size - 1), "CJK brackets": lambda size: "天" + repeated("！）天")(size - 1), "kana": repeated("かな"), "hangul": repeated("한"), "jamo": repeated("\u1100"), "Thai": repeated("ไทย"), "Devanagari": repeated("नमस्ते "), "virama": repeated("क\u094d"), "Arabic": repeated("سلام "), "Hebrew": repeated("שלום "), "Cyrillic": repeated("мир "), "Greek": repeated("ςσ "), "Vietnamese": repeated("ờ "), "İ": repeated("İ"), "ß": repeated("ß"), "ﬁ": repeated("ﬁ"), "fullwidth": repeated("！？"), "middle dots": repeated("·a"), "• ": repeated("• a\n"), "•": repeated("•"), "–": repeated("a – "), "—": repeated("—"), "…": repeated("…"), "½": repeated("½ "), "Ⅳ": repeated("Ⅳ "), "nulls": repeated("\0"), "surrogates": repeated("\udc80"), "replacement": repeated("\ufffd"), "astral": repeated("𝐚𝐛"),
    "the the": repeated("the "), "words joined": repeated("the-"), "a-b": repeated("a-"), "a_b": repeated("a_"), "a/b": repeated("a/"), "camelCase": repeated("aB"), "CAPITALS": repeated("THE "), "Title": repeated("The "), "and": repeated("and, "), "one two": repeated("one two three "), "I": repeated("I "), "not": repeated("not "), "very": repeated("very, "), "a, b, and": repeated("a, b, and "), "First,": repeated("First, "), "is the": repeated("Is the sea blue? "), "sorry": repeated("I'm sorry, I can't. "), "as an AI": repeated("As an AI language model, "), "la": repeated("la "), "palindromes": repeated("aba"), "ab": repeated("ab "), "alphabet": repeated(string.ascii_lowercase), "one long word a line": repeated("abcdefghij" * 20 + "\n"),
    "sentences": repeated("The sea is calm. "), "sentences a line": repeated("The sea is calm.\n"), "paragraphs": repeated("The sea is calm.\n\n"), "prose": prose, "import": repeated("import os\n"), "def": repeated("def f():\n    return 1\n"), "int main": repeated("int main() { return 0; }\n"), "csv": repeated("1,2,3\n"), "csv quotes": repeated('"a","b"\n'), "yaml": repeated("a:\n  "), "xml": repeated("<a><b>"), "tex": repeated("\\begin{a}"), "Q: A:": repeated("Q: a\nA: b\n"), "user:": repeated("User: hi\nAssistant: hi\n"), "<|im_start|>": repeated("<|im_start|>user\n"), "[INST]": repeated("[INST] a "), "### Instruction": repeated("### Instruction:\na\n"),
    "random punctuation": drawn(string.punctuation), "random ASCII": drawn(string.printable), "random markup": drawn(("*", "**", "- ", "\n", "\n\n", "`", "```", "[", "]", "(", ")", "a", " ", "#", ">", "|", "_", "~")), "random quotes": drawn("\"'“”‘’ a.\n"), "random white space": drawn(" \t\n\r\f\va"), "random letters": drawn(string.ascii_letters + " "), "random brackets": drawn("()[]{}<>"), "random sentences": drawn((".", "?", "!", " ", "A", "b", '"', "\n")),
}  # fmt: skip


class Reader(NamedTuple):
    """Something that reads a response.

    Attributes:
        name: what it is.
        prepare: makes what is measured of a text; that it takes long to prepare is another reader's fault.
    """

    name: str
    prepare: Callable[[hir.Text], Callable[[], object]]


VIEWS = (
    "stripped lower words sentences tokens pieces bare bare_words reader_words distinct_words rule_sentences "
    "language readings headings"
).split()
UNITS = get_args(Unit)


def constraints(kind: str, number: int = 2) -> list[hir.Constraint]:
    """A kind under the parameters of its example, and under some that are drawn."""
    cls = hir.lookup(kind)
    rng = random.Random(kind)
    drawn = [cls.sample(rng, "Why is the sea salty?") for _ in range(number)]
    example = [hir.parse({"kind": kind, **cls.example.parameters})] if cls.example else []
    return [*dict.fromkeys([*example, *filter(None, drawn)])]


def asked(response: str, *constraints: hir.Constraint, prompt: str = "Why is the sea salty?") -> hir.Rollout:
    instruction = hir.Instruction(prompt=prompt, constraints=constraints)
    return hir.Rollout(instruction=instruction, response=response)


def readers(samples: int = 0) -> Iterator[Reader]:
    """Everything that reads a response, a prompt or the answer of a judge."""
    for view in VIEWS:
        yield Reader(f"view {view}", lambda text, view=view: lambda: getattr(hir.Text(text.raw), view))
    for unit in UNITS:
        yield Reader(f"view {unit}s", lambda text, unit=unit: lambda: hir.Text(text.raw).sections(unit))
    for name, function in PLAIN.items():
        yield Reader(name, lambda text, function=function: lambda: function(text.raw))
    for name, guard in GUARDS.items():
        yield Reader(
            f"guard {name}", lambda text, guard=guard: lambda: guard(GuardedResponse.of(asked(text.raw)))
        )
        yield Reader(
            f"guard {name} of a prompt",
            lambda text, guard=guard: lambda: guard(GuardedResponse.of(asked("It is.", prompt=text.raw))),
        )
    for kind in hir.kinds():
        for number, one in enumerate(constraints(kind, samples)):
            yield from of_constraint(f"{kind} {number}" if number else kind, one)


def of_constraint(name: str, one: hir.Constraint) -> Iterator[Reader]:
    yield Reader(f"{name}: check", lambda text: lambda: one.check(text))
    yield Reader(f"{name}: degree", lambda text: lambda: one.nearness(text))
    yield Reader(f"{name}: nearest", lambda text: lambda: one.nearest(text))
    yield Reader(f"{name}: flip", lambda text: lambda: one.flip(text))
    yield Reader(f"{name}: hindsight", lambda text: lambda: one.hindsight(text))
    yield Reader(f"{name}: strictly read", lambda text: lambda: strictly_read(one, text))
    yield Reader(f"{name}: spans", lambda text: lambda: find_rewording(text.raw, (one,), (0,)))


PLAIN: dict[str, Callable[[str], object]] = {
    "judge's answer": read_answer,
    "judge's text": inert,
    "thinking": strip_thinking,
    "templated": style_of,
    "identify": identify,
    "styles": measured_style,
    "speaks of the instruction": lambda raw: speaks_of_instruction(raw, "Why is the sea salty?"),
    "speaks of an instruction of": lambda raw: speaks_of_instruction("It has three sentences.", raw),
    "miscounts": lambda raw: miscounts(hir.Text(raw)),
    "graphemes": graphemes,
    "roots": lambda raw: roots_of(raw.split()),
    "language share": lambda raw: language.share(raw, "fr"),
    "language clear": language.is_clear,
    "distinct share": distinct_share,
    "reward": lambda raw: hir.verify_one(asked(raw, hir.parse({"kind": "punctuation:no_comma"}))),
    "lint": lambda raw: hir.lint(
        asked("", hir.parse({"kind": "punctuation:no_comma"}), prompt=raw).instruction
    ),
    **{
        f"MulDimIF sentence {category}": lambda raw, names=(category, sub): parse_muldimif(*names, raw)
        for category, sub in (
            ("Content", "Keywords"),
            ("Length", "Words"),
            ("Format", "Markdown"),
            ("Format", "Table"),
            ("Language", "English"),
        )
    },
}


class Slow(NamedTuple):
    """Something that takes more than in proportion, or too long; seconds by size."""

    reader: str
    family: str
    seconds: tuple[float, ...]


class _TooLong(BaseException):
    pass


def _give_up(*_: object) -> None:
    raise _TooLong


def seconds_of(call: Callable[[], object]) -> float:
    """The seconds that a call takes, which is ended when it takes too long."""
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, 10 * LONGEST)
    start = time.process_time()
    try:
        with contextlib.suppress(Exception):  # what it answers is not asked here
            call()
    except _TooLong:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return time.process_time() - start


def measured(reader: Reader, name: str, family: Callable[[int], str]) -> Slow | None:
    """How a reader takes to a family, if it takes too long; each time to another text, as some remember."""
    taken: list[float] = []
    for size in SIZES:
        took = min(seconds_of(reader.prepare(hir.Text(family(size - less)))) for less in (0, 1))
        before = max(taken[-1], NOTICED / GROWTH**2) if taken else took
        taken.append(took)
        if took > LONGEST or (took > NOTICED and took > MOST_GROWTH * before):
            return Slow(reader.name, name, tuple(taken))
        if took < SOON.get(size, 0.0):
            return None
    return None


def drawn_family(seed: str) -> Callable[[int], str]:
    """A piece of a few signs again and again, with something before and behind it."""
    rng = random.Random(seed)
    before, pump, behind = (
        "".join(rng.choices(SIGNS, k=rng.randrange(*most))) for most in ((0, 3), (1, 5), (0, 3))
    )
    return lambda size: before + repeated(pump)(size) + behind


SIGNS = (
    *string.punctuation,
    *" \n\t\r",
    *"aA1sp",
    "the ",
    "\n\n",
    "```",
    "**",
    "__",
    "<b>",
    '": ',
    "天",
    "é",
    "\u0301",
    "🇫",
    "😀",
    "…",
    "“",
    "”",
    "’",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="0")
    given = parser.parse_args()
    everything = [each for each in readers() if not each.name.endswith((": spans", "of a prompt"))]
    rng, end = random.Random(given.seed), time.monotonic() + given.seconds
    tried = found = 0
    while time.monotonic() < end:
        name = rng.choice([*FAMILIES, *(f"drawn {number}" for number in range(len(FAMILIES)))])
        family = FAMILIES.get(name) or drawn_family(f"{given.seed} {tried}")
        tried += 1
        if slow := measured(rng.choice(everything), name, family):
            found += 1
            times = " ".join(f"{took:.3f}" for took in slow.seconds)
            print(f"{slow.reader} | {name} {family(24)!r} | {times}", flush=True)
    print(f"{tried} readings of {len(everything)} readers: {found} take too long")


if __name__ == "__main__":
    main()

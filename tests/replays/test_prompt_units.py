"""The parts of a prompt are found in time that grows with it, and are those of the plain patterns."""

import re
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hir_data.replays.rewriting.statements import units as found
from hir_data.replays.rewriting.statements.units import PromptSentence, PromptToken, plain, tokens, units

OPAQUE = re.compile(
    r"""```.*?```|"[^"]{1,4000}?"|“[^”]{1,4000}?”|(?<!\w)'[^'\n]{1,200}'(?!\w)|\([^()\n]{1,400}\)""",
    re.DOTALL,
)
END = re.compile(r"(?<=\S)[.!?。！？]+[\"'”’)\]]*(?=\s|$)|\s{2,}(?=[A-Z])")
PIECES = [
    *" \t\n.!?。\"'“”‘’()[]aAb1-*:,¤",
    *("  ", "\n\n", "- ", "1. ", "```", "e.g.", "No. ", "Mr. ", "etc. ", "a. ", ".. ", "It is. ", "don't "),
    *(". \u2028A", ".) ", '." ', "?! ", " . ", "“sea” ", "(it. ", "\x85"),
]
PROMPTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


def plain_units(prompt: str) -> Iterator[PromptSentence]:
    """As the patterns say it that look at each sign again and again."""
    hidden = OPAQUE.sub(found._hidden, prompt)
    for start, end, bullet in found._lines(hidden):
        begun = start
        for mark in END.finditer(hidden, start, end):
            if found._NEVER_AN_END.search(hidden, begun, mark.end()):
                continue
            following = hidden[mark.end() : end].lstrip()[:1]
            if (
                mark.group().strip()
                and following.islower()
                and found._SELDOM_AN_END.search(hidden, begun, mark.end())
            ):
                continue
            stop = mark.end() if mark.group().strip() else mark.start()
            if hidden[begun:stop].strip():
                yield PromptSentence(begun, stop, bullet)
            begun = bullet = stop + len(hidden[stop:end]) - len(hidden[stop:end].lstrip())
        if hidden[begun:end].strip():
            yield PromptSentence(begun, begun + len(hidden[begun:end].rstrip()), bullet)


@settings(max_examples=400, deadline=None)
@given(PROMPTS)
@example('He said: "' + "a" * 4001 + '" It is.')
@example("“" + "a. " * 1300 + "A” It is. “It")
def test_sentences_are_those_of_the_plain_patterns(prompt: str):
    assert units(prompt) == tuple(plain_units(prompt))


@settings(max_examples=400, deadline=None)
@given(PROMPTS, st.integers(0, 5), st.integers(0, 5))
def test_tokens_are_those_of_the_plain_pattern(prompt: str, before: int, behind: int):
    end = max(before, len(prompt) - behind)
    assert tokens(prompt, before, end) == tuple(
        PromptToken(each.start(), each.end(), plain(each.group()), each.lastgroup)
        for each in found._TOKEN.finditer(prompt, before, end)
    )


@pytest.mark.parametrize("piece", ["“", "a. b. ", "!", '."', " " * 100, "a.b", "(", '"'])
def test_their_time_grows_with_the_prompt(piece: str):
    prompt = "a" + piece * (200_000 // len(piece)) + "a"
    began = time.process_time()
    for unit in units(prompt):
        tokens(prompt, unit.start, unit.end)
    assert time.process_time() - began < 5

"""Patterns of records: what they find is what ``re`` finds, and none takes for ever."""

import functools
import random
import re
import time

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

import hir_data as hir
from hir_data.verifiers import patterns
from hir_data.verifiers.patterns import BoundedPattern, compiled

EVERY_SIGN = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
SOME_SIGNS = EVERY_SIGN[:0x3100] + EVERY_SIGN[0x3100::29]
SIGNS = "aAbBiIıİsSſkKKéÉß²٣٠\u0301\u0303‿\x1c\x1f\x85\u2000 \n\r\t_-1.天あα\ue000\U00010a00{}[]:"


def places(module, pattern: str, text: str) -> set[int]:
    return {match.start() for match in module.finditer(pattern, text, module.IGNORECASE)}


CASED = "".join(sign for sign in EVERY_SIGN if sign.lower() != sign or sign.upper() != sign)
CLASSES = [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"[\w.-]", r"[^\s]", r"\b", r"\B", ".", "[^a]"]


@functools.cache
def differing(signs: str) -> str:
    """Those that the two take for different things."""
    found = (places(re, each, signs) ^ places(regex, each, signs) for each in (r"\w", r"\d", r"\s"))
    return "".join(signs[place] for place in sorted(set().union(*found)))


@pytest.mark.parametrize("pattern", CLASSES)
def test_signs_are_read_as_re_reads_them(pattern: str):
    assert len(differing(SOME_SIGNS)) > 300
    text = ".".join(differing(SOME_SIGNS))
    found = {match.start() for match in BoundedPattern(pattern, re.IGNORECASE).finditer(text)}
    assert found == places(re, pattern, text)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", CLASSES)
def test_every_sign_is_read_as_re_reads_it(pattern: str):
    assert len(differing(EVERY_SIGN)) > 1000
    text = ".".join(differing(EVERY_SIGN))
    found = {match.start() for match in BoundedPattern(pattern, re.IGNORECASE).finditer(text)}
    assert found == places(re, pattern, text)


@pytest.mark.parametrize("pattern", ["i", "[^i]", "[a-z]", "[A-Z0-9]", "[^a-z]", "k", "s", "[à-ÿ]"])
def test_letters_have_the_cases_that_re_gives_them(pattern: str):
    found = {match.start() for match in BoundedPattern(pattern, re.IGNORECASE).finditer(CASED)}
    assert found == places(re, pattern, CASED)


def test_only_an_i_has_another_case_in_regex_than_in_re():
    """What a letter in a pattern matches in any case, for every letter that has one."""
    for letter in CASED[::29]:
        if letter not in "iIıİ":
            assert places(re, letter, CASED) == places(regex, letter, CASED), letter


ATOMS = st.one_of(
    st.sampled_from("aAbiIıİskKéß天α1_ .^$"),
    st.sampled_from(
        [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\b", r"\B", r"\.", r"\{", r"\x41", r"\u0131"]
    ),
    st.sampled_from(["[ab]", "[^a]", r"[\w-]", r"[^\s]", "[a-z]", "[à-ÿ]", "[]a]", "[^]a]", "[[:alpha:]]"]),
    st.sampled_from(["{", "{e}", "{}", "{a<=1}", "{ 1}", "]", "}", "-", ":", "\u0301", "\x1c", "²"]),
)
QUANTIFIERS = st.sampled_from(
    ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{,2}", "{1,2}", "{1,2}?", "{,}", "*+", "?+"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, QUANTIFIERS).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inner.map("({})".format),
        inner.map("(?:{})".format),
        inner.map("(?={})".format),
        inner.map("(?!{})".format),
        inner.map("(?i:{})".format),
        inner.map("({})\\1".format),
    ),
    max_leaves=6,
)
FLAGS = st.sampled_from([re.IGNORECASE, re.NOFLAG, re.MULTILINE])


@settings(max_examples=100, deadline=None)
@given(PATTERNS, st.text(SIGNS, min_size=1, max_size=12), FLAGS)
@example(r"(?:a|b){e}", "ab{e}", re.IGNORECASE)
@example(r"[[:alpha:]]+", "a]l:", re.NOFLAG)
@example(r"(?=(\w)\1)", "S\u017f", re.IGNORECASE)
def test_it_finds_what_re_finds(source: str, text: str, flags: re.RegexFlag):
    finds_what_re_finds(source, text, flags)


@pytest.mark.slow
@pytest.mark.timeout(300)
@settings(max_examples=1000, deadline=None)
@given(PATTERNS, st.text(SIGNS, min_size=1, max_size=12), FLAGS)
def test_many_find_what_re_finds(source: str, text: str, flags: re.RegexFlag):
    finds_what_re_finds(source, text, flags)


def finds_what_re_finds(source: str, text: str, flags: re.RegexFlag) -> None:
    try:
        exact = re.compile(source, flags)
    except (re.error, RecursionError):
        return
    try:
        found = [match.span() for match in BoundedPattern(source, flags).finditer(text)]
    except ValueError as error:
        assert "under a time limit" in str(error)
        return
    assert found == [match.span() for match in exact.finditer(text)]
    assert bool(exact.search(text)) == bool(BoundedPattern(source, flags).search(text))


ENDLESS = r"(a|a)*b|(\w+)+!"
KINDS = {
    "keywords:existence": {"keywords": [ENDLESS]},
    "keywords:forbidden_words": {"forbidden_words": [ENDLESS]},
    "keywords:frequency": {"keyword": ENDLESS, "frequency": 1, "relation": "at least"},
    "detectable_content:postscript": {"postscript_marker": ENDLESS},
    "detectable_format:multiple_sections": {"section_spliter": ENDLESS, "num_sections": 2},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_pattern_that_never_ends_is_a_timeout_in_a_reward(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patterns, "PATTERN_SECONDS", 0.05)
    constraint = hir.parse({"kind": kind, **KINDS[kind]})
    rollout = hir.Rollout(
        instruction=hir.Instruction(prompt="", constraints=[constraint]), response="a" * 40 + "²"
    )
    before = time.process_time()
    (result,) = hir.verify_one(rollout).results
    assert (result.strict.satisfied, result.strict.status) == (None, "timeout")
    assert time.process_time() - before < 3


def test_words_are_not_patterns_that_take_long():
    assert isinstance(compiled("New York (city)."), re.Pattern)
    assert isinstance(compiled("colou?r"), BoundedPattern)


@pytest.mark.parametrize(("kind", "parameter"), [("contains", "text"), ("matches", "pattern")])
def test_verification_draws_nothing_from_the_generator_of_the_program(kind: str, parameter: str):
    """``regex`` itself does, once it remembers 500 patterns."""
    before = random.getstate()
    for number in range(700):
        constraint = hir.parse({"kind": kind, parameter: f"word {kind} {number}"})
        assert constraint.check(hir.Text(f"The word {kind} {number}.")).satisfied
    assert random.getstate() == before

"""What is looked at first, because it is fast, hides nothing of what is looked at then."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hir_data.replays import announcements, metalanguage, strict_reading
from hir_data.replays.fitness import commentary, echo
from hir_data.replays.fitness.attempt import GuardedResponse
from hir_data.schemas.conversation import Instruction
from hir_data.text import sentences, words
from hir_data.text.quality import gibberish, repetition, style, twins, writing
from hir_data.text.quality.prose import (
    WORD,
    lines_of,
    plain,
    without_markup,
    words_between_marks,
    words_of,
    words_of_parts,
)
from hir_data.text.text import Text
from hir_data.verifiers.general.count import WordCount

WORDS = [
    "sea",
    "The",
    "don't",
    "very",
    "and",
    "or",
    "luxury",
    "night",
    "dark",
    "b",
    "5",
    "strength",
    "hmm",
    "Brrr",
]
MARKS = [
    " ",
    " ",
    " ",
    ". ",
    "\n",
    "\n- ",
    "\n1. ",
    "; 2) ",
    ', "',
    "? ",
    " and ",
    "\n\n",
    "… ",
    " ’n’ ",
    ".\t",
]
PARTS = st.lists(st.sampled_from(WORDS + MARKS) | st.text(max_size=3), max_size=12).map("".join)
TEXTS = st.lists(st.tuples(PARTS, st.integers(1, 6)), max_size=5).map(
    lambda parts: "".join(part * times for part, times in parts)
)
"""Texts that say some of their parts again and again."""

ODD = st.text(st.sampled_from("ab'’éΣ\u0301\ud800 .,-_“—«。天\x1c\x00\n\\5🙂"), max_size=12)
"""Letters, apostrophes, marks and line breaks beside each other."""

PROSE = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS[:10]), min_size=2, max_size=24).map(
            lambda words: " ".join(words) + "."
        ),
        st.integers(1, 5),
        st.sampled_from([" ", " ", "\n"]),
    ),
    max_size=8,
).map(lambda parts: "".join((said + gap) * times for said, times, gap in parts))
"""Sentences and verses, some of them several times."""


def _again(text: str) -> int:
    """How many runs of three words stand in a text that stood there before."""
    words = words_of(text)
    return max(0, len(words) - 2 - len({*zip(words, words[1:], words[2:], strict=False)}))


@given(TEXTS | PROSE)
def test_what_says_sentences_or_openings_again_says_runs_of_words_again(text: str):
    if repetition._same_openings(text):
        assert _again(text) >= repetition._OPENINGS_AGAIN
    if repetition._same_sentence(text):
        assert _again(text) >= repetition._SENTENCE_AGAIN
    if repetition._copied_sentences(text):
        assert _again(text) >= repetition._SENTENCES_AGAIN


def test_openings_and_sentences_that_come_again_are_seen():
    verses = "".join(
        f"The dark night and sea {word}\nThe luxury or strength, {word} again\n" for word in WORDS
    )
    assert repetition._same_openings(verses)
    prose = "The dark sea and the night and the luxury of it all again. "
    assert repetition._same_sentence(prose * 3)
    assert repetition._copied_sentences("".join(f"{prose[:-2]} {word}. " for word in WORDS))


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=20), st.integers(2, 5), TEXTS)
def test_a_block_that_is_most_of_a_text_passes_the_first_look(block: list[str], times: int, rest: str):
    words = [*words_of(" ".join(block * times)), *words_of(rest)]
    if _has_block(words):
        again = len(words) - 2 - len({*zip(words, words[1:], words[2:], strict=False)})
        runs = list(zip(words, words[1:], words[2:], words[3:], strict=False))
        assert 3 * (again + 4) >= len(words)
        assert 3 * (len(runs) - len({*runs}) + 4) >= len(words)


def _has_block(words: list[str]) -> bool:
    """Whether a block of words follows itself three times and is half of all, looked for at any distance."""
    for distance in range(repetition._BLOCK, repetition._LONGEST_BLOCK + 1):
        same = 0
        for i in range(distance, len(words)):
            same = same + 1 if words[i] == words[i - distance] else 0
            if same + distance >= max(3 * distance, len(words) / 2):
                return True
    return False


@given(TEXTS)
def test_a_doubled_word_is_found_as_it_would_be_without_a_first_look(text: str):
    found = (each.group() for each in repetition._DOUBLED.finditer(text))
    assert repetition.doubled(text) == next(
        (each for each in found if not repetition._IDIOM.search(each)), None
    )


def test_a_doubled_word_is_found_wherever_it_stands():
    for text in (
        "luxury and luxury.",
        "A “Dark night and dark night.”",
        "(Luxury or luxury.)",
        "sea—luxury nor luxury!",
    ):
        assert repetition.doubled(text), text


@given(TEXTS | st.lists(st.sampled_from(["ΣΕΑΣ ", "σεας ", "very ", "‹very ", "*very* "])).map("".join))
def test_an_echo_has_a_word_behind_itself(text: str):
    words = words_of(text)
    found = repetition._ECHOING.search(text)
    expected = found[1] if found and found[1].lower() not in repetition._OF_SONGS else None
    assert repetition._echoing(text, words) == expected


ITEMS = st.lists(
    st.sampled_from(
        ["- ", "\n", "\n\n", " ", "1.", "2) ", "(3) ", "sea", ". ", ";", "•", "*", "\t", "\u2028", "é"]
    ),
    max_size=16,
).map("".join)
"""Marks of items beside each other, and white space that belongs to one or the other."""


@given(TEXTS | ITEMS)
def test_items_are_what_stands_behind_the_pattern(text: str):
    starts = [*twins._ITEM_START.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    items = [text[start.end() : end] for start, end in zip(starts, ends, strict=False)]
    found = twins._items(text)
    assert [*map(words_of, found)] == [words_of(item.partition("\n\n")[0]) for item in items]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([["sea"], ["a", "sea"], ["so", "it", "is"], ["5", "we"]]), st.integers(1, 9)
        )
    )
)
def test_runs_that_follow_themselves_are_seen_in_some_of_their_words(parts: list[tuple[list[str], int]]):
    words = [word for run, times in parts for word in run * times]
    long = [word for word in words if len(word) > 1 and word[0].isalpha()]
    expected = None
    for size, often in repetition._IN_A_ROW.items():
        runs = [long[i : i + size] for i in range(len(long))]
        starts = (i for i in range(len(long)) if runs[i : i + size * often : size] == [runs[i]] * often)
        if expected is None and (start := next(starts, None)) is not None:
            expected = " ".join(runs[start])
    found = repetition._same_in_a_row(words)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert sorted(found.split()) == sorted(expected.split())


@given(TEXTS)
def test_what_is_said_again_says_runs_of_words_again(text: str):
    found = repetition.said_again(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repetition, "_RUNS_AGAIN", 0)
        assert repetition.said_again(text) == found


@given(TEXTS | ODD)
def test_lines_with_a_word_are_those_that_have_it(text: str):
    starts = [0, *(i + 1 for i, letter in enumerate(text) if letter == "\n")]
    lines = [(start, start + len(text[start:].partition("\n")[0])) for start in starts]
    words = ("sea", "the", "d", " and")
    expected = [span for span in lines if any(word in text[slice(*span)] for word in words)]
    assert [*metalanguage._lines_with(words, text)] == expected


@given(
    TEXTS,
    st.sampled_from(["Here are the Five ideas", "the following 3 x", "LIST OF ten ways"]),
)
def test_announced_numbers_are_found_in_any_case(text: str, said: str):
    text = f"{text} {said} {text}"
    each = announcements._ANNOUNCED.finditer(text)
    assert announcements._announced(text) == tuple((found["number"].lower(), found.group()) for found in each)


@given(st.lists(st.sampled_from(["*smiles*", "*", "*nods. *", "smiles", ". ", "\n", "! ", "* slowly sits*"])))
def test_acting_begins_a_line_or_stands_behind_a_sentence(parts: list[str]):
    text = "".join(parts)
    found = re.search(rf"(?:^|(?<=[.!?] )){commentary._ASIDE.pattern}", text, re.MULTILINE)
    assert commentary._acting(text) == (found.group() if found else None)


ENGLISH = st.text(st.sampled_from("aeyTBA12_ .,:;'’‘“—–…-/&\n→✅🙂(é日\u0301²°"), max_size=12)
"""Letters, digits, and the marks that join them or not."""


@given(TEXTS | ODD | ENGLISH, st.booleans())
def test_words_of_english_are_those_by_the_boundaries_of_unicode(text: str, split_hyphens: bool):
    found = words._plain_words(text, split_hyphens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_ENGLISH", re.compile("(?!)"))
        patch.setattr(words, "_LINE_END", re.compile("(?!)"))
        assert found == words._plain_words(text, split_hyphens)
    assert Text(text).split_words == words.words(text, split_hyphens=True)


def test_an_apostrophe_before_a_word_hides_none_of_it():
    for mark in "'’":
        assert words.words(f"Get {mark}em, {mark}ere at {mark}ome.") == ["Get", "em", "ere", "at", "ome"]


@given(
    st.lists(st.sampled_from(["a.co/b", "www.", "x@y.de", "://", "http", "and/or", "/", ".", " ", "é", "1"]))
)
def test_a_text_with_an_address_is_seen_at_first(parts: list[str]):
    text = "".join(parts)
    if any(match["address"] for match in words._NO_PLAIN_WORDS.finditer(text)):
        assert words._may_have_address(text)


@given(
    st.lists(
        st.sampled_from(["sea", "Seas", "SEA", "s", " ", "_", "-", "5", "é", "ſ", "İ", "\n"]), max_size=9
    )
)
def test_a_keyword_inside_other_words_is_masked(parts: list[str]):
    text = "".join(parts)

    def mask(found: re.Match[str]) -> str:
        return found.group() if found.group().lower() == "sea" else "_" * len(found.group())

    expected = re.sub(r"(?<![^\W_])[^\W_]*sea[^\W_]*", mask, text, flags=re.IGNORECASE)
    assert strict_reading._masked(text, "sea", {"sea"}) == expected


@given(st.text(st.sampled_from("a b.\n(\"'’—/é…"), max_size=12))
def test_the_last_word_before_a_mark_is_looked_for_from_the_end(front: str):
    found = sentences._LAST_WORD.match(front)
    assert (found.group() if found else "") == re.split(r"[\s(\[{\"'“„«‘—–/]", front)[-1]


@given(TEXTS | PROSE)
def test_commas_are_missed_as_often_as_all_of_them_say(text: str):
    writing_ = writing.Writing(text)
    lengths = [length for length in writing_.prose_lengths if length >= style._LONG]
    parts = zip(writing_.prose_sentences, writing_.prose_lengths, strict=True)
    commas = sum(part.count(",") for part, length in parts if length >= style._LONG)
    expected = max(0.0, 1 - 50 * commas / sum(lengths)) if sum(lengths) >= style._PAGE else 0.0
    assert style._without_commas(writing_) == expected


@given(TEXTS)
def test_each_item_of_a_list_has_a_mark(text: str):
    starts = sum(1 for _ in twins._ITEM_START.finditer(text))
    assert twins._most_items(text) >= starts


@given(TEXTS)
def test_no_word_at_random_is_left_uncounted(text: str):
    said = plain(text)
    assert gibberish._most_random(said) >= len(gibberish._MAY_BE_RANDOM.findall(said))


@given(TEXTS)
def test_sentences_are_cut_where_a_mark_and_white_space_stand(text: str):
    assert writing.sentences_of(text) == writing._SENTENCE_END.sub(r"\1\n", text).split("\n")
    parts = echo._SENTENCE_END.sub(r"\1\n", plain(text)).split("\n")
    expected = [(part.strip(), words) for part in parts if (words := echo.WORD.findall(part))]
    assert [(said, [*words]) for said, words in echo._each_sentence(text)] == expected
    first = echo._first_sentence(text)
    assert (None if first is None else (first[0], [*first[1]])) == next(iter(expected), None)


@given(TEXTS | st.text(st.sampled_from("ab'’é\u0301\ud800 .,-_“—。天\x1c\n\\5"), max_size=12))
def test_words_between_marks_are_those_of_the_pattern(text: str):
    assert words_between_marks(text) == WORD.findall(text)


@given(st.lists(TEXTS | ODD, max_size=5))
def test_words_of_parts_are_those_of_each(parts: list[str]):
    assert words_of_parts(parts) == [[*words_of(part)] for part in parts]


@given(st.lists(TEXTS | ODD, max_size=5))
def test_words_of_sentences_in_a_text_on_its_style_are_those_of_each(parts: list[str]):
    parts = [" ".join(part.split()) for part in parts]
    assert writing._words_of_each(parts) == [writing.WORD.findall(part) for part in parts]
    lower = [[*map(str.lower, writing.WORD.findall(part))] for part in parts]
    assert writing._lower_words_of_each(parts) == lower
    assert [*map(writing.words_in, parts)] == [writing.WORD.findall(part) for part in parts]


@given(
    TEXTS | ODD,
    st.sampled_from(["{0} and {0}", "dark {0} or Dark {0}", "é {0} AND É {0}", "{0} nor {0}able"]),
    ODD,
    ODD,
)
def test_a_doubled_word_has_one_behind_itself(text: str, said: str, word: str, after: str):
    text += said.format(f"luxury{word}") + after + text
    if not repetition._has_odd_cases(text) and repetition._DOUBLED.search(text):
        assert repetition._has_word_behind_itself(plain(text))


@given(
    st.lists(
        st.sampled_from(["th", "e", "an", "d", "the", "and", "sea", "a", "i", "with", "in"]), max_size=40
    )
)
def test_torn_words_have_fragments(words: list[str]):
    torn = [*gibberish._torn_words(words)]
    assert len(torn) <= 2 * sum(map(gibberish._FRAGMENTS.__contains__, words))


@given(TEXTS | ODD | st.text(st.sampled_from("aBdK é\n"), max_size=30))
def test_letters_at_random_are_those_of_a_third_of_the_words(text: str):
    mixed = [word for word in text.split() if len(gibberish._CAPITALS.findall(word)) >= 3]
    has_random = any(gibberish._NO_VOWEL.search(word.lower()) for word in mixed)
    expected = has_random and len(mixed) * 3 >= len(text.split())
    assert gibberish._are_letters_at_random(text) == expected


@given(TEXTS | ODD, st.sampled_from(["", "\n", " \t", "x"]), st.sampled_from(["User:", "### Response"]))
def test_a_turn_of_a_template_begins_a_line(text: str, before: str, turn: str):
    text = f"{text}{before}{turn}\n{text}"
    if gibberish._TURN.search(text):
        assert any(map(gibberish._TURN.match, lines_of(text)))


@given(TEXTS | ODD, st.integers(58, 62))
def test_a_word_without_end_is_a_long_word(text: str, length: int):
    text = f"{text}{'aB' * length}'{text}"
    if "\\" not in text and gibberish._UNBROKEN.search(without_markup(text)):
        assert max(map(len, words_of(text))) >= 60


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sea, ", "a sea *of dark night and sea* ", "x ", "so! ", "\n", "é. "]),
            st.integers(1, 40),
        ),
        max_size=8,
    )
)
def test_lines_without_a_mark_are_those_of_the_whole_text(parts: list[tuple[str, int]]):
    text = "".join(part * times for part, times in parts)
    if text.isascii() or len(text.split()) > gibberish._LONGEST_UNMARKED:
        apart = gibberish._MARK.split(gibberish._EMPHASIS.sub(".", text))
        lengths = sorted(len(part.split()) for part in apart if len(part) > 2 * gibberish._RUNS_ON)
        if len(lengths) > 1 and lengths[-2] > gibberish._RUNS_ON:
            expected = f"twice {lengths[-2]} words without a mark"
        else:
            longest = lengths[-1] if lengths else 0
            expected = f"{longest} words without a mark" if longest > gibberish._LONGEST_UNMARKED else None
        assert gibberish._unmarked(text) == expected


@given(TEXTS)
def test_a_word_without_vowels_is_seen_at_first(text: str):
    if style._VOWELLESS.search(text):
        assert style._may_be_without_vowels(text)


BAGS = st.lists(st.frozensets(st.sampled_from("abcdefghij"), min_size=4), max_size=9)


@given(BAGS)
def test_items_that_are_alike_have_words_of_earlier_ones(bags: list[frozenset[str]]):
    alike = sum(
        any(len(bag & other) >= twins._ALIKE * len(bag | other) for other in bags[:i])
        for i, bag in enumerate(bags)
    )
    assert len(twins._may_be_twins(bags)) >= alike
    found = sum(any(twins._are_alike(bags[i], each) for each in bags[:i]) for i in twins._may_be_twins(bags))
    assert found == alike


SENTENCES = (
    "the dark sea and the night don't end here at all",
    "tell me why the tide comes in and goes out again",
    "what is the luxury of a dark night by the sea",
    "ships go by",
    "nobody knows who built the old stone tower there",
    "rewrite it",
)
SAID = st.lists(
    st.tuples(st.sampled_from(SENTENCES), st.sampled_from([". ", "? ", "\n", ' ." ', "\\alpha "]))
)


@given(SAID, SAID)
def test_an_echo_is_heard_as_it_would_be_without_a_first_look(
    asked: list[tuple[str, str]], said: list[tuple[str, str]]
):
    instruction = Instruction(prompt="Go on: " + "".join(map("".join, asked)), constraints=[WordCount(min=1)])
    attempt = GuardedResponse(Text("".join(map("".join, said))), instruction)
    assert echo.echo(attempt) == _echo(attempt)


def _echo(attempt: GuardedResponse) -> str | None:
    prompt, words = words_between_marks(attempt.asked), attempt.words
    if len(words) < 5:
        return None
    if made_of := echo._of_its_sentences(attempt, prompt):
        return made_of
    if echo._is_run(prompt, words) and not echo._PART_WANTED.search(attempt.asked):
        return "is a part of the prompt"
    share = echo._share_of_runs(prompt, words)
    if share >= echo._ECHOED and not echo.EDITING.search(attempt.asked):
        return f"{share:.0%} of it is the prompt's"
    return echo._opening(attempt) or echo._continued(attempt, prompt)

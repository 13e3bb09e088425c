"""What is looked at first, because it is fast, hides nothing of what is looked at then."""

from hypothesis import given
from hypothesis import strategies as st

from hir_data.replays.fitness import answer
from hir_data.text.quality import gibberish, repetition, style
from hir_data.text.quality.prose import WORD, plain, words_between_marks, words_of

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


@given(TEXTS)
def test_an_echo_has_a_word_behind_itself(text: str):
    words = words_of(text)
    found = repetition._ECHOING.search(text)
    expected = found[1] if found and found[1].lower() not in repetition._OF_SONGS else None
    assert repetition._echoing(text, words) == expected


@given(TEXTS)
def test_each_item_of_a_list_has_a_mark(text: str):
    starts = sum(1 for _ in repetition._ITEM_START.finditer(text))
    assert len(repetition._ITEM_MARK.findall(text)) >= starts


@given(TEXTS)
def test_no_word_at_random_is_left_uncounted(text: str):
    said = plain(text)
    assert gibberish._most_random(said) >= len(gibberish._MAY_BE_RANDOM.findall(said))


@given(TEXTS)
def test_sentences_are_cut_where_a_mark_and_white_space_stand(text: str):
    assert style._sentences_of(text) == style._SENTENCE_END.sub(r"\1\n", text).split("\n")
    parts = answer._SENTENCE_END.sub(r"\1\n", plain(text)).split("\n")
    expected = [(part.strip(), words) for part in parts if (words := answer.WORD.findall(part))]
    assert [(said, [*words]) for said, words in answer._each_sentence(text)] == expected
    first = answer._first_sentence(text)
    assert (None if first is None else (first[0], [*first[1]])) == next(iter(expected), None)


@given(TEXTS | st.text(st.sampled_from("ab'’é\u0301\ud800 .,-_“—。天\x1c\n\\5"), max_size=12))
def test_words_between_marks_are_those_of_the_pattern(text: str):
    assert words_between_marks(text) == WORD.findall(text)

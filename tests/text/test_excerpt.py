"""What is quoted of a text begins and ends between two words."""

from hypothesis import given
from hypothesis import strategies as st

from hir_data.schemas import registry
from hir_data.text.excerpt import excerpt, first_words, last_words
from hir_data.text.text import Text

WORDS = st.lists(st.text("abé,.", min_size=1, max_size=12), max_size=12)


@given(WORDS, st.sampled_from([" ", "\n", "  "]), st.integers(0, 60))
def test_quotes_have_whole_words_alone(words: list[str], between: str, number: int):
    text = between.join(words)
    start = excerpt(text, number + 12)
    assert text.startswith(start.removesuffix(" …")) and len(start) <= number + 14
    assert words[: len(start.removesuffix(" …").split())] == start.removesuffix(" …").split()
    assert start == text or start.endswith(" …")
    for part, of_words in ((first_words(text, number), words), (last_words(text, number)[::-1], words[::-1])):
        assert len(part) >= min(number, len(text))
        own = part.split() if of_words is words else part[::-1].split()[::-1]
        assert own == of_words[: len(own)]


def test_a_long_word_is_cut():
    assert excerpt("x" * 100, 5) == "xxxxx …"
    assert first_words("x" * 100, 5) == last_words("x" * 100, 5) == "xxxxx"


def test_reasons_quote_whole_words():
    for constraint, said in (
        ({"kind": "startend:end_checker", "end_phrase": "Is that all?"}, "ends with 'freeze to choose'"),
        ({"kind": "ends_with", "text": "Is that all?"}, "ends with 'freeze to choose'"),
        ({"kind": "starts_with", "text": "De"}, "starts with 'Cats', wanted"),
    ):
        verdict = registry.parse(constraint).check(Text("Cats freeze to choose"))
        assert verdict.satisfied is False and verdict.reason.startswith(said), verdict

"""IFTrain's kinds answer as the reference does on edge cases."""

import pytest
from golden import on_edge_texts, same_answers

import hir_data as hir

# A relation that the reference does not know: it fails on every text. Here no such constraint is made.
AT_MOST = {"kind": "letters:letter_counting", "N": 5, "relation": "at most"}

# A blank text has no last word, and the reference fails. Here it does not end with the word.
BLANK = {
    (hir.parse({"kind": "last_word:last_word_answer", "last_word": word}), text): False
    for word in ("sea", "world", "end")
    for text in ("", "\n\n")
}


def test_edge_texts_are_checked_as_by_the_reference(shared_data):
    answers = on_edge_texts(shared_data / "iftrain", without=[AT_MOST])
    assert same_answers(answers, BLANK) == 48 * 127 - 6


def test_a_relation_that_the_reference_does_not_know_is_an_error():
    with pytest.raises(hir.RecordError, match="'less than' or 'at least', not 'at most'"):
        hir.parse(AT_MOST)

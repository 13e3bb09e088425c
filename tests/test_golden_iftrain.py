"""IFTrain's kinds answer as the reference does on edge cases."""

import json

import pytest
from files import read

import hir_data as hir

# Where the reference fails on every text: a relation that it does not know. Here no such constraint is made.
UNKNOWN_RELATION = ("letters:letter_counting", {"N": 5, "relation": "at most"})

# Where the reference fails on a blank text, which has no last word. Here it does not end with the word.
NO_LAST_WORD = "last_word:last_word_answer"


def test_edge_texts_are_checked_as_by_the_reference(shared_data):
    texts = json.loads((shared_data / "edge_texts.json").read_text(encoding="utf-8"))
    compared, rejected, blank, different = 0, 0, 0, []
    for row in read(shared_data / "iftrain" / "edge_verdicts.jsonl"):
        record = {"kind": row["id"], **row["kwargs"]}
        if (row["id"], row["kwargs"]) == UNKNOWN_RELATION:
            assert {wanted for _, wanted in row["results"]} == {"error"}
            with pytest.raises(hir.RecordError, match="'less than' or 'at least', not 'at most'"):
                hir.parse(record)
            rejected += len(row["results"])
            continue
        constraint = hir.parse(record)
        for index, wanted in row["results"]:
            text = texts[str(index)]
            found = constraint.check(hir.Text(text)).satisfied
            if wanted == "error":
                assert (row["id"], text.strip(), found) == (NO_LAST_WORD, "", False)
                blank += 1
                continue
            compared += 1
            if found is not wanted:
                different.append((record, text, found, wanted))
    assert different == []
    assert (compared, rejected, blank) == (48 * 127 - 6, 127, 6)

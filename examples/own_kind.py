"""A kind of constraint of one's own: no sentence is too long.

Run it as a script, or give it to the command line as a plugin:

    hir-data kinds example:sentence_length --plugin examples/own_kind.py
"""

from typing import Annotated

from pydantic import Field

import hir_data as hir


@hir.register("example:sentence_length")
class SentenceLength(hir.Constraint):
    """No sentence has more than a number of words."""

    max_words: Annotated[int, Field(ge=1)]

    phrasings = (
        "Use at most {max_words} words in each sentence.",
        "No sentence of your answer may be longer than {max_words} words.",
    )
    example = hir.Example({"max_words": 3}, "It rains. We stay.", "It rains, so we stay.")

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether the longest sentence is short enough."""
        longest = max((len(sentence.split()) for sentence in text.sentences), default=0)
        return hir.Verdict(
            longest <= self.max_words, f"longest sentence: {longest} words, wanted at most {self.max_words}"
        )


if __name__ == "__main__":
    constraint = hir.parse({"kind": "example:sentence_length", "max_words": 5})
    print(constraint.describe())
    for response in ("It rains. We stay in.", "It rains and so we all stay in."):
        print(hir.check(constraint, hir.Text(response)))

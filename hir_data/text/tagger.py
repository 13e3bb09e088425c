"""NLTK's English part-of-speech tagger, whose data comes with no package."""

import functools
from collections.abc import Sequence
from typing import Any

NEEDS = (
    "NLTK's averaged_perceptron_tagger_eng: run 'python -m nltk.downloader averaged_perceptron_tagger_eng', "
    "or set NLTK_DATA to a folder that has it"
)
"""What :func:`first_tag` looks for on NLTK's path, and where to get it. Nothing is ever downloaded."""

SEEN = 3
"""How many tokens decide the tag of the first one: that of any depends on two before it and two behind it."""


def first_tag(tokens: Sequence[str]) -> str | None:
    """The Penn Treebank tag of the first token ("VB", "NNP", ...); None where the data is not found."""
    try:
        tagger = _tagger()
    except LookupError:
        return None
    tag: str = tagger.tag(tokens[:SEEN])[0][1]
    return tag


@functools.cache
def _tagger() -> Any:
    from nltk.tag.perceptron import PerceptronTagger

    return PerceptronTagger()

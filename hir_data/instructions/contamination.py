"""Prompts of a training set that stand in an evaluation set, by the runs of words that they share."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

NGRAM, MIN_OVERLAP = 8, 0.5
"""How many words a run has, and which share of an evaluation prompt's runs makes a prompt one with it."""

_COMMON = 3  # prompts that share a run of words: it is the wording of a constraint, not of a question
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
"""A word, or a letter of a script without spaces."""


class EvaluationPrompt(NamedTuple):
    """A prompt that nobody should train on.

    Attributes:
        name: where it is from, as a finding says it.
        text: what is asked.
    """

    name: str
    text: str


class Overlap(NamedTuple):
    """What a prompt has in common with one of an evaluation.

    Attributes:
        name: of the evaluation's prompt.
        share: of its runs of words, those that the prompt has; 1 where all of its words are there.
    """

    name: str
    share: float


class EvaluationSet:
    """The prompts of an evaluation, ready to be looked for.

    Args:
        prompts: those of the evaluation.
        ngram: how many words a run has.
        min_overlap: which share of the runs of an evaluation prompt has to be in another prompt.
    """

    def __init__(
        self, prompts: Iterable[EvaluationPrompt], *, ngram: int = NGRAM, min_overlap: float = MIN_OVERLAP
    ) -> None:
        self.ngram, self.min_overlap = ngram, min_overlap
        self._names: list[str] = []
        self._sizes: list[int] = []
        self._places: dict[str, list[int]] = {}
        self._whole: dict[str, int] = {}
        self._lengths: set[int] = set()
        runs_of = []
        for prompt in prompts:
            words = _words(prompt.text)
            if not words:
                continue
            self._whole.setdefault(" ".join(words), len(self._names))
            if len(words) < ngram:
                self._lengths.add(len(words))
            self._names.append(prompt.name)
            runs_of.append(set(_runs(words, ngram)))
        shared = Counter(run for runs in runs_of for run in runs)
        for place, runs in enumerate(runs_of):
            telling = {run for run in runs if shared[run] < _COMMON} or runs
            self._sizes.append(len(telling))
            for run in telling:
                self._places.setdefault(run, []).append(place)

    def overlap(self, text: str) -> Overlap | None:
        """The evaluation prompt that a text has most of; None where it has too little of each."""
        words = _words(text)
        if (same := self._whole.get(" ".join(words))) is not None:
            return Overlap(self._names[same], 1.0)
        for length in self._lengths:  # short prompts, which have no run: a text that has all of their words
            for run in _runs(words, length):
                if (same := self._whole.get(run)) is not None and length >= _SHORTEST:
                    return Overlap(self._names[same], 1.0)
        hits = Counter(place for run in set(_runs(words, self.ngram)) for place in self._places.get(run, ()))
        shares = ((number / self._sizes[place], -place) for place, number in hits.items())
        share, place = max(shares, default=(0.0, 0))
        return Overlap(self._names[-place], share) if share >= self.min_overlap else None


_SHORTEST = 5  # words of an evaluation prompt that a longer prompt cannot have by chance


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str], length: int) -> Iterator[str]:
    for start in range(len(words) - length + 1):
        yield " ".join(words[start : start + length])

"""A response and everything that constraints ask of it."""

import string
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from hir_data.text import language, markdown, segment, words
from hir_data.text.cached import cached_property
from hir_data.text.quality.prose import pieces_of
from hir_data.text.sentences import sentences

Unit = Literal["word", "sentence", "line", "paragraph", "section", "code_block"]
"""What a text can be cut into."""

_EDGES = string.punctuation + " "

# The readings of a response have most of their sentences in common.
_penn_tokens = lru_cache(maxsize=1 << 8)(segment.penn_tokens)


class _Part(NamedTuple):
    """Where a text stands in another one."""

    whole: "Text"
    start: int
    end: int


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """A part of a text without the white space around it."""
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return start, max(start, start + len(part.strip()))


def _bare_words(text: str) -> list[str]:
    return segment.without_punctuation(text.lower()).split()


class Text:
    """A text and its views, each computed once, on first use, and shared by all constraints.

    Immutable by convention: views are cached and never change. Safe to use from several threads.

    Attributes:
        raw: the text as it is.
        answers: what a judge has said, by the question: a criterion and the raw text it was asked about.
            Readings and sections share them.
    """

    _part_of: _Part | None = None

    def __init__(self, raw: str, answers: Mapping[tuple[Any, str], Any] | None = None) -> None:
        self.raw = raw
        self.answers: Mapping[tuple[Any, str], Any] = answers or {}

    def __repr__(self) -> str:
        return f"Text({self.raw!r})"

    @cached_property
    def stripped(self) -> str:
        """Without white space around it."""
        return self.raw.strip()

    @cached_property
    def is_blank(self) -> bool:
        """Whether there is nothing but white space."""
        return not self.stripped

    @cached_property
    def lower(self) -> str:
        """In lower case."""
        return self.raw.lower()

    @cached_property
    def words(self) -> list[str]:
        """IFEval's words, and IFBench's where it counts them: runs of word characters."""
        return self._split("words", segment.ifeval_words)

    @cached_property
    def sentences(self) -> list[str]:
        """IFEval's and IFBench's sentences: NLTK's English Punkt."""
        return segment.sentences_between(self.raw, self._breaks)

    @cached_property
    def _breaks(self) -> list[segment.Break]:
        if self._part_of is None:
            return segment.punkt_breaks(self.raw)
        whole, start, end = self._part_of
        return segment.breaks_within(whole._breaks, whole.raw, start, end)

    def _split(self, view: str, split: Callable[[str], list[str]]) -> list[str]:
        """The words of the text by a way to split it for which white space parts words.

        Of a part of another text they are those of that text (its view of this name) without those in front
        of the part and behind it.
        """
        if self._part_of is None:
            return split(self.raw)
        whole, start, end = self._part_of
        words: list[str] = getattr(whole, view)
        return words[len(split(whole.raw[:start])) : len(words) - len(split(whole.raw[end:]))]

    @cached_property
    def tokens(self) -> list[str]:
        """IFEval's tokens: the Penn Treebank tokens of each sentence (NLTK's ``word_tokenize``)."""
        return [*self.each_token()]

    def each_token(self) -> Iterator[str]:
        """The tokens one by one, for a check that can stop early."""
        for sentence in self.sentences:
            yield from _penn_tokens(sentence)

    @cached_property
    def pieces(self) -> list[str]:
        """What stands between white space, punctuation and all."""
        return [*pieces_of(self.raw)] if self._part_of is None else self._split("pieces", str.split)

    @cached_property
    def bare(self) -> str:
        """Without ASCII punctuation: "well-known" is "wellknown", "3.5" is "35"."""
        return segment.without_punctuation(self.raw)

    @cached_property
    def bare_words(self) -> list[str]:
        """IFBench's words: what stands between white space, in lower case and without ASCII punctuation."""
        return self._split("bare_words", _bare_words)

    @cached_property
    def reader_words(self) -> list[str]:
        """Words as a reader counts them, in any language (:func:`hir_data.text.words.words`)."""
        return words.words(self.raw)

    @cached_property
    def split_words(self) -> list[str]:
        """Words as a reader counts them who takes "well-known" for two."""
        has_hyphens = any(sign in self.raw for sign in words.HYPHENS)
        return words.words(self.raw, split_hyphens=True) if has_hyphens else self.reader_words

    @cached_property
    def distinct_words(self) -> frozenset[str]:
        """IFBench's different words: what stands between white space, in lower case, without marks around it.

        What punctuation leaves nothing of is a word too: " - " counts once.
        """
        return frozenset(piece.strip(_EDGES) for piece in {*self.lower.split()})

    @cached_property
    def rule_sentences(self) -> list[str]:
        """IFTrain's sentences: a chain of replacement rules (see ``segment.rule_sentences``)."""
        return segment.rule_sentences(self.raw)

    @cached_property
    def language(self) -> str | None:
        """The language by langdetect, seeded; None if nothing tells it (:mod:`hir_data.text.language`)."""
        return language.detect(self.raw)

    @cached_property
    def readings(self) -> tuple[tuple[str, "Text"], ...]:
        """The loose readings with what was taken away, the text itself first.

        IFEval's eight: with or without the first line, the last line, and asterisks. Readings that are
        blank or equal to an earlier one are left out; they can never change a loose verdict.
        """
        raw, without = self.raw, Text(self.raw.replace("*", ""), self.answers)
        first, last = raw.find("\n"), raw.rfind("\n")
        lines = (
            ("the first line", first + 1 or len(raw), len(raw)),
            ("the last line", 0, max(last, 0)),
            ("the first and the last line", first + 1, max(last, first + 1)),
        )
        edges = [(name, *_stripped(raw, start, end)) for name, start, end in lines]
        readings = [("", self), ("asterisks", without)]
        readings += [(name, self._part(start, end)) for name, start, end in edges]
        for name, start, end in edges if "*" in raw else ():
            before, within = raw.count("*", 0, start), raw.count("*", start, end)
            part = without._part(start - before, end - before - within)
            readings.append((f"{name} and asterisks", part))
        found: dict[str, tuple[str, Text]] = {}
        for name, reading in readings:
            if reading.raw not in found and reading.raw.strip():
                found[reading.raw] = (name, reading)
        return tuple(found.values())

    def _part(self, start: int, end: int) -> "Text":
        """A part of this text; its views are made from those of this one where white space is around it."""
        part = Text(self.raw[start:end], self.answers)
        spaces, begins, behind = segment.PUNKT_SPACES, self.raw[start : start + 1], self.raw[end : end + 1]
        is_apart = start == 0 or (start > 1 and self.raw[start - 1] in spaces)
        if is_apart and begins not in spaces and not behind.strip():
            part._part_of = _Part(self, start, end)
        return part

    def sections(self, unit: Unit) -> tuple["Text", ...]:
        """The text cut into units, each a text of its own.

        Words are what stands between white space; sentences, lines and paragraphs are our own, for any
        language (:mod:`hir_data.text.sentences`, :mod:`hir_data.text.segment`); sections stand under a
        Markdown heading each (:attr:`headings`), code blocks are Markdown's too.
        """
        if unit not in self._sections:
            self._sections[unit] = tuple(Text(raw, self.answers) for raw in self._cut(unit))
        return self._sections[unit]

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The heading of each section, in the order of ``sections("section")``."""
        return tuple(section.heading for section in self._markdown)

    @cached_property
    def _sections(self) -> dict[Unit, tuple["Text", ...]]:
        return {}

    @cached_property
    def _markdown(self) -> list[markdown.Section]:
        return markdown.sections(self.raw)

    def _cut(self, unit: Unit) -> list[str]:
        match unit:
            case "word":
                return self.pieces
            case "sentence":
                return sentences(self.raw)
            case "line":
                return segment.lines(self.raw)
            case "paragraph":
                return segment.paragraphs(self.raw)
            case "section":
                return [section.body for section in self._markdown]
            case "code_block":
                return markdown.code_blocks(self.raw)

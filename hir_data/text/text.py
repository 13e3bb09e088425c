"""A response and everything that constraints ask of it."""

import string
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

from hir_data.text import language, markdown, segment, words
from hir_data.text.cached import cached_property
from hir_data.text.quality.prose import pieces_of
from hir_data.text.sentences import sentences

Unit = Literal["word", "sentence", "line", "paragraph", "section", "code_block"]
"""What a text can be cut into."""

_EDGES = string.punctuation + " "

# The readings of a response have most of their sentences in common.
_penn_tokens = lru_cache(maxsize=1 << 8)(segment.penn_tokens)


class Text:
    """A text and its views, each computed once, on first use, and shared by all constraints.

    Immutable by convention: views are cached and never change. Safe to use from several threads.

    Attributes:
        raw: the text as it is.
        answers: what a judge has said, by the question: a criterion and the raw text it was asked about.
            Readings and sections share them.
    """

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
        return segment.ifeval_words(self.raw)

    @cached_property
    def sentences(self) -> list[str]:
        """IFEval's and IFBench's sentences: NLTK's English Punkt."""
        return segment.punkt_sentences(self.raw)

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
        return [*pieces_of(self.raw)]

    @cached_property
    def bare(self) -> str:
        """Without ASCII punctuation: "well-known" is "wellknown", "3.5" is "35"."""
        return segment.without_punctuation(self.raw)

    @cached_property
    def bare_words(self) -> list[str]:
        """IFBench's words: what stands between white space, in lower case and without ASCII punctuation."""
        return segment.without_punctuation(self.lower).split()

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
        lines = self.raw.split("\n")
        edges = (
            ("the first line", "\n".join(lines[1:]).strip()),
            ("the last line", "\n".join(lines[:-1]).strip()),
            ("the first and the last line", "\n".join(lines[1:-1]).strip()),
        )
        readings = [("", self.raw), ("asterisks", self.raw.replace("*", "")), *edges]
        readings += [(f"{name} and asterisks", raw.replace("*", "")) for name, raw in edges]
        found: dict[str, tuple[str, Text]] = {}
        for name, raw in readings:
            if raw not in found and raw.strip():
                found[raw] = (name, self if raw == self.raw else Text(raw, self.answers))
        return tuple(found.values())

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

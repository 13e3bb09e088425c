"""What took the square of a text's length, or worse, and does no longer (tests/degenerate.py seeks more)."""

import os

import pytest
from degenerate import FAMILIES, LONGEST, readers, seconds_of

import hir_data as hir

pytestmark = pytest.mark.skipif(os.name != "posix", reason="what takes too long is ended by a signal")

MENDED = [
    ("detectable_content:number_placeholders: check", "only ["),
    ("detectable_format:title: check", "only <"),
    ("detectable_content:postscript: check", "blank lines with tabs"),
    ("detectable_format:number_bullet_lists: check", "blank lines with tabs"),
    ("muldimif:bullets: check", "blank lines with tabs"),
    ("muldimif:no_numbered_lists: check", "blank lines with spaces"),
    ("character_count: check", "flags"),
    ("format:line_indent: check", "a\\n\\n"),
    ("format:quotes: degree", "“"),
    ("muldimif:references: check", "( before prose"),
    ("guard empty_shell", "ps."),
    ("keywords:frequency: strictly read", "CJK"),
    ("judge's answer", '{"a":'),
    ("any_of: degree", "mixed marks"),
    ("starts_with: check", "mixed marks"),
    ("reading_level: check", "mixed marks"),
    ("identify", "mixed marks"),
    ("fr:special_character:no_accents: check", "mixed marks"),
    ("ja:startend:sentence_unified_end: check", "only * after a word"),
    ("sentence_count: check", "CJK quotations"),
    ("sentence_count: check", "CJK brackets"),
]
"""What took the square of a length, or worse."""

READERS = {reader.name: reader for reader in readers()}


@pytest.mark.parametrize(("name", "family"), MENDED)
def test_what_took_the_square_of_a_length(name: str, family: str):
    reader = READERS[name]

    text = hir.Text(FAMILIES[family](64_000))
    assert seconds_of(reader.prepare(text)) < LONGEST

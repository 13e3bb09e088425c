"""MulDimIF's sentences are read, and what they become answers nearly always as the reference does."""

import json

from golden import read_lines

import hir_data as hir
from hir_data.formats.grammar.parse import parse_muldimif
from hir_data.verifiers.muldimif.unparsed import Unparsed


def test_nearly_every_sentence_is_read(shared_data):
    prompts = json.loads((shared_data / "muldimif" / "prompts.json").read_text(encoding="utf-8"))
    sentences = {tuple(constraint) for prompt in prompts for constraint in prompt["constraints"]}
    read = [one for one in sentences if not isinstance(parse_muldimif(*one), Unparsed)]
    assert len(sentences) == 1760
    assert len(read) / len(sentences) >= 0.98


def test_verdicts_are_those_of_the_reference(shared_data):
    same = total = 0
    for row in read_lines(shared_data / "muldimif" / "verdicts_synthetic.jsonl"):
        text = hir.Text(row["response"])
        for stated, wanted in zip(row["constraints"], row["verdicts"], strict=True):
            constraint = parse_muldimif(*stated)
            if not isinstance(constraint, Unparsed):
                total += 1
                same += hir.check(constraint, text).satisfied is bool(wanted)
    assert total > 6800
    assert same / total >= 0.97


CATEGORIES = {"Content_Others": ("Content", "Identifiers"), "Format_Others": ("Format", "Text")}


def test_unit_cases_are_checked_as_by_the_reference(shared_data):
    same = total = 0
    for row in read_lines(shared_data / "muldimif" / "unit_cases.jsonl"):
        category = CATEGORIES.get(row["checker"]) or row["checker"].split("_")
        constraint = parse_muldimif(*category, row["constraint"])
        if not isinstance(constraint, Unparsed):
            total += 1
            same += hir.check(constraint, hir.Text(row["text"])).satisfied is row["result"]
    assert total > 900
    assert same / total >= 0.97

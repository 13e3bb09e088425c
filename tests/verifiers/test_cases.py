"""Every kind answers as its table says, and writes and describes itself as it should."""

import json
import re

import pytest
from cases import (
    Case,
    compose,
    general,
    ifbench_count,
    ifbench_custom,
    ifbench_format,
    ifbench_words,
    ifeval,
    iftrain,
    mifeval,
    muldimif,
    structure,
)
from pydantic_core import to_json

import hir_data as hir
from hir_data.text import tagger
from hir_data.verifiers.compose import Composite
from hir_data.verifiers.general import text as general_kinds
from hir_data.verifiers.ifeval.keywords import LANGUAGE_NAMES

CASES = [
    *compose.CASES,
    *general.CASES,
    *ifbench_count.CASES,
    *ifbench_custom.CASES,
    *ifbench_format.CASES,
    *ifbench_words.CASES,
    *ifeval.CASES,
    *iftrain.CASES,
    *mifeval.CASES,
    *muldimif.CASES,
    *structure.CASES,
]
KINDS = [kind for kind, cls in hir.kinds().items() if cls.__module__.startswith("hir_data.")]

each_case = pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.kind}: {c.why}") for c in CASES])
SOFT = {"soft:criterion", "soft:grade", "muldimif:unparsed"}  # undetermined until somebody judges them
COMPOSITES = {kind for kind in KINDS if issubclass(hir.lookup(kind), Composite)}  # phrased by their parts

each_kind = pytest.mark.parametrize("kind", KINDS)
each_hard_kind = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SOFT])


@each_case
@pytest.mark.usefixtures("what_it_needs")
def test_a_case_is_answered_as_the_table_says(case: Case):
    verdict = hir.check(hir.parse(case.record), hir.Text(case.text))
    assert verdict.satisfied is case.satisfied, verdict
    assert (verdict.status == "ok") is (case.satisfied is not None), verdict
    assert json.loads(to_json(verdict))["satisfied"] is case.satisfied


@each_case
def test_a_constraint_is_what_its_record_says(case: Case):
    constraint = hir.parse(case.record)
    record = constraint.record()
    assert record["kind"] == case.kind
    for again in (hir.parse(record), hir.parse(json.loads(json.dumps(record)))):
        assert again == constraint
        assert hash(again) == hash(constraint)
        assert type(again) is type(constraint)


def test_cases_have_names_of_their_own():
    names = [(case.kind, case.why) for case in CASES]
    assert len(set(names)) == len(names)


@each_hard_kind
def test_a_kind_has_cases_for_both_answers(kind: str):
    answers = {case.satisfied for case in CASES if case.kind == kind}
    assert {True, False} <= answers


@each_hard_kind
@pytest.mark.usefixtures("what_it_needs")
def test_a_kind_has_an_example_that_shows_it(kind: str):
    example = hir.lookup(kind).example
    assert example is not None
    constraint = hir.parse({"kind": kind, **example.parameters})
    assert hir.check(constraint, hir.Text(example.satisfied_by)).satisfied is True
    assert hir.check(constraint, hir.Text(example.violated_by)).satisfied is False


@each_kind
def test_a_kind_is_documented(kind: str):
    cls = hir.lookup(kind)
    assert cls.__doc__
    assert cls.__doc__ != hir.Constraint.__doc__
    assert len(set(cls.phrasings)) == len(cls.phrasings) >= (0 if kind in COMPOSITES else 2)


ORDERS = set(
    """
    Add Alternate Answer Begin Copy Do End Explain Finish First Give Highlight Include Indent Let List Mention
    Name Nest Never Put Repeat Say Share Start State Use Wrap Write
    """.split()
)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SOFT | COMPOSITES])
def test_the_first_phrasing_is_one_order(kind: str):
    """So that it can stand behind "if you" and "do not"."""
    first = hir.lookup(kind).phrasings[0]
    assert first.split()[0] in ORDERS
    assert not re.search(r"[a-z]\. [A-Z]", first)


IN_WORDS = {"1": "once", "2": "twice"}


@each_kind
def test_each_description_says_what_a_reader_needs(kind: str):
    if kind in COMPOSITES:
        return  # test_compose says how they read
    parameters = hir.lookup(kind).example.parameters
    constraint = hir.parse({"kind": kind, **parameters})
    needed = [
        LANGUAGE_NAMES.get(value, value.capitalize()) if name == "language" else str(value)
        for name, value in parameters.items()
        if type(value) in (str, int)
    ] + [word for value in parameters.values() if type(value) is list for word in value]
    for phrasing in range(len(constraint.phrasings)):
        description = constraint.describe(phrasing)
        missing = [value for value in needed if value not in description]
        assert [value for value in missing if IN_WORDS.get(value, value) not in description] == [], (
            description
        )
        assert description != "", description
    assert constraint.describe(len(constraint.phrasings)) == constraint.describe(0)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"min": 3}, "at least 3"),
        ({"max": 5}, "at most 5"),
        ({"min": 3, "max": 5}, "between 3 and 5"),
        ({"min": 4, "max": 4}, "exactly 4"),
        ({"min": 0, "max": 0}, "exactly 0"),
    ],
)
@pytest.mark.parametrize("kind", ["word_count", "sentence_count", "paragraph_count", "character_count"])
def test_bounds_are_described_in_words(kind: str, parameters: dict[str, int], words: str):
    constraint = hir.parse({"kind": kind, **parameters})
    assert all(words in constraint.describe(phrasing) for phrasing in range(len(constraint.phrasings)))


@pytest.mark.parametrize(
    ("record", "english"),
    [
        ({"kind": "paragraph_count", "max": 1}, "Write at most 1 paragraph."),
        ({"kind": "paragraph_count", "min": 1, "max": 2}, "Write 1 or 2 paragraphs."),
        ({"kind": "word_count", "min": 1}, "Use at least 1 word."),
        (
            {"kind": "keywords:frequency", "keyword": "sea", "relation": "at least", "frequency": 1},
            'Use the word "sea" at least once.',
        ),
        (
            {"kind": "keywords:frequency", "keyword": "sea", "relation": "less than", "frequency": 2},
            'Use the word "sea" at most once.',
        ),
        (
            {"kind": "detectable_format:number_bullet_lists", "num_bullets": 1},
            "Use exactly 1 bullet point in markdown (lines that start with * or -).",
        ),
        (
            {"kind": "detectable_format:number_bullet_lists", "num_bullets": 0},
            "Use no bullet points in markdown (lines that start with * or -).",
        ),
        ({"kind": "json"}, "Answer with valid JSON and nothing else."),
        (
            {"kind": "json", "json_schema": {"type": "array"}},
            'Answer with valid JSON and nothing else, fitting this JSON Schema: {"type": "array"}.',
        ),
        (
            {"kind": "matches", "pattern": "[ab]+", "whole": True},
            "Write so that the regular expression `[ab]+` matches the whole of your answer.",
        ),
    ],
)
def test_a_description_reads_as_english(record: dict, english: str):
    assert hir.parse(record).describe() == english


@pytest.mark.parametrize(
    ("record", "text", "reason"),
    [
        ({"kind": "word_count", "min": 2}, "One", "found 1 word, wanted at least 2"),
        ({"kind": "word_count", "max": 1}, "One two", "found 2 words, wanted at most 1"),
        ({"kind": "punctuation:no_comma"}, "a, b, c", "found 2 commas, wanted none"),
        ({"kind": "keywords:existence", "keywords": ["a", "sun", "sea"]}, "a", "missing: sun and sea"),
        ({"kind": "keywords:forbidden_words", "forbidden_words": ["x", "y"]}, "x", "found: x"),
        (
            {"kind": "language:response_language", "language": "fr"},
            "The weather is lovely in the city today.",
            "detected en, wanted fr",
        ),
        (
            {"kind": "detectable_format:number_bullet_lists", "num_bullets": 2},
            "- tea",
            "found 1 bullet point, wanted 2",
        ),
        ({"kind": "words:repeats", "small_n": 1}, "The tea, the", '"the" occurs 2 times, wanted at most 1'),
        ({"kind": "words:consonants"}, "a" * 41, f'"{"a" * 39}…" has no two consonants in a row'),
        ({"kind": "sentence:increment", "small_n": 1}, "Hi. Hi.", "sentence 2 has 1 word, wanted 2"),
        ({"kind": "json", "json_schema": {"required": ["a"]}}, "{}", "$: 'a' is a required property"),
    ],
)
def test_a_reason_says_what_was_found_and_what_was_wanted(record, text: str, reason: str):
    assert hir.check(hir.parse(record), hir.Text(text)).reason == reason


def test_a_kind_without_what_it_needs_is_undetermined_and_says_how_to_get_it(no_tagger_data):
    constraint = hir.parse({"kind": "words:start_verb"})
    verdict = hir.check(constraint, hir.Text("Does it rain today?"))
    assert (verdict.satisfied, verdict.status) == (None, "error")
    assert verdict.reason.startswith(f"needs {constraint.requires}")
    assert "python -m nltk.downloader averaged_perceptron_tagger_eng" in verdict.reason


def test_the_tag_of_a_word_depends_on_no_more_than_two_behind_it(tagger_data):
    """So that the tagger may be shown three tokens instead of the whole response."""
    for case in CASES:
        tokens = hir.Text(case.text).tokens
        if tokens:
            assert tagger.first_tag(tokens) == tagger._tagger().tag(tokens)[0][1]


@pytest.mark.parametrize("whole", [False, True])
def test_a_pattern_that_never_ends_is_a_timeout(whole: bool, monkeypatch):
    monkeypatch.setattr(general_kinds, "PATTERN_SECONDS", 0.05)
    constraint = hir.parse({"kind": "matches", "pattern": "(a|aa)+$", "whole": whole})
    verdict = hir.check(constraint, hir.Text("a" * 200 + "!"))
    assert (verdict.satisfied, verdict.status) == (None, "timeout")
    assert "0.05 s" in verdict.reason


def test_equal_schemas_make_equal_constraints():
    one = hir.parse({"kind": "json", "json_schema": {"type": "object", "required": ["a"]}})
    other = hir.parse({"kind": "json", "json_schema": '{"required": ["a"], "type": "object"}'})
    assert one == other
    assert hash(one) == hash(other)
    assert one.record()["json_schema"] == {"type": "object", "required": ["a"]}


@pytest.mark.filterwarnings("ignore:Automatically retrieving remote references:DeprecationWarning")
def test_a_schema_reads_no_file_and_no_address(tmp_path):
    (tmp_path / "other.json").write_text('{"type": "integer"}', encoding="utf-8")
    schema = {"$ref": (tmp_path / "other.json").as_uri()}
    verdict = hir.check(hir.parse({"kind": "json", "json_schema": schema}), hir.Text("42"))
    assert (verdict.satisfied, verdict.status) == (None, "error")

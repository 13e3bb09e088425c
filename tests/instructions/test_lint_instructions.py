"""What is wrong with an instruction before anybody answers it."""

import json

import pytest
from cases.contradictions import (
    exist,
    forbid,
    language,
    letter,
    no,
    nth,
    often,
    paragraphs,
    repeat,
    within,
    words,
)

import hir_data as hir
from hir_data.formats.format import Prompt
from hir_data.formats.reader import ParsedPrompt, read_instructions
from hir_data.formats.rows import Row
from hir_data.instructions.lint import SORTS, Finding, lint
from hir_data.runs.lint import as_record


def asked(prompt: str, *constraints: dict) -> hir.Instruction:
    return hir.Instruction(prompt=prompt, constraints=constraints)


def unmentioned(prompt: str, *constraints: dict) -> list[str]:
    found = lint(asked(prompt, *constraints))
    assert {finding.type for finding in found} <= {"unmentioned"}
    return [finding.reason.split("mention ")[1].split(" (")[0] for finding in found]


@pytest.mark.parametrize(
    ("prompt", "constraint"),
    [
        ("Use at least 300 words.", words("at least", 300)),
        ("300+ words, please.", words("at least", 300)),
        ("Write more than 299 words.", words("at least", 300)),
        ("At most 99 words.", words("less than", 100)),
        ("Use three hundred words.", words("at least", 300)),
        ("At least one thousand two hundred words.", words("at least", 1200)),
        ("At least 1,200 words.", words("at least", 1200)),
        ("At least a hundred words.", words("at least", 100)),
        ("Twenty-five words or more.", words("at least", 25)),
        ("Mention the sea twice or more.", often("sea", "at least", 2)),
        ("Mention the sea, at most once.", often("sea", "less than", 2)),
        ("Never mention the SEA.", often("sea", "less than", 1)),
        ("A dozen paragraphs.", paragraphs(12)),
        ("Seven paragraphs; the third one starts with We.", nth(7, 3, "we")),
        ('Use the letter "e" 9 times.', letter("e", "at least", 9)),
        ("Use the words deep-sea and the colour.", exist("deep sea", "Colour")),
        ("Answer in FRENCH.", language("fr")),
        ("The last line is about the sea.", within("line", -1, exist("sea"))),
        ("In the second line, do not mention the sea.", within("line", 2, no(exist("sea")))),
        ("Do it.", repeat("Something else entirely")),
        ("Do it.", {"kind": "matches", "pattern": r"\d+"}),
        ("Do it.", {"kind": "soft:criterion", "criterion": "The tone is formal."}),
        ("", words("at least", 300)),
    ],
)
def test_what_a_prompt_mentions_is_found(prompt: str, constraint: dict):
    assert unmentioned(prompt, constraint) == []


@pytest.mark.parametrize(
    ("prompt", "constraint", "missing"),
    [
        ("Use at least 400 words.", words("at least", 336), ['"336"']),
        ("Use at least 3000 words.", words("at least", 300), ['"300"']),
        ("Write more than 300 words.", words("less than", 303), ['"303"']),
        ("Two paragraphs.", paragraphs(3), ['"3"']),
        ("Mention the sea.", exist("sea", "lake"), ['"lake"']),
        ("Do not mention the sea.", forbid("lake", "pond"), ['"lake"', '"pond"']),
        ("Answer in German.", language("fr"), ['"French"']),
        ("The second line is about lakes.", within("line", 4, exist("sea")), ['"sea"', '"4"']),
    ],
)
def test_what_a_prompt_does_not_mention_is_told(prompt: str, constraint: dict, missing: list[str]):
    assert unmentioned(prompt, constraint) == missing


def test_a_finding_names_the_parameter_and_the_constraint():
    (finding,) = lint(asked("Use 9 commas.", {"kind": "punctuation:no_comma"}, words("at least", 50)))
    assert finding == Finding(
        "unmentioned",
        (1,),
        'the prompt does not seem to mention "50" (num_words of length_constraints:number_words)',
        "num_words",
    )


def test_conflicts_come_first():
    found = lint(asked("Short, 50 words, or 9.", words("at least", 70), words("less than", 9)))
    assert [(finding.type, finding.constraints) for finding in found] == [
        ("contradiction", (0, 1)),
        ("unmentioned", (0,)),
    ]
    assert {finding.type for finding in found} < set(SORTS)


def test_tables_are_reported_where_they_are_asked_for():
    pair = asked("", words("at least", 5), words("less than", 9), {"kind": "combination:two_responses"})
    assert lint(pair) == []
    assert [(finding.type, finding.constraints) for finding in lint(pair, tables=True)] == [
        ("table", (0, 1)),
        ("table", (0, 2)),
        ("table", (1, 2)),
    ]
    ours = asked("", {"kind": "word_count", "max": 9}, {"kind": "word_count", "min": 3})
    assert lint(ours, tables=True) == []


def test_a_record_of_a_finding():
    instruction = hir.Instruction(id=7, prompt="Write.", constraints=[paragraphs(3)])
    (finding,) = lint(instruction)
    record = as_record(ParsedPrompt(Row("prompts.jsonl", 2, {}), Prompt(instruction, None, {}, {})), finding)
    assert json.loads(json.dumps(record)) == {
        "source": "prompts.jsonl",
        "line": 2,
        "id": 7,
        "sort": "unmentioned",
        "constraints": [0],
        "kinds": ["length_constraints:number_paragraphs"],
        "parameter": "num_paragraphs",
        "reason": finding.reason,
    }


# What is known of the benchmarks


def of_ifeval(shared_data, **options) -> dict[int, list[str]]:
    read = read_instructions(str(shared_data / "ifeval" / "prompts.jsonl"))
    found = {one.instruction.id: lint(one.instruction, **options) for one in read}
    assert len(found) == 541
    return {key: [finding.type for finding in each] for key, each in found.items() if each}


def test_the_slips_of_ifeval_are_found(shared_data):
    assert of_ifeval(shared_data) == {
        # The request to repeat holds what must not occur.
        **{key: ["contradiction"] for key in (374, 1627, 3369, 3718)},
        3371: ["redundant", "contradiction"],
        # ... or what has to.
        **{key: ["redundant"] for key in (1139, 1281, 3305)},
        30: ["redundant"],  # asks twice for quotation marks
        337: ["unmentioned"],  # 400 words in the prompt, 336 in the parameters
        143: ["unmentioned"],  # two paragraphs, which the prompt says in other words
    }


def test_29_prompts_of_ifeval_break_its_own_table(shared_data):
    found = of_ifeval(shared_data, tables=True)
    breaking = {key for key, sorts in found.items() if sorts != ["unmentioned"]}
    allowed = {1139, 1281, 1627, 3718}  # a request to repeat may come with keywords, and without commas
    assert breaking > allowed
    assert len(breaking - allowed) == 29


def test_ifbench_has_none(shared_data):
    read = list(read_instructions(str(shared_data / "ifbench" / "prompts.jsonl")))
    assert len(read) == 294
    assert [one.instruction.id for one in read if lint(one.instruction, tables=True)] == []


def test_a_constraint_is_looked_for_in_the_message_that_states_it():
    turns = [
        {"role": "system", "content": "Use at most 3 words."},
        {"role": "user", "content": "Use at least 9 words."},
    ]
    constraints = [{"kind": "word_count", "max": 3}, {"kind": "word_count", "min": 9}]
    asked = hir.Instruction(messages=turns, constraints=constraints, stated_in=[0, 1])
    assert [each.type for each in hir.lint(asked)] == ["hierarchy"]
    swapped = hir.Instruction(messages=turns, constraints=constraints, stated_in=[1, 0])
    assert {each.type for each in hir.lint(swapped)} == {"hierarchy", "unmentioned"}
    unsaid = hir.Instruction(messages=turns, constraints=constraints)
    assert [each.type for each in hir.lint(unsaid)] == ["contradiction"]

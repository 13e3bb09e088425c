"""Composites: Kleene's tables, operators, English, parts in the verdict, errors with their place."""

import itertools
import json

import pytest
from cases.compose import ONE

import hir_data as hir
from hir_data.schemas.constraint import Example
from hir_data.verifiers.within import ordinal

VALUES = (True, False, None)


@pytest.fixture
def answers(own_registry):
    """A kind that says what it is told to, and one that crashes."""

    @hir.register("test:says")
    class Says(hir.Constraint):
        """It is as it says."""

        value: bool | None
        phrasings = ("Say {value}.",)
        example = Example({"value": True}, "", "")

        def check(self, text: hir.Text) -> hir.Verdict:
            if self.value is None:
                raise RuntimeError("boom")
            return hir.Verdict(self.value, f"says {self.value}")

    return {value: {"kind": "test:says", "value": value} for value in VALUES}


def value_of(record: dict) -> bool | None:
    return hir.check(hir.parse(record), hir.Text("A text.")).satisfied


def implies(one: bool | None, other: bool | None) -> bool | None:
    return kleene_or([None if one is None else not one, other])


def kleene_or(values) -> bool | None:
    values = list(values)
    return True if True in values else None if None in values else False


def kleene_and(values) -> bool | None:
    values = list(values)
    return False if False in values else None if None in values else True


TRIPLES = list(itertools.product(VALUES, repeat=3))


@pytest.mark.parametrize("values", TRIPLES)
def test_all_of_is_kleenes_and(values, answers):
    record = {"kind": "all_of", "constraints": [answers[value] for value in values]}
    assert value_of(record) is kleene_and(values)


@pytest.mark.parametrize("values", TRIPLES)
def test_any_of_is_kleenes_or(values, answers):
    record = {"kind": "any_of", "constraints": [answers[value] for value in values]}
    assert value_of(record) is kleene_or(values)


@pytest.mark.parametrize(("condition", "then", "otherwise"), TRIPLES)
def test_if_then_is_two_implications(condition, then, otherwise, answers):
    record = {"kind": "if_then", "if": answers[condition], "then": answers[then], "else": answers[otherwise]}
    no_condition = None if condition is None else not condition
    assert value_of(record) is kleene_and([implies(condition, then), implies(no_condition, otherwise)])


@pytest.mark.parametrize(("condition", "then"), list(itertools.product(VALUES, repeat=2)))
def test_if_then_without_else_is_one_implication(condition, then, answers):
    record = {"kind": "if_then", "if": answers[condition], "then": answers[then]}
    assert value_of(record) is implies(condition, then)


@pytest.mark.parametrize(("value", "wanted"), [(True, False), (False, True), (None, None)])
def test_not_turns_round_what_is_known(value, wanted, answers):
    assert value_of({"kind": "not", "constraint": answers[value]}) is wanted


def test_a_crash_inside_keeps_its_reason_and_its_status(answers):
    verdict = hir.check(hir.parse({"kind": "not", "constraint": answers[None]}), hir.Text("x"))
    assert verdict == hir.Verdict(
        None,
        "RuntimeError: boom",
        "error",
        (hir.Part("constraint", hir.Verdict(None, "RuntimeError: boom", "error")),),
    )


# Python

SEA = hir.parse({"kind": "contains", "text": "sea"})
SHORT = hir.parse({"kind": "word_count", "max": 3})
PLAIN = hir.parse({"kind": "punctuation:no_comma"})


@pytest.mark.parametrize(
    ("made", "record"),
    [
        (SEA & SHORT, {"kind": "all_of", "constraints": [SEA.record(), SHORT.record()]}),
        (SEA & SHORT & PLAIN, {"kind": "all_of", "constraints": [c.record() for c in (SEA, SHORT, PLAIN)]}),
        (SEA | SHORT | PLAIN, {"kind": "any_of", "constraints": [c.record() for c in (SEA, SHORT, PLAIN)]}),
        (~SEA, {"kind": "not", "constraint": SEA.record()}),
        (
            SEA & (SHORT | ~PLAIN),
            {
                "kind": "all_of",
                "constraints": [
                    SEA.record(),
                    {"kind": "any_of", "constraints": [SHORT.record(), (~PLAIN).record()]},
                ],
            },
        ),
    ],
)
def test_operators_make_composites(made: hir.Constraint, record: dict):
    assert made.record() == record
    assert hir.parse(json.loads(json.dumps(record))) == made
    assert hash(hir.parse(record)) == hash(made)


def composite(**record) -> hir.Constraint:
    return hir.parse(record)


WARM = {"kind": "soft:criterion", "criterion": "The tone is warm."}
IF = composite(kind="if_then", **{"if": SEA.record(), "then": PLAIN.record(), "else": SHORT.record()})


@pytest.mark.parametrize(
    ("constraint", "english"),
    [
        (SEA & PLAIN, 'Include "sea" in your answer and do not use any commas.'),
        (SEA | PLAIN, 'Either include "sea" in your answer, or do not use any commas.'),
        (~SHORT, "Do not use at most 3 words."),
        (~PLAIN, "Use a comma."),
        (
            IF,
            'If you include "sea" in your answer, then do not use any commas; '
            "otherwise, use at most 3 words.",
        ),
        (
            composite(kind="within", unit="paragraph", index=2, constraint=SEA.record()),
            'In the second paragraph, include "sea".',
        ),
        (
            composite(kind="within", unit="code_block", index="every", constraint=SHORT.record()),
            "In every code block, use at most 3 words.",
        ),
        (
            composite(kind="within", unit="sentence", last=1, constraint=PLAIN.record()),
            "In the last sentence, do not use any commas.",
        ),
        (
            composite(kind="within", unit="word", first=20, constraint=PLAIN.record()),
            "In the first 20 words, do not use any commas.",
        ),
        (
            composite(kind="within", unit="section", heading="Results", constraint=PLAIN.record()),
            'In the section under the heading "Results", do not use any commas.',
        ),
        (
            composite(kind="if_then", **{"if": WARM, "then": PLAIN.record()}),
            'If you meet this criterion: "The tone is warm.", then do not use any commas.',
        ),
        (
            ~composite(kind="within", unit="line", index=1, constraint=PLAIN.record()),
            'Do not follow this rule: "Do not use any commas in the first line."',
        ),
        (
            composite(kind="within", unit="paragraph", index=-1, constraint=IF.record()),
            'In the last paragraph, do not use any commas if you include "sea" in it, '
            "and use at most 3 words otherwise.",
        ),
    ],
)
def test_a_composite_reads_as_english(constraint: hir.Constraint, english: str):
    assert constraint.describe() == english


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (10, "10th"), (11, "11th"), (12, "12th"), (21, "21st"), (102, "102nd"), (113, "113th"),
     (-1, "last"), (-2, "second to last"), (-11, "11th to last")],
)  # fmt: skip
def test_places_in_words(number: int, word: str):
    assert ordinal(number) == ("tenth" if number == 10 else word)


def test_the_parts_of_a_verdict_can_be_seen():
    constraint = composite(kind="within", unit="paragraph", index="every", constraint=(SEA & PLAIN).record())
    verdict = hir.check(constraint, hir.Text("The sea, and\n\nthe sea."))
    assert verdict.satisfied is False
    first, second = verdict.parts
    assert (first.name, first.verdict.satisfied, second.verdict.satisfied) == ("paragraph 1", False, True)
    assert [part.name for part in first.verdict.parts] == ["constraints[0]", "constraints[1]"]
    assert first.verdict.parts[1].verdict.reason == "found 1 comma, wanted none"
    assert "found 1 comma" in verdict.reason


def test_parts_are_written_and_read_again():
    instruction = hir.Instruction(prompt="p", constraints=[IF, PLAIN])
    verification = hir.verify_one(hir.Rollout(instruction=instruction, response="The sea, again."))
    written = verification.model_dump_json()
    results = json.loads(written)["results"]
    assert [part["name"] for part in results[0]["strict"]["parts"]] == ["if", "then", "else"]
    assert "parts" not in results[1]["strict"]
    assert hir.Verification.model_validate_json(written) == verification


def test_a_loose_reading_has_to_satisfy_the_whole():
    both = composite(kind="all_of", constraints=[PLAIN.record(), {"kind": "starts_with", "text": "Sure, "}])
    either = composite(kind="within", unit="line", index=1, constraint=PLAIN.record())
    instruction = hir.Instruction(prompt="p", constraints=[both, either])
    results = hir.verify_one(hir.Rollout(instruction=instruction, response="Sure, here:\nBlue.")).results
    # One reading has no comma, another the opening: none has both.
    assert [result.strict.satisfied for result in results] == [False, False]
    assert [result.loose.satisfied for result in results] == [False, True]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"kind": "all_of", "constraints": []}, "constraints: "),
        ({"kind": "all_of", "constraints": [SEA.record(), {"kind": "word_count", "mim": 1}]},
         "constraints[1].mim: "),
        ({"kind": "not", "constraint": {"kind": "word_cuont"}}, "constraint.kind: unknown constraint kind"),
        ({"kind": "not", "constraint": {"text": "sea"}}, "constraint.kind: a constraint needs the name"),
        ({"kind": "not", "constraint": "contains"}, "constraint: "),
        ({"kind": "if_then", "then": SEA.record()}, "if: if_then needs this parameter"),
        ({"kind": "if_then", "if": SEA.record(), "then": {"kind": "not", "constraint": {"kind": "contains"}}},
         "then.constraint.text: contains needs this parameter"),
        ({"kind": "within", "unit": "line", "constraint": SEA.record()}, "give one of index, first, last"),
        ({"kind": "within", "unit": "line", "index": 1, "first": 2, "constraint": SEA.record()},
         "there is index and first"),
        ({"kind": "within", "unit": "line", "index": 0, "constraint": SEA.record()}, "index counts from 1"),
        ({"kind": "within", "unit": "line", "heading": "A", "constraint": SEA.record()}, "the unit section"),
        ({"kind": "within", "unit": "page", "index": 1, "constraint": SEA.record()}, "unit: "),
    ],
)  # fmt: skip
def test_an_error_names_its_place_inside(record: dict, message: str):
    with pytest.raises(hir.RecordError) as raised:
        hir.parse(record)
    assert message in str(raised.value)


# Hindsight


@pytest.mark.parametrize(
    ("constraint", "text", "other"),
    [
        (~SEA, "The sea.", SEA),
        (~(SEA & PLAIN), "The sea.", SEA & PLAIN),
        (SEA & ~PLAIN, "The sea.", SEA & PLAIN),
        (~SEA | ~PLAIN, "The sea.", SEA | PLAIN),
        (
            composite(kind="within", unit="paragraph", index=1, constraint=(~SEA).record()),
            ONE,
            composite(kind="within", unit="paragraph", index=1, constraint=SEA.record()),
        ),
        (
            composite(kind="if_then", **{"if": SEA.record(), "then": (~PLAIN).record()}),
            "The sea.",
            composite(kind="if_then", **{"if": SEA.record(), "then": PLAIN.record()}),
        ),
    ],
)
def test_a_composite_is_relabelled_by_its_parts(constraint, text: str, other):
    assert hir.check(constraint, hir.Text(text)).satisfied is False
    assert constraint.hindsight(hir.Text(text)) == other
    assert constraint.hindsight(hir.Text(text), sorts=["nearest"]) is None

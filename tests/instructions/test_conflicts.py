"""What does not go together is found, and nothing that goes together is."""

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from random import Random

import pytest
from cases.contradictions import (
    COMPATIBLE,
    CONTRADICTIONS,
    FOLLOWING,
    NOT_FOLLOWING,
    UNLIKELY,
    Compatible,
    Planted,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import KINDS, TEXTS, records

import hir_data as hir
from hir_data.formats.reader import read_rollouts
from hir_data.instructions.conflicts import contradiction, implies
from hir_data.schemas.rejected import Rejected

SOFT = ("soft:criterion", "muldimif:unparsed")
HARD = [kind for kind in KINDS if kind not in SOFT and not hir.lookup(kind).requires]


def rows(table: Sequence[Planted | Compatible]) -> list:
    return [pytest.param(row, id=f"{n}-{row.one['kind']}-{row.other['kind']}") for n, row in enumerate(table)]


def of_sort(sort: str, *constraints: hir.Constraint) -> list[hir.Conflict]:
    return [conflict for conflict in hir.conflicts(constraints) if conflict.type == sort]


# Tables


def test_there_are_enough_rows():
    assert len(CONTRADICTIONS) >= 60
    assert len(COMPATIBLE) >= 60


@pytest.mark.parametrize("row", rows(CONTRADICTIONS))
def test_a_contradiction_is_found_with_its_reason(row: Planted):
    one, other = hir.parse(row.one), hir.parse(row.other)
    for pair in ((one, other), (other, one)):
        (found, *_) = of_sort("contradiction", *pair)
        assert [mentioned for mentioned in row.mentions if mentioned not in found.reason] == []


@pytest.mark.parametrize("row", rows(COMPATIBLE))
def test_what_a_text_satisfies_is_no_contradiction(row: Compatible):
    one, other, text = hir.parse(row.one), hir.parse(row.other), hir.Text(row.text)
    assert hir.check(one, text).satisfied, hir.check(one, text).reason
    assert hir.check(other, text).satisfied, hir.check(other, text).reason
    assert of_sort("contradiction", one, other) == of_sort("contradiction", other, one) == []


@pytest.mark.parametrize("row", rows(UNLIKELY))
def test_what_hardly_any_text_satisfies_is_unlikely(row: Planted):
    one, other = hir.parse(row.one), hir.parse(row.other)
    for pair in ((one, other), (other, one)):
        (found,) = hir.conflicts(pair)
        assert found.type == "unlikely"
        assert [mentioned for mentioned in row.mentions if mentioned not in found.reason] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"kind": "json"}, {"kind": "starts_with", "text": "["}),
        ({"kind": "json"}, {"kind": "startend:quotation"}),
        ({"kind": "format:no_whitespace"}, {"kind": "keywords:existence", "keywords": ["sea", "lake"]}),
        ({"kind": "word_count", "max": 100}, {"kind": "word_count", "unit": "whitespace", "min": 100}),
        ({"kind": "word_count", "max": 3}, {"kind": "keywords:existence", "keywords": ["sea", "lake"]}),
        ({"kind": "change_case:english_capital"}, {"kind": "keywords:existence", "keywords": ["sea"]}),
    ],
)
def test_what_people_write_is_not_unlikely(one: dict, other: dict):
    assert hir.conflicts([hir.parse(one), hir.parse(other)]) == []


@pytest.mark.parametrize("row", rows(FOLLOWING))
def test_what_follows_is_redundant(row: Planted):
    new, known = hir.parse(row.one), hir.parse(row.other)
    (found,) = hir.conflicts([known, new])
    assert (found.type, found.first, found.second) == ("redundant", 0, 1)
    (found,) = hir.conflicts([new, known])
    assert found.type == "redundant"
    assert (found.first, found.second) == ((0, 1) if implies(new, known) else (1, 0))


@pytest.mark.parametrize("row", rows(NOT_FOLLOWING))
def test_what_a_text_violates_does_not_follow(row: Compatible):
    new, known, text = hir.parse(row.one), hir.parse(row.other), hir.Text(row.text)
    assert hir.check(known, text).satisfied
    assert hir.check(new, text).satisfied is False
    assert not implies(known, new)


def test_a_conflict_says_where_it_is():
    words = {"kind": "length_constraints:number_words"}
    asked = [
        hir.parse({"kind": "punctuation:no_comma"}),
        hir.parse(words | {"relation": "at least", "num_words": 50}),
        hir.parse({"kind": "punctuation:no_comma"}),
        hir.parse(words | {"relation": "less than", "num_words": 20}),
    ]
    assert hir.conflicts(asked) == [
        hir.Conflict("redundant", 0, 2, "punctuation:no_comma follows from punctuation:no_comma"),
        hir.Conflict("contradiction", 1, 3, "at least 50 words and at most 19 words"),
    ]


def test_a_constraint_that_contradicts_itself_is_told_once():
    short, long = {"kind": "word_count", "max": 3}, {"kind": "word_count", "min": 5}
    impossible = hir.parse({"kind": "all_of", "constraints": [short, long]})
    (found,) = hir.conflicts([hir.parse({"kind": "punctuation:no_comma"}), impossible, hir.parse(short)])
    assert (found.type, found.first, found.second) == ("contradiction", 1, 1)


def test_a_table_counts_where_the_claims_do_not_say_all():
    asked = {"kind": "detectable_format:constrained_response"}
    (found,) = hir.conflicts([hir.parse(asked), hir.parse({"kind": "combination:two_responses"})])
    assert found.type == "table"
    assert (
        hir.conflicts([hir.parse(asked), hir.parse({"kind": "keywords:existence", "keywords": ["sea"]})])
        == []
    )


def test_what_is_too_large_to_reason_about_is_left_alone():
    either = {"kind": "any_of", "constraints": [{"kind": "word_count", "min": n} for n in (1, 2, 3, 4)]}
    many = hir.parse({"kind": "all_of", "constraints": [either] * 12})
    assert hir.conflicts([many, hir.parse({"kind": "word_count", "max": 1})]) == []


# On any text


def around(constraint: hir.Constraint) -> Iterator[hir.Constraint]:
    """A constraint, its opposite, and the same of sections."""
    yield constraint
    yield ~constraint
    for unit, place in (("line", "every"), ("paragraph", 1), ("sentence", -1), ("word", "every")):
        yield hir.parse({"kind": "within", "unit": unit, "index": place, "constraint": constraint.record()})


def judge(text: hir.Text, constraints: Iterable[hir.Constraint]) -> None:
    """Nothing that a text satisfies is a contradiction; nothing that it violates follows from that."""
    verdicts = {constraint: hir.check(constraint, text).satisfied for constraint in constraints}
    held = [constraint for constraint, satisfied in verdicts.items() if satisfied]
    broken = [constraint for constraint, satisfied in verdicts.items() if satisfied is False]
    for one, other in itertools.combinations_with_replacement(held, 2):
        reason = contradiction(one, other)
        assert reason is None, (reason, one, other, text)
    for known, new in itertools.product(held, broken):
        assert not implies(known, new), (new, known, text)


def told_by_letters(text: hir.Text, constraints: Iterable[hir.Constraint]) -> list[hir.Constraint]:
    """Without languages where there may be no letters, such as in a section: these are in all of them."""
    found = []
    for each in constraints:
        record = str(each.record())
        if "language:" not in record or (text.language and "within" not in record):
            found.append(each)
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(HARD).flatmap(records), min_size=2, max_size=5), TEXTS)
def test_nothing_that_any_text_satisfies_is_a_contradiction(asked, raw: str):
    text = hir.Text(raw)
    constraints = [hir.parse(record) for record in asked]
    constraints += filter(None, [each.hindsight(text) for each in constraints])
    judge(text, told_by_letters(text, itertools.chain(*map(around, constraints))))


def test_nothing_that_an_edge_text_satisfies_is_a_contradiction(shared_data):
    texts = json.loads((shared_data / "edge_texts.json").read_text(encoding="utf-8"))
    rng = Random(4)
    for raw in texts.values():
        text = hir.Text(raw)
        asked = list(itertools.chain(*map(around, some(rng, text, 6))))
        judge(text, told_by_letters(text, rng.sample(asked, min(len(asked), 16))))


@pytest.mark.parametrize(("suite", "model"), [("ifeval", "qwen25_7b"), ("ifbench", "qwen3_4b")])
def test_nothing_that_a_real_response_satisfies_is_a_contradiction(shared_data, suite: str, model: str):
    rollouts = real_rollouts(shared_data, suite, model)
    asked = sorted({each for rollout in rollouts for each in rollout.instruction.constraints}, key=repr)
    rng = Random(5)
    for rollout in rollouts[::4]:
        text = hir.Text(rollout.response)
        judge(text, [*some(rng, text, 8), *rng.sample(asked, 20), *rollout.instruction.constraints])


@pytest.mark.parametrize(("suite", "model"), [("ifeval", "qwen25_7b"), ("ifbench", "qwen3_4b")])
def test_no_instruction_that_a_response_satisfies_has_a_conflict(shared_data, suite: str, model: str):
    """Of any sort but ``redundant``: neither proofs nor guesses nor tables speak against what was done."""
    satisfied = 0
    for rollout in real_rollouts(shared_data, suite, model):
        constraints = rollout.instruction.constraints
        verdicts = [result.strict.satisfied for result in hir.verify_one(rollout).results]
        for conflict in hir.conflicts(constraints):
            both = verdicts[conflict.first] and verdicts[conflict.second]
            assert not both or conflict.type == "redundant", (conflict, rollout.instruction)
        satisfied += all(verdicts)
    assert satisfied > 50


def real_rollouts(shared_data, suite: str, model: str) -> list[hir.Rollout]:
    folder = shared_data / suite
    items = list(read_rollouts(str(folder / "prompts.jsonl"), str(folder / f"responses_{model}.jsonl")))
    assert not any(isinstance(item, Rejected) for item in items)
    return items


def some(rng: Random, text: hir.Text, number: int) -> Iterator[hir.Constraint]:
    """Drawn constraints, and what the text satisfies in place of those that it violates."""
    for kind in rng.choices(HARD, k=number):
        drawn = hir.lookup(kind).sample(rng, "Why is the sea salty?")
        if drawn is not None:
            yield drawn
            yield from filter(None, [drawn.hindsight(text, [sort]) for sort in ("nearest", "flip")])

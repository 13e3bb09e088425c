"""New instructions: reproducible, without conflicts, balanced, and exactly as their parts say."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hir_data as hir
from hir_data.formats.records import read_prompt
from hir_data.instructions.compose import Composed, compose, read_weights, select
from hir_data.instructions.conflicts import conflicts
from hir_data.instructions.mixes import DEMANDING
from hir_data.instructions.questions import Seed
from hir_data.schemas.presentation import PRESENTATIONS, present
from hir_data.schemas.rejected import Rejected

SEEDS = [Seed(f"Why is number {number} so {word}?") for number, word in enumerate(["big", "odd", "old"])]
LENGTHS = ["word_count", "sentence_count", "paragraph_count", "character_count"]


def composed(number: int, **options) -> list[Composed]:
    found = list(compose(SEEDS, number, **options))
    assert [each for each in found if isinstance(each, Rejected)] == []
    return found


@settings(max_examples=20, deadline=None)
@given(st.integers(-5, 10**9), st.integers(1, 3), st.integers(0, 3), st.integers(1, 8))
def test_an_instruction(seed: int, least: int, more: int, number: int):
    options = {"seed": seed, "least": least, "most": least + more}
    made = composed(number, **options)
    assert made == composed(number, **options)
    assert made == composed(number + 5, **options)[:number]
    assert len({each.instruction.id for each in made}) == number
    for each in made:
        instruction = each.instruction
        assert least <= len(instruction.constraints) <= least + more
        assert conflicts(instruction.constraints) == []
        assert instruction.question in {seed.question for seed in SEEDS}
        assert instruction.prompt == present(
            instruction.question, instruction.criteria, instruction.presentation
        )
        for constraint, text in zip(instruction.constraints, instruction.criteria, strict=True):
            assert text in {constraint.describe(number) for number in range(len(constraint.phrasings))}
        assert read_prompt(each.record()).instruction == instruction


def test_other_seeds_give_other_instructions():
    prompts = {each.instruction.prompt for seed in range(5) for each in composed(20, seed=seed)}
    assert len(prompts) == 100


def test_a_thousand_instructions_of_six_constraints_have_no_conflicts():
    made = composed(1000, least=6, most=6)
    assert [each for each in made if conflicts(each.instruction.constraints)] == []
    assert {len(each.instruction.constraints) for each in made} == {6}


def test_everything_has_its_turn():
    made = [each.instruction for each in composed(600)]
    used = Counter(constraint.kind for each in made for constraint in each.constraints)
    for demanding in (True, False):
        times = [number for kind, number in used.items() if (kind in DEMANDING) is demanding]
        assert max(times) - min(times) <= 2
    governing = [sum(each.kind in DEMANDING for each in instruction.constraints) for instruction in made]
    assert max(governing) == 1
    assert Counter(each.question for each in made) == {seed.question: 200 for seed in SEEDS}
    sizes = Counter(len(each.constraints) for each in made)
    assert set(sizes) == {3, 4, 5, 6}
    assert min(sizes.values()) > 110
    presentations = Counter(each.presentation for each in made)
    assert set(presentations) == set(PRESENTATIONS)
    assert min(presentations.values()) > 70
    orders = {tuple(each.question for each in made[i : i + 3]) for i in range(0, 600, 3)}
    assert len(orders) == 6
    first_and_later = Counter(c.kind for each in made for c in each.constraints[:1])
    assert len(first_and_later) > len(used) * 0.9


def test_phrasings_vary():
    texts = {
        each.instruction.criteria
        for each in composed(60, least=1, most=1, kinds=select(["punctuation:no_comma"]))
    }
    assert len(texts) == len(hir.lookup("punctuation:no_comma").phrasings)


def test_metadata_goes_along():
    (made,) = compose([Seed("Why?", {"id": 7, "topic": ["sea"]})], 1)
    assert made.record()["metadata"] == {"id": 7, "topic": ["sea"]}
    assert list(made.record()) == [
        "id", "prompt", "question", "criteria", "presentation", "constraints", "metadata",
    ]  # fmt: skip
    (bare,) = compose([Seed("Why?")], 1)
    assert "metadata" not in bare.record()


def test_one_presentation_under_its_other_name():
    assert {each.instruction.presentation for each in composed(9, presentations=["type4"])} == {"bullets"}


# Which kinds


def test_what_is_left_out_unless_it_is_named():
    kinds = {cls.kind: cls for cls in select()}
    left_out = hir.kinds().keys() - kinds.keys()
    assert {"copy:copy", "combination:repeat_prompt", "format:options", "words:start_verb"} <= left_out
    assert all(cls.composable and cls.phrasings and not cls.requires for cls in kinds.values())
    assert [cls.kind for cls in select(["words:start_verb"])] == ["words:start_verb"]


def test_names_and_suites():
    assert {cls.kind for cls in select(["?????????_count", "jso*"])} == {
        "character_count",
        "paragraph_count",
        "json",
    }
    assert {cls.__module__.split(".")[2] for cls in select(suites=["ifeval", "general"])} == {
        "ifeval",
        "general",
    }
    both = {cls.kind for cls in select(["punctuation:*"], ["ifeval"])}
    assert both == {"punctuation:no_comma"}


@pytest.mark.parametrize(
    ("patterns", "suites", "message"),
    [
        (["word_cuont"], [], "unknown constraint kind 'word_cuont'; did you mean word_count"),
        (["nothing:*"], [], "unknown constraint kind 'nothing:*'"),
        ([], ["ifevil"], "there is no suite 'ifevil'; there are compose, general, "),
        (["json"], ["ifeval"], "no kind of ifeval is named json"),
    ],
)
def test_no_kinds(patterns, suites, message: str):
    with pytest.raises(hir.HirDataError) as caught:
        select(patterns, suites)
    assert str(caught.value).startswith(message)


def test_weights():
    weights = {"*": 0, **dict.fromkeys(LENGTHS, 1), "word_count": 3, "punctuation:no_comma": 1}
    made = composed(100, weights=weights, least=1, most=1)
    used = Counter(constraint.kind for each in made for constraint in each.instruction.constraints)
    assert used.keys() == {*LENGTHS, "punctuation:no_comma"}
    assert used["word_count"] == pytest.approx(100 * 3 / 7, abs=1)
    assert used["punctuation:no_comma"] == pytest.approx(100 / 7, abs=1)


def test_kinds_without_a_weight_have_that_of_one():
    kinds = select(LENGTHS)
    made = composed(70, kinds=kinds, weights={"word_count": 4}, least=1, most=1)
    used = Counter(constraint.kind for each in made for constraint in each.instruction.constraints)
    assert used == {"word_count": 40, "sentence_count": 10, "paragraph_count": 10, "character_count": 10}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "malformed JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "has to be an object of names and numbers"),
        ('{"json": -1}', "json: has to be a number, 0 or more, not -1"),
        ('{"json": "2"}', "json: has to be a number, 0 or more, not '2'"),
        ('{"json": true}', "json: has to be a number, 0 or more, not True"),
        ('{"json": NaN}', "json: has to be a number, 0 or more, not nan"),
        ('{"jsen": 1}', "unknown constraint kind 'jsen'; did you mean json?"),
    ],
)
def test_bad_weights(tmp_path, content: str, problem: str):
    path = tmp_path / "weights.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(hir.RecordError) as caught:
        read_weights(path)
    assert str(caught.value) == f"{path}: {problem}"


def test_weights_that_are_not_there(tmp_path):
    with pytest.raises(hir.RecordError, match="cannot be read: no such file"):
        read_weights(tmp_path / "weights.json")


# What cannot be done


def test_no_questions():
    with pytest.raises(hir.RecordError, match="there are no questions"):
        list(compose([], 1))


def test_more_constraints_than_kinds():
    with pytest.raises(hir.RecordError) as caught:
        list(compose(SEEDS, 1, least=2, most=6, kinds=select(["word_count", "json", "matches", "copy:c*"])))
    assert str(caught.value).startswith("6 constraints cannot be drawn from ")
    assert "json, word_count" in str(caught.value)


def test_kinds_that_do_not_go_together():
    kinds = select(["change_case:english_*", "punctuation:no_comma", "json"])
    with pytest.raises(hir.RecordError) as caught:
        list(compose(SEEDS, 1000, least=4, most=4, kinds=kinds))
    assert str(caught.value).startswith(
        "found no 4 constraints that go together in 20 attempts with 4 kinds (change_case:english_capital, "
        "change_case:english_lowercase, json, punctuation:no_comma); at most "
    )


def test_a_question_without_an_instruction_is_not_lost():
    """With four kinds, two of which exclude each other, three constraints are found and four are not."""
    kinds = select(["change_case:english_*", "punctuation:no_comma", "word_count"])
    made = list(compose(SEEDS, 40, least=3, most=4, kinds=kinds))
    rejected = [each for each in made if isinstance(each, Rejected)]
    assert len(made) == 40
    assert 5 < len(rejected) < 35
    for each in rejected:
        assert Seed(each.record["question"]) in SEEDS
        assert each.error.problem.startswith("found no 4 constraints that go together")
    used = [c.kind for each in made if isinstance(each, Composed) for c in each.instruction.constraints]
    assert len(used) == 3 * (40 - len(rejected))


def test_kinds_that_exclude_many_do_not_stop_the_rest():
    """A kind that is always tried first, since it is never used, and then leaves too little."""
    kinds = select(
        ["detectable_format:constrained_response", "keywords:*", "length_constraints:*", *LENGTHS[:2]]
    )
    made = composed(50, least=5, most=5, kinds=kinds)
    used = {constraint.kind for each in made for constraint in each.instruction.constraints}
    assert "detectable_format:constrained_response" not in used
    assert len(used) > 5


def test_an_unknown_presentation():
    with pytest.raises(hir.RecordError, match="there is no presentation 'type9'"):
        list(compose(SEEDS, 1, presentations=["inline", "type9"]))


def test_constraints_in_the_system_message_or_two_turns_before():
    from hir_data.formats.records import read_prompt
    from hir_data.replays.rewriting.conversation import rewritten
    from hir_data.replays.rewriting.spans import SpanRewriter
    from hir_data.schemas.replay import Change

    seeds = [hir.Seed("Why is the sea salty?"), hir.Seed("Describe tea.")]
    made = [one.instruction for one in hir.compose(seeds, 20, system=0.5, history=0.5)]
    shapes = {len(one.messages) for one in made}
    assert shapes == {2, 5}
    for one, composed in zip(made, hir.compose(seeds, 20, system=0.5, history=0.5), strict=True):
        assert read_prompt(composed.record()).instruction == one
        assert one.stated_in is not None
        for criterion, place in zip(one.criteria, one.stated_in, strict=True):
            assert criterion in one.messages[place].content
        first = one.stated_in.index(0) if 0 in one.stated_in else None
        assert first is not None
        changes = [
            Change(fate="dropped", constraint=each)
            if number == first
            else Change(fate="kept", constraint=each, became=each)
            for number, each in enumerate(one.constraints)
        ]
        new, _ = rewritten(one, changes, SpanRewriter(), "0")
        assert new.messages[-1] == one.messages[-1]
        assert one.criteria[first] not in new.messages[0].content
    plain = [one.instruction for one in hir.compose(seeds, 5)]
    assert {len(one.messages) for one in plain} == {1}
    assert [one.constraints for one in made[:5]] == [one.constraints for one in plain]

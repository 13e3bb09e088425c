"""Rollouts from files: with responses of their own or joined; what is not read is rejected by name."""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from files import NO_COMMA, ifeval, jsonl, native, rollout, verify_to, write, write_parquet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.formats.join import Join
from hir_data.formats.reader import Item, read_rollouts
from hir_data.schemas.rejected import Rejected


def items(source: str, *args: Any, **options: Any) -> list[Item]:
    return list(read_rollouts(source, *args, **options))


def names(found: list[Item]) -> list[Any]:
    """What came, in order: the id of a rollout, the error of what was rejected, without the folder."""
    return [
        item.instruction.id if isinstance(item, hir.Rollout) else str(item.error).rpartition("/")[2]
        for item in found
    ]


def answers(numbers: Any, **more: Any) -> list[dict[str, Any]]:
    """Responses to the prompts of these numbers, by key."""
    return [{"key": number, "response": f"Answer {number}.", **more} for number in numbers]


# Responses of their own


def test_the_response_of_a_record(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", [native(number) for number in range(6)])
    assert items(source) == [rollout(number) for number in range(6)]


def test_several_responses_are_samples(tmp_path: Path):
    source = write(
        tmp_path / "in.jsonl",
        [native(1, None, responses=["a", "b", "c"]), ifeval(2, responses=["d"]), native(3)],
    )
    found = items(source)
    assert [(item.instruction.id, item.sample, item.response) for item in found[:4]] == [
        (1, 0, "a"),
        (1, 1, "b"),
        (1, 2, "c"),
        (2, 0, "d"),
    ]
    assert found[0].instruction is found[2].instruction
    assert (found[4].instruction.id, found[4].sample) == (3, 0)


def test_repeated_ids_are_kept_as_they_come(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", [native(1, "a"), native(2, "b"), native(1, "c")])
    found = items(source)
    assert [(item.instruction.id, item.response) for item in found] == [(1, "a"), (2, "b"), (1, "c")]


def test_the_rest_of_a_record_is_kept(tmp_path: Path):
    more = {"model": "m", "scores": {"a": [1, None]}, "text": "x"}
    source = write(tmp_path / "in.jsonl", [native(1) | more, ifeval(2, response="Tea.") | more])
    assert [item.metadata for item in items(source)] == [more, more]


def ours(response: Any = "Tea.", **fields: Any) -> dict[str, Any]:
    """A rollout as we write it."""
    return {"instruction": native(1, None), "response": response, **fields}


@pytest.mark.parametrize("wrap", [lambda record: record, lambda record: {"rollout": record, "results": []}])
def test_a_rollout_of_ours(tmp_path: Path, wrap: Any):
    fields = {"sample": 3, "original": "<think></think>Tea.", "thinking": "stripped", "metadata": {"a": [1]}}
    records = [ours(**fields), ours(**dict.fromkeys(fields)), ours(), ours(metadata='{"a": [1]}', more=1)]
    found = items(write(tmp_path / "in.jsonl", map(wrap, records)))
    plain = rollout(1, response="Tea.")
    assert found == [
        plain.model_copy(update=fields),
        plain,
        plain,
        plain.model_copy(update={"metadata": {"a": [1], "more": 1}}),
    ]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("sample", -1, "has to be 0 or more, not -1"),
        ("sample", "x", "has to be a number, not 'x'"),
        ("sample", True, "has to be a number, not True"),
        ("original", 5, "has to be a string, not 5"),
        ("thinking", "Let me see.", "is not known: 'Let me see.'"),
        ("metadata", "{", "malformed JSON: "),
        ("metadata", "[1]", "has to be an object, not [1]"),
        ("metadata", 5, "has to be an object, not 5"),
    ],
)
def test_a_damaged_rollout_of_ours(tmp_path: Path, field: str, value: Any, problem: str):
    bad, good = items(write(tmp_path / "in.jsonl", [ours(**{field: value}), ours()]))
    assert bad.error.field == field
    assert problem in bad.error.problem
    assert good == rollout(1, response="Tea.")


@pytest.mark.parametrize(
    "field",
    [
        {"thinking": "Let me see."},
        {"original": 5},
        {"sample": -1},
        {"sample": "s-7"},
        {"results": {"a": 1}},
        {"ila": 0.25},
        {"metadata": "web"},
        {"metadata": {"a": 1}, "a": 2},
    ],
    ids=str,
)
def test_a_field_that_only_looks_like_ours_is_kept(tmp_path: Path, field: dict[str, Any]):
    (found,) = items(write(tmp_path / "in.jsonl", [native(1, **field)]))
    assert found.metadata == field


@pytest.mark.parametrize(
    ("record", "field", "problem"),
    [
        (native(1, None), None, "there is no response in the record (a file of responses goes with"),
        (native(1) | {"response": None}, "response", "the response is null"),
        (native(1, 7), "response", "the response has to be a string"),
        (native(1, ["Tea.", 7]), "response", "the response has to be a string"),
        (native(1, None, responses=[]), "responses", "there are no responses"),
        (native(1, None, responses={}), "responses", "has to be a list, not {}"),
        (native(1, constraints=[{"kind": "nope"}]), "constraints[0]", "unknown constraint kind 'nope'"),
        (ifeval(1, kwargs=[{}, {}], response="x"), "kwargs[1].relation", "needs this parameter"),
        (b'{"id": 1,', None, "malformed JSON: "),
        ([1], None, "a record has to be an object, not list"),
    ],
)
def test_what_is_rejected_has_a_place_and_a_reason(tmp_path: Path, record: Any, field: Any, problem: str):
    source = write(tmp_path / "in.jsonl", [native(0), record, native(2)])
    first, bad, last = items(source)
    assert (first, last) == (rollout(0), rollout(2))
    assert isinstance(bad, Rejected)
    assert (bad.error.source, bad.error.line, bad.error.field) == (source, 2, field)
    assert problem in bad.error.problem
    assert bad.as_record() == {
        "source": source,
        "line": 2,
        "field": field,
        "reason": bad.error.problem,
        "record": record.decode() if isinstance(record, bytes) else bad.record,
    }
    assert isinstance(record, bytes | list) or bad.record == record


def test_one_bad_response_among_several(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", [native(1, None, responses=["a", None, 3, "d"])])
    first, null, number, last = items(source)
    assert [(item.sample, item.response) for item in (first, last)] == [(0, "a"), (3, "d")]
    assert (null.error.field, null.error.problem) == ("responses[1]", "the response is null")
    assert (number.error.field, number.error.line) == ("responses[2]", 1)


# Thinking


def test_thinking_is_stripped_where_it_is_asked_for(tmp_path: Path):
    responses = ["<think>hm</think>\nTea.", "<think>hm", "Tea."]
    source = write(tmp_path / "in.jsonl", [native(1, None, responses=responses)])
    assert [(item.response, item.original, item.thinking) for item in items(source)] == [
        (response, None, None) for response in responses
    ]
    assert [
        (item.response, item.original, item.thinking) for item in items(source, thinking_tag="think")
    ] == [
        ("\nTea.", responses[0], "stripped"),
        ("", responses[1], "truncated"),
        ("Tea.", None, "absent"),
    ]
    assert [item.thinking for item in items(source, thinking_tag="reason")] == ["absent"] * 3


# Our own output


VARIED = [
    native("a-1", "Tea.", model="m", nested={"a": [1, None, "ü"]}),
    native("b", None, responses=["<think>x</think>\nTea.", "<think>x", "Tea, please."]),
    native("c", "Tea.", constraints=[{"kind": "json", "json_schema": {"type": "object"}}, NO_COMMA]),
    ifeval("d", response=""),
]


@pytest.mark.parametrize("output", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_our_own_output_gives_the_same_rollouts(tmp_path: Path, output: str):
    rollouts = items(write(tmp_path / "in.jsonl", VARIED), thinking_tag="think")
    target = str(tmp_path / output)
    verify_to(target, rollouts)
    assert items(target) == rollouts
    verify_to(tmp_path / f"again.{output}", items(target))
    assert (tmp_path / f"again.{output}").read_bytes() == Path(target).read_bytes()


def test_a_number_stays_a_number_in_parquet(tmp_path: Path):
    target = str(tmp_path / "out.parquet")
    verify_to(target, [rollout(1)])
    assert items(target) == [rollout(1)]


@pytest.mark.parametrize("response", ["<think>x</think>Tea.", "<think>x"])
def test_stripping_twice_is_stripping_once(tmp_path: Path, response: str):
    source = write(tmp_path / "in.jsonl", [native(1, response)])
    target = str(tmp_path / "out.jsonl")
    rollouts = items(source, thinking_tag="think")
    verify_to(target, rollouts)
    assert items(target, thinking_tag="think") == rollouts


def test_parquet_and_jsonl_read_alike(tmp_path: Path):
    """A table has every parameter in every struct, and nulls where the record has none."""
    records = [
        ifeval(1, response="a"),
        ifeval(
            2,
            response="b",
            instruction_id_list=["keywords:existence"],
            kwargs=[{"keywords": ["tea"]}],
            model="m",
        ),
    ]
    lines, table = write(tmp_path / "in.jsonl", records), write_parquet(tmp_path / "in.parquet", records)
    assert [item.instruction for item in items(table)] == [item.instruction for item in items(lines)]
    assert [item.metadata for item in items(table)] == [{"model": None}, {"model": "m"}]


# Prompts joined with responses


def joined(tmp_path: Path, prompts: list[Any], responses: list[Any], **options: Any) -> list[Item]:
    return items(
        write(tmp_path / "prompts.jsonl", prompts), write(tmp_path / "responses.jsonl", responses), **options
    )


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_joined_by_key_in_the_order_of_the_responses(tmp_path: Path, order: tuple[int, ...]):
    found = joined(tmp_path, [ifeval(number) for number in range(3)], answers(order))
    assert names(found) == list(order)
    assert [item.response for item in found] == [f"Answer {number}." for number in order]
    assert {item.instruction.prompt for item in found} == {f"Prompt {number}." for number in range(3)}


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ({"key": 1}, {"key": 1}),
        ({"key": 1}, {"key": "1"}),
        ({"key": "1"}, {"key": 1}),
        ({"key": "1"}, {"id": "1"}),
        ({"key": "x"}, {"id": "x", "prompt": "other words"}),
        ({"key": 0}, {"key": 0}),
    ],
)
def test_keys_that_are_the_same(tmp_path: Path, prompt: dict, response: dict):
    (found,) = joined(tmp_path, [ifeval(1) | prompt], [response | {"response": "Tea."}])
    assert (found.instruction.id, found.response) == (prompt["key"], "Tea.")


@pytest.mark.parametrize("around", ["{}", " {}", "{}\n\n", "\t{} \r\n"])
def test_joined_by_prompt_whatever_the_space_around_it(tmp_path: Path, around: str):
    prompts = [ifeval(number, prompt=f" Prompt {number}\n in two lines. ") for number in (1, 2)]
    responses = [
        {"prompt": around.format(f"Prompt {number}\n in two lines."), "response": f"Answer {number}."}
        for number in (2, 1)
    ]
    found = joined(tmp_path, prompts, responses)
    assert [(item.instruction.id, item.response) for item in found] == [(2, "Answer 2."), (1, "Answer 1.")]
    assert found[0].instruction.prompt == " Prompt 2\n in two lines. "


def test_space_inside_a_prompt_counts(tmp_path: Path):
    found = joined(tmp_path, [ifeval(1, prompt="a b")], [{"prompt": "a  b", "response": "Tea."}])
    assert names(found) == [
        "responses.jsonl:1: there is no prompt for the response with prompt 'a  b'",
        "prompts.jsonl:1: there is no response for the prompt 'a b'",
    ]


def test_several_responses_in_the_file_of_responses(tmp_path: Path):
    found = joined(tmp_path, [ifeval(1)], [{"key": 1, "responses": ["a", "b"], "model": "m"}])
    assert [(item.sample, item.response, item.metadata) for item in found] == [
        (0, "a", {"model": "m"}),
        (1, "b", {"model": "m"}),
    ]


def test_what_both_files_say_besides_is_kept(tmp_path: Path):
    prompt, response = ifeval(1, source="web", both="prompt"), answers([1], model="m", both="response")
    (found,) = joined(tmp_path, [prompt], response)
    assert found.metadata == {"source": "web", "model": "m", "both": "response"}


def test_thinking_in_the_file_of_responses(tmp_path: Path):
    (found,) = joined(tmp_path, [ifeval(1)], [{"key": 1, "response": "hm</think>Tea."}], thinking_tag="think")
    assert (found.response, found.original, found.thinking) == ("Tea.", "hm</think>Tea.", "stripped")


@pytest.mark.parametrize(
    ("prompts", "responses", "expected"),
    [
        pytest.param(
            [ifeval(1), ifeval(2), ifeval(3)],
            answers([2]),
            [
                2,
                "prompts.jsonl:1: there is no response for the prompt with key 1",
                "prompts.jsonl:3: there is no response for the prompt with key 3",
            ],
            id="no response",
        ),
        pytest.param(
            [ifeval(2)],
            answers([1, 2, "x"]),
            [
                "responses.jsonl:1: there is no prompt for the response with key 1",
                2,
                "responses.jsonl:3: there is no prompt for the response with key x",
            ],
            id="no prompt",
        ),
        pytest.param(
            [ifeval(1), ifeval(2)],
            answers([1, 1, 2, "1"]),
            [
                1,
                "responses.jsonl:2: a second response for key 1; the first is in line 1",
                2,
                "responses.jsonl:4: a second response for key 1; the first is in line 1",
            ],
            id="two responses",
        ),
        pytest.param(
            [ifeval(1), ifeval(1), ifeval(2), ifeval("1")],
            answers([1, 2]),
            [
                1,
                "prompts.jsonl:2: a second prompt with key 1; the first is in line 1",
                2,
                "prompts.jsonl:4: a second prompt with key 1; the first is in line 1",
            ],
            id="two prompts",
        ),
        pytest.param(
            [ifeval(1, prompt="Say it."), ifeval(2, prompt=" Say it.\n")],
            [{"prompt": "Say it.", "response": "It."}, {"prompt": "Say it. ", "response": "That."}],
            [
                1,
                "responses.jsonl:2: a second response for prompt 'Say it.'; the first is in line 1",
                "prompts.jsonl:2: a second prompt 'Say it.'; the first is in line 1",
            ],
            id="twice by prompt",
        ),
        pytest.param(
            [ifeval(1), ifeval(2, kwargs=[{}]), ifeval(3)],
            answers([1, 2, 3]),
            [
                1,
                "prompts.jsonl:2: kwargs: has 1 entry for 2 ids",
                "responses.jsonl:2: its prompt was rejected (line 2)",
                3,
            ],
            id="bad prompt",
        ),
        pytest.param(
            [ifeval(1), ifeval(2), ifeval(3)],
            [*answers([1]), b"{", *answers([3]), {"key": 2, "response": None}],
            [
                1,
                "responses.jsonl:2: malformed JSON: EOF while parsing an object at column 1",
                3,
                "responses.jsonl:4: response: the response is null",
            ],
            id="bad responses",
        ),
        pytest.param(
            [ifeval(1), ifeval(2), ifeval(3), ifeval(4)],
            [*answers([1]), {"key": 2}, {"key": 3, "responses": 7}, {"key": 4, "responses": []}],
            [
                1,
                "responses.jsonl:2: response: this field is missing",
                "responses.jsonl:3: responses: has to be a list",
                "responses.jsonl:4: responses: there are no responses",
            ],
            id="malformed responses",
        ),
        pytest.param(
            [ifeval(1), {**ifeval(2), "key": None}, b"{", ifeval(3)],
            [*answers([1]), {"prompt": "Prompt 2.", "response": "x"}, *answers([[3], 3])],
            [
                1,
                "responses.jsonl:2: key: the responses are joined by key, and this one has none",
                "responses.jsonl:3: key: a key has to be a number or a string, not [3]",
                "prompts.jsonl:2: key: the responses are joined by key, and this prompt has none",
                "prompts.jsonl:3: malformed JSON: EOF while parsing an object at column 1",
                3,
            ],
            id="no key",
        ),
        pytest.param(
            [ifeval(1)],
            [{"response": "x"}, {"prompt": 3, "response": "x"}],
            [
                "responses.jsonl:1: prompt: this field is missing",
                "responses.jsonl:2: prompt: has to be a string, not 3",
                "prompts.jsonl:1: there is no response for the prompt 'Prompt 1.'",
            ],
            id="nothing to join by",
        ),
        pytest.param(
            [ifeval(1), ifeval(2)],
            [b"{", *answers([1, 2])],
            ["responses.jsonl:1: malformed JSON: EOF while parsing an object at column 1", 1, 2],
            id="bad first response",
        ),
    ],
)
def test_what_does_not_join_is_named(tmp_path: Path, prompts: list, responses: list, expected: list):
    assert names(joined(tmp_path, prompts, responses)) == expected


def test_a_long_prompt_is_named_by_its_start(tmp_path: Path):
    found = joined(tmp_path, [ifeval(1, prompt="word " * 40 + "\nmore")], [{"prompt": "x", "response": "y"}])
    name = repr(("word " * 40)[:57] + "...")
    assert names(found)[1] == f"prompts.jsonl:1: there is no response for the prompt {name}"


@pytest.mark.parametrize("missing", ["prompts.jsonl", "responses.jsonl"])
def test_a_file_that_is_missing(tmp_path: Path, missing: str):
    paths = {
        "prompts.jsonl": write(tmp_path / "prompts.jsonl", [ifeval(1)]),
        "responses.jsonl": write(tmp_path / "responses.jsonl", answers([1])),
    }
    Path(paths[missing]).unlink()
    with pytest.raises(RecordError, match=f"{missing}: there is no such file"):
        items(*paths.values())


def most_waiting(tmp_path: Path, prompts: list, responses: list) -> int:
    """How many prompts were held at once, waiting for their responses."""
    join = Join(write(tmp_path / "p.jsonl", prompts), write(tmp_path / "r.jsonl", responses), None)
    return max(len(join.waiting) for _ in join.units())


def test_files_in_the_same_order_hold_no_prompts(tmp_path: Path):
    prompts = [ifeval(number) for number in range(500)]
    assert most_waiting(tmp_path, prompts, answers(range(500))) == 0
    swapped = [number ^ 1 for number in range(500)]  # 1, 0, 3, 2, ...
    assert most_waiting(tmp_path, prompts, answers(swapped)) == 1
    missing = answers(number for number in range(500) if number % 100)
    assert most_waiting(tmp_path, prompts, missing) == 5


# Counts

GOOD = st.one_of(
    st.builds(native, st.integers(0, 9)),
    st.builds(lambda n: native(n, None, responses=["Tea."] * (n % 3 + 1)), st.integers(0, 9)),
)
BAD = st.sampled_from(
    [
        b"{",
        b"\xff",
        [1],
        {},
        native(1, None),
        native(1, None, responses=[]),
        native(1) | {"response": None},
        native(1, constraints=[{"kind": "nope"}]),
        native(1, None, responses=["Tea.", None, 3]),
        ifeval(1, kwargs=[]),
    ]
)
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(st.lists(st.one_of(GOOD, BAD), max_size=200))
def test_nothing_is_passed_over_in_silence(tmp_path: Path, records: list):
    records = [native(0), *records]  # a file that begins with "[" would be one list
    found = items(write(tmp_path / "in.jsonl", records))
    wanted = sum(
        max(1, len(record.get("responses", [None]))) if isinstance(record, dict) else 1 for record in records
    )
    assert len(found) == wanted
    outcome = verify_to(None, found)
    assert outcome.read == wanted
    assert outcome.rejected == sum(isinstance(item, Rejected) for item in found)
    assert outcome.read == outcome.tally.rollouts + outcome.rejected


@FEW
@given(
    prompts=st.lists(st.integers(0, 30), min_size=1, max_size=40),
    responses=st.lists(st.integers(0, 30), min_size=1, max_size=40),
    seed=st.integers(0, 99),
)
def test_a_join_accounts_for_every_record(tmp_path: Path, prompts: list, responses: list, seed: int):
    damaged = random.Random(seed).choices([False, True], [9, 1], k=len(prompts))
    records = [
        ifeval(key, **({"kwargs": []} if bad else {})) for key, bad in zip(prompts, damaged, strict=True)
    ]
    first_is_bad = dict(zip(reversed(prompts), reversed(damaged), strict=True))
    good = {key for key, bad in first_is_bad.items() if not bad}
    found = joined(tmp_path, records, answers(responses))
    assert sorted(name for name in names(found) if isinstance(name, int)) == sorted(good & set(responses))
    pairs = len(good & set(responses))
    assert len(found) == len(prompts) + len(responses) - pairs
    lines = [(item.error.source, item.error.line) for item in found if isinstance(item, Rejected)]
    assert len(lines) == len(set(lines))


def test_records_are_read_lazily(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", jsonl([native(1)]) + b"{" * 10)
    found = read_rollouts(source)
    assert next(found).instruction.id == 1
    assert isinstance(next(found), Rejected)
    assert next(found, None) is None

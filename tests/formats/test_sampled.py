"""How a response was drawn, read back from our records, and from other people's."""

import json
from pathlib import Path
from typing import Any

import pytest
from files import native, rollout, verify_to, write, write_parquet

import hir_data as hir
from hir_data.formats.reader import read_rollouts
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.rollout import Rollout, Sampling

SAMPLING = Sampling(
    model="small",
    temperature=0.5,
    top_p=0.9,
    seed=7,
    finish_reason="stop",
    token_ids=(5, 6, 0),
    logprobs=(-0.5, -1.25, 0.0),
    logprobs_temperature=1.0,
    entropy=0.75,
    entropy_by="exact",
)
DRAWN = rollout(1).model_copy(update={"sampling": SAMPLING})
BESIDE = {
    "token_ids": [5, 6, 0],
    "token_logprobs": [-0.5, -1.25, 0.0],
    "entropy": 0.75,
    "model": "small",
    "temperature": 0.5,
    "finish_reason": "stop",
}


def read(path: str, responses: str | None = None) -> list[Any]:
    return list(read_rollouts(path, responses))


def problem(path: str, responses: str | None = None) -> tuple[str | None, str]:
    (rejected,) = read(path, responses)
    assert isinstance(rejected, Rejected)
    return rejected.error.field, rejected.error.problem


def test_it_is_base64_in_json():
    written = json.loads(DRAWN.model_dump_json())["sampling"]
    assert (written["token_ids"], written["logprobs"]) == ("BQAAAAYAAAAAAAAA", "AAAAvwAAoL8AAAAA")


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_verify_passes_it_through(tmp_path: Path, suffix: str):
    """Also beside records without it, and again from what verify has written."""
    given = [DRAWN, rollout(2), DRAWN]
    source = write(tmp_path / "in.jsonl", [json.loads(one.model_dump_json()) for one in given])
    assert read(source) == given
    verify_to(tmp_path / f"out{suffix}", read_rollouts(source))
    verify_to(tmp_path / f"again{suffix}", read_rollouts(str(tmp_path / f"out{suffix}")))
    assert read(str(tmp_path / f"again{suffix}")) == given


def test_columns_are_lists_of_numbers(tmp_path: Path):
    import pyarrow.parquet

    verify_to(tmp_path / "out.parquet", [DRAWN])
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    sort = table.schema.field("sampling").type
    assert str(sort.field("token_ids").type) == "list<element: int32>"
    assert str(sort.field("logprobs").type) == "list<element: float>"
    assert table["sampling"][0]["logprobs"].as_py() == list(SAMPLING.logprobs)
    verify_to(tmp_path / "none.parquet", [rollout(1)])
    assert "sampling" not in pyarrow.parquet.read_schema(tmp_path / "none.parquet").names


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"logprobs": [-1.0]}, "sampling.logprobs", "has 1 logprob for 3 tokens"),
        ({"token_ids": "AAAA"}, "sampling.token_ids", "not base64 of numbers of four bytes"),
        ({"token_ids": "!"}, "sampling.token_ids", "not base64 of numbers of four bytes"),
        ({"entropy": -1}, "sampling.entropy", "greater than or equal to 0"),
        ({"logprobs": ["x", 0, 0]}, "sampling.logprobs", "valid number"),
        ({"top_k": 5}, "sampling.top_k", "not permitted"),
    ],
)
def test_what_does_not_fit_is_rejected_by_name(tmp_path: Path, wrong: dict[str, Any], field: str, told: str):
    record = json.loads(DRAWN.model_dump_json())
    record["sampling"] |= wrong
    found = problem(write(tmp_path / "in.jsonl", [record]))
    assert found[0] == field
    assert told in found[1]


def test_sampling_that_is_no_object(tmp_path: Path):
    record = json.loads(DRAWN.model_dump_json()) | {"sampling": 7}
    assert problem(write(tmp_path / "in.jsonl", [record])) == ("sampling", "has to be an object, not 7")


# Other people's records


@pytest.mark.parametrize("parquet", [False, True])
def test_fields_beside_the_response(tmp_path: Path, parquet: bool):
    record = native(1, **BESIDE, lang="en") | {"constraints": [json.dumps({"kind": "punctuation:no_comma"})]}
    write_any = write_parquet if parquet else write
    (found,) = read(write_any(tmp_path / f"in.{'parquet' if parquet else 'jsonl'}", [record]))
    assert found.sampling == Sampling(
        model="small",
        temperature=0.5,
        finish_reason="stop",
        token_ids=(5, 6, 0),
        logprobs=(-0.5, -1.25, 0.0),
        entropy=0.75,
    )
    assert found.metadata == {"lang": "en"}


def test_fields_beside_a_joined_response(tmp_path: Path):
    prompts = write(tmp_path / "prompts.jsonl", [native(1, None)])
    response = {"id": 1, "response": "Tea.", **BESIDE, "lang": "en"}
    (found,) = read(prompts, write(tmp_path / "responses.jsonl", [response]))
    assert (found.sampling.logprobs, found.metadata) == ((-0.5, -1.25, 0.0), {"lang": "en"})
    wrong = write(tmp_path / "wrong.jsonl", [response | {"token_logprobs": [-1.0]}])
    field, told = problem(prompts, wrong)
    assert (field, told) == ("token_logprobs", "has 1 logprob for 3 tokens")


def test_a_mean_logprob_stands_in_for_the_entropy(tmp_path: Path):
    source = write(
        tmp_path / "in.jsonl", [native(n, mean_logprob=-0.5, entropy=e) for n, e in ((1, None), (2, 2))]
    )
    first, second = read(source)
    assert (first.sampling.entropy, first.sampling.entropy_by) == (0.5, "mean_nll")
    assert (second.sampling.entropy, second.sampling.entropy_by) == (2.0, None)


def test_a_model_alone_says_nothing_of_a_draw(tmp_path: Path):
    (found,) = read(write(tmp_path / "in.jsonl", [native(1, model="small", temperature=1.0)]))
    assert (found.sampling, found.metadata) == (None, {"model": "small", "temperature": 1.0})


@pytest.mark.parametrize("completion", ["Tea.", [{"role": "assistant", "content": "Tea."}]])
def test_a_completion_is_a_response(tmp_path: Path, completion: Any):
    (found,) = read(write(tmp_path / "in.jsonl", [native(1, None, completion=completion)]))
    assert (found.response, found.metadata) == ("Tea.", {})


GROUND_TRUTHS = [
    {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], "prompt": "Describe tea."},
    [{"instruction_id": ["punctuation:no_comma"], "kwargs": [None], "prompt": "Describe tea."}],
    {"constraints": [{"kind": "punctuation:no_comma"}], "prompt": "Describe tea."},
]


@pytest.mark.parametrize("held", GROUND_TRUTHS)
def test_a_dump_of_verl(tmp_path: Path, held: Any):
    dump = {"input": "user\nDescribe tea.\nassistant\n", "output": "Hot.", "gts": json.dumps(held)}
    (found,) = read(write(tmp_path / "7.jsonl", [dump | {"score": 1.0, "step": 7}]))
    assert found == Rollout(
        instruction=hir.Instruction(prompt="Describe tea.", constraints=[{"kind": "punctuation:no_comma"}]),
        response="Hot.",
        metadata={"score": 1.0, "step": 7},
    )


def test_a_dump_of_verl_without_a_prompt_or_without_constraints(tmp_path: Path):
    held = {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    dump = {"input": "Describe tea.", "output": "Hot.", "gts": json.dumps(held), "score": 1.0}
    (found,) = read(write(tmp_path / "7.jsonl", [dump]))
    assert found.instruction.prompt == "Describe tea."
    field, told = problem(write(tmp_path / "8.jsonl", [dump | {"gts": "42"}]))
    assert field == "gts"
    assert "has to hold an object" in told

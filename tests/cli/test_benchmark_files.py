"""``hir-data verify`` takes the files of the benchmarks as they are."""

import json
from pathlib import Path
from typing import Any

import pytest
from files import read, write, write_parquet

from hir_data.schemas import registry

PARAMETERS = sorted(
    {
        name
        for cls in registry.kinds().values()
        if registry.suite(cls) in ("ifeval", "ifbench")
        for name in cls.model_fields
    }
)


def ifbench(key: str, prompt: str, *constraints: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A record of IFBench: a key that is a string, a blank behind the prompt, parameters full of nulls."""
    return {
        "key": key,
        "prompt": f"{prompt} ",
        "instruction_id_list": [kind for kind, _ in constraints],
        "kwargs": [dict.fromkeys(PARAMETERS) | given for _, given in constraints],
    }


IFBENCH = [
    ifbench("0", "Describe tea.", ("count:word_count_range", {"min_words": 2.0, "max_words": 4.0})),
    ifbench(
        "1",
        "Now milk.",
        ("format:list", {"sep": "-"}),
        ("words:keywords_specific_position", {"keyword": "white", "n": 2, "m": 1}),
    ),
]
RESPONSES = [
    {"prompt": "Now milk. ", "response": "- It is wet.\n- White it is."},
    {"prompt": "Describe tea.", "response": "Here it is:\nTea is hot."},
]


@pytest.mark.parametrize("name", ["prompts.jsonl", "prompts.parquet"])
def test_ifbench(tmp_path: Path, command, name: str):
    as_written = write_parquet if name.endswith("parquet") else write
    prompts = as_written(tmp_path / name, IFBENCH)
    responses = write(tmp_path / "responses.jsonl", RESPONSES)
    output = tmp_path / "out.jsonl"
    result = command("verify", prompts, "--responses", responses, "-o", output, "--workers", 0)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("2 read = 2 verified + 0 rejected, 3 constraints\n")
    milk, tea = read(output)
    assert [one["rollout"]["instruction"]["id"] for one in (milk, tea)] == ["1", "0"]
    assert tea["rollout"]["instruction"]["prompt"] == "Describe tea. "
    assert tea["rollout"]["instruction"]["constraints"] == [
        {"kind": "count:word_count_range", "min_words": 2, "max_words": 4}
    ]
    assert [(one["ila"], one["ila_loose"]) for one in (milk, tea)] == [(True, True), (False, True)]


@pytest.mark.usefixtures("tagger_data")
def test_ifbench_itself(tmp_path: Path, command, shared_data: Path):
    folder, summary = shared_data / "ifbench", tmp_path / "summary.json"
    result = command(
        "verify",
        folder / "prompts.jsonl",
        "--responses",
        folder / "responses_qwen3_4b.jsonl",
        *("--strict-only", "--workers", 0, "--summary", summary),
    )
    assert (result.exit_code, result.stderr) == (0, "")
    figures = json.loads(summary.read_text(encoding="utf-8"))
    assert (figures["verified"], figures["rejected"], figures["constraints"]) == (294, 0, 335)
    assert sum(kind["strict"] for kind in figures["kinds"].values()) == 108


def test_iftrain(tmp_path: Path, command):
    constraints = {
        "instruction_id": ["count:lowercase_counting", "length_constraints:number_words"],
        "kwargs": [{"N": 4}, {"relation": "at least", "num_words": 3}],
    }
    record = {
        "key": "x",
        "messages": [{"content": "Describe tea.", "role": "user"}],
        "ground_truth": str([constraints]),
        "dataset": "ifeval",
        "constraint_type": "multi",
        "constraint": "Few words in lower case. At least 3 words.",
        "response": "<think>short</think>Tea is hot.",
    }
    older = record | {"ground_truth": json.dumps({"func_name": "validate_haiku", "N": None})}
    source, output = write(tmp_path / "in.jsonl", [record, older]), tmp_path / "out.jsonl"
    result = command("verify", source, "-o", output, "--strip-thinking=think", "--workers", 0)
    assert result.exit_code == 1
    assert "in.jsonl:2: ground_truth.func_name: there is no function 'validate_haiku'" in result.stderr
    (found,) = read(output)
    assert found["ila"] is True
    assert found["rollout"]["response"] == "Tea is hot."
    assert found["rollout"]["instruction"]["prompt"] == "Describe tea."
    assert found["rollout"]["metadata"] == {
        name: record[name] for name in ("dataset", "constraint_type", "constraint")
    }
    result = command("verify", output, "-o", tmp_path / "again.jsonl", "--workers", 0)
    assert result.exit_code == 0
    assert read(tmp_path / "again.jsonl") == [found]

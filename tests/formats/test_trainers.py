"""The loaders of trainers read what is exported for them: in an environment of their own.

``make trainers`` makes that, and runs this. ``HIR_DATA_TRAINERS`` names the interpreter of another one.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tiny_model
from files import read
from programs import run_program
from samples import NO_COMMA, SAMPLES, rollout

import hir_data as hir
import hir_data.rewards.openrlhf
from hir_data.formats.exports.config import ExportOptions
from hir_data.runs.export import export

ROOT = Path(__file__).parents[2]
TRAINERS = Path(os.environ.get("HIR_DATA_TRAINERS", ROOT / ".venv-trainers" / "bin" / "python"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TRAINERS.exists(), reason="needs the environment that 'make trainers' makes"),
]
TOOL = {"type": "function", "function": {"name": "boil", "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "1", "type": "function", "function": {"name": "boil", "arguments": '{"cups": 2}'}}
BOILED = hir.Instruction(
    messages=[
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Tea?"},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "1", "content": "boiled"},
    ],
    tools=[TOOL],
    constraints=[NO_COMMA],
)
WITH_CALLS = [*SAMPLES, rollout("boil/0", BOILED, "Here it is."), rollout("boil/1", BOILED, "Here, Sir.")]


def in_trainers(trainer: str, cache: Path, **given: Any) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    environment |= {"MODELSCOPE_CACHE": str(cache / "modelscope"), "MPLCONFIGDIR": str(cache)}
    command = [str(TRAINERS), str(Path(__file__).with_name("in_trainers.py")), trainer, json.dumps(given)]
    done = run_program(command, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def texts(messages: list[dict[str, str]]) -> list[str]:
    return [message["content"] for message in messages]


def test_llama_factory_reads_what_its_dataset_info_describes(tmp_path):
    for to in ("sft", "kto", "dpo"):
        export(WITH_CALLS, f"llama-factory-{to}", str(tmp_path / f"{to}.jsonl"))
    export(WITH_CALLS, "llama-factory-kto", str(tmp_path / "folder"))
    sft, kto, dpo, folder = in_trainers(
        "llama_factory", tmp_path / "hub", folder=str(tmp_path), names=["sft", "kto", "dpo", "folder"]
    )
    assert folder == kto
    for to, rows in (("sft", sft), ("kto", kto), ("dpo", dpo)):
        exported = list(read(tmp_path / f"{to}.jsonl"))
        assert len(rows) == len(exported) > 0
        for row, was in zip(rows, exported, strict=True):
            asked = texts(was["messages"] if to == "dpo" else was["messages"][:-1])
            system = [row["_system"]] if row["_system"] else []
            assert system + texts(row["_prompt"]) == asked
            if to == "sft":
                answers = [was["messages"][-1]["content"]]
            elif to == "dpo":
                answers = [was["chosen"]["content"], was["rejected"]["content"]]
            else:
                answer = was["messages"][-1]["content"]
                answers = [answer, ""] if was["label"] else ["", answer]
            assert texts(row["_response"]) == answers
    called = sft[-1]
    assert [message["role"] for message in called["_prompt"]] == ["user", "function", "observation"]
    assert json.loads(called["_prompt"][1]["content"]) == {"name": "boil", "arguments": {"cups": 2}}
    assert json.loads(called["_tools"]) == [TOOL]


def test_swift_reads_each_row(tmp_path):
    names = ("sft", "dpo", "kto", "grpo")
    files = [str(tmp_path / f"{to}.jsonl") for to in names]
    for to, file in zip(names, files, strict=True):
        export(WITH_CALLS, f"swift-{to}", file)
    for rows, file in zip(in_trainers("swift", tmp_path / "hub", files=files), files, strict=True):
        exported = list(read(file))
        assert len(rows) == len(exported) > 0
        for row, was in zip(rows, exported, strict=True):
            told = {name: value for name, value in row.items() if name in was and name != "tools"}
            assert told == {name: value for name, value in was.items() if name != "tools"}
            if "tools" in was:
                assert row["tools"] == json.loads(was["tools"])


def test_axolotl_learns_the_answers_and_reads_the_pairs(tmp_path):
    for to in ("sft", "dpo"):
        export(SAMPLES, f"axolotl-{to}", str(tmp_path / f"{to}.jsonl"), ExportOptions(system="Be kind."))
    sft, dpo = (list(read(tmp_path / f"{to}.jsonl")) for to in ("sft", "dpo"))
    told = in_trainers(
        "axolotl", tmp_path / "hub", sft=sft, dpo=dpo, tokenizer=str(tiny_model.save(tmp_path / "model"))
    )
    assert told["learnt"] == [f"{row['messages'][-1]['content']}<|end|>" for row in sft]
    for pair, was in zip(told["pairs"], dpo, strict=True):
        asked = was["messages"][-1]["content"]
        assert pair["prompt"] == f"<|system|>Be kind.<|end|><|user|>{asked}<|end|><|assistant|>"
        assert (pair["chosen"], pair["rejected"]) == tuple(
            f"{was[side]['content']}<|end|>" for side in ("chosen", "rejected")
        )


def test_openrlhf_asks_the_reward_function_for_what_it_has_read(tmp_path):
    export(SAMPLES, "openrlhf", str(tmp_path / "rows.jsonl"))
    rows = list(read(tmp_path / "rows.jsonl"))
    answers = ["Tea for five please now.<|end|>", "One, two.<|end|>", "<think>a, b</think>Tea.<|end|>"]
    answers = [answers[number % len(answers)] for number in range(len(rows))]
    rows[-1]["label"] = '{"constraints": [{"kind": "soft:criterion", "criterion": "Is it kind?"}]}'
    told = in_trainers(
        "openrlhf",
        tmp_path / "hub",
        rows=rows,
        tokenizer=str(tiny_model.save(tmp_path / "model")),
        reward=hir_data.rewards.openrlhf.__file__,
        answers=answers,
    )
    bare = [answer.removesuffix("<|end|>").rpartition("</think>")[2] for answer in answers]
    wanted = [
        hir.verify_one(hir.Rollout(instruction=asking, response=text))
        for asking, text in zip(
            [hir.Instruction(prompt="", **json.loads(row["label"])) for row in rows], bare, strict=True
        )
    ]
    known = [hir.reward(each) for each in wanted[:-1]]
    assert {0.0, 1.0} == set(known)
    given = [each["reward"] for each in told["rewards"]]
    assert given[:-1] == known
    assert given[-1] == pytest.approx(sum(known) / len(known))  # nobody knows: neither good nor bad
    for row, prompt in zip(rows, told["prompts"], strict=True):
        assert all(message["content"] in prompt for message in row["input"])
    assert [each["logs"]["undetermined"] for each in told["rewards"]] == [0.0] * (len(rows) - 1) + [1.0]
    assert told["rewards"][0]["logs"]["constraints"] == len(wanted[0].results)

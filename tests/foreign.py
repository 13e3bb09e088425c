"""Prompts and responses in the shapes that other tools write, for the tests of readers and of commands."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from files import jsonl

Pair = tuple[dict[str, Any], str]
"""A record of IFEval and a response to it."""


def pairs() -> list[Pair]:
    """A few that satisfy all, some and none of their constraints."""
    texts = [
        "Tea for two please",
        "Tea, please, with milk",
        "No",
        "A kettle sings,\nsoftly.",
        "茶 is “tea”",
        "x",
    ]
    return [
        (
            {
                "key": 10 + number,
                "prompt": f"Describe tea no. {number}.\nUse no commas. Use at least 3 words.",
                "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
                "kwargs": [{}, {"relation": "at least", "num_words": 3}],
            },
            text,
        )
        for number, text in enumerate(texts)
    ]


def completion(text: str, number: int = 0) -> dict[str, Any]:
    """A chat completion."""
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1,
        "model": "small",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }


def response_object(text: str) -> dict[str, Any]:
    """An object of OpenAI's Responses, with reasoning before the message."""
    return {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "error": None,
        "model": "small",
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
            },
        ],
    }


def lm_eval(prompt: dict[str, Any], text: str, number: int) -> dict[str, Any]:
    """A sample of lm-eval."""
    return {
        "doc_id": number,
        "doc": prompt,
        "target": 0,
        "arguments": {"gen_args_0": {"arg_0": prompt["prompt"], "arg_1": {"until": []}}},
        "resps": [[text]],
        "filtered_resps": [text],
        "filter": "none",
        "metrics": ["prompt_level_strict_acc"],
        "doc_hash": "0",
        "prompt_level_strict_acc": True,
    }


def batch(prompt: dict[str, Any], text: str, number: int) -> dict[str, Any]:
    """A line of a batch output."""
    return {
        "id": f"batch_req_{number}",
        "custom_id": str(prompt["key"]),
        "response": {"status_code": 200, "request_id": "r", "body": completion(text, number)},
        "error": None,
    }


def vllm(prompt: dict[str, Any], text: str, number: int) -> dict[str, Any]:
    """A row with vLLM's outputs."""
    outputs = [{"index": 0, "text": text, "token_ids": [5, 6], "cumulative_logprob": -1.0,
                "finish_reason": "stop"}]  # fmt: skip
    return {**prompt, "outputs": outputs}


def sample(prompt: dict[str, Any], text: str, epoch: int = 1) -> dict[str, Any]:
    """A sample of inspect_ai."""
    return {
        "id": prompt["key"],
        "epoch": epoch,
        "input": prompt["prompt"],
        "target": "",
        "messages": [
            {"id": "a", "role": "user", "content": prompt["prompt"], "source": "input"},
            {"id": "b", "role": "assistant", "content": text, "source": "generate"},
        ],
        "output": {
            "model": "small",
            "choices": [{"message": {"role": "assistant", "content": text}, "stop_reason": "stop"}],
            "completion": text,
        },
        "metadata": prompt,
        "scores": {"scorer": {"value": 1.0}},
    }


def inspect_log(rows: list[Pair], **more: Any) -> dict[str, Any]:
    """A log of inspect_ai."""
    keys = [prompt["key"] for prompt, _ in rows]
    dataset = {"name": "ifeval", "samples": len(keys), "sample_ids": keys}
    return {
        "version": 2,
        "status": "success",
        "eval": {"task": "ifeval", "model": "small", "dataset": dataset, "config": {"epochs": 1}},
        "plan": {},
        "samples": [sample(prompt, text) for prompt, text in rows],
        **more,
    }


def inspect_archive(log: dict[str, Any], *, has_header: bool = True) -> bytes:
    """A log of inspect_ai as ``.eval``."""
    content = io.BytesIO()
    header = {name: value for name, value in log.items() if name != "samples"}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_journal/start.json", json.dumps({"version": 2, "eval": log["eval"]}))
        for each in log["samples"]:
            archive.writestr(f"samples/{each['id']}_epoch_{each['epoch']}.json", json.dumps(each))
        if has_header:
            archive.writestr("summaries.json", "[]")
            archive.writestr("header.json", json.dumps(header))
    return content.getvalue()


def table(rows: list[Pair], delimiter: str = ",", write: Callable[[Any], str] = json.dumps) -> bytes:
    """A table in text, its lists as JSON, or as ``write`` writes them."""
    content = io.StringIO(newline="")
    cells = csv.writer(content, delimiter=delimiter)
    cells.writerow(["key", "prompt", "instruction_id_list", "kwargs", "response"])
    for prompt, text in rows:
        lists = write(prompt["instruction_id_list"]), write(prompt["kwargs"])
        cells.writerow([prompt["key"], prompt["prompt"], *lists, text])
    return content.getvalue().encode()


def turned(prompt: dict[str, Any], text: str) -> dict[str, Any]:
    """A record whose messages end in the answer."""
    asked = {"role": "user", "content": prompt["prompt"]}
    rest = {name: value for name, value in prompt.items() if name != "prompt"}
    return {**rest, "messages": [asked, {"role": "assistant", "content": text}]}


def nested(prompt: dict[str, Any], text: str) -> dict[str, Any]:
    """A record that nobody can recognise."""
    stated = {name: prompt[name] for name in ("instruction_id_list", "kwargs")}
    return {"uid": prompt["key"], "task": {"text": prompt["prompt"], "gold": stated}, "said": {"final": text}}


NESTED = ["--prompt-field", "task.text", "--response-field", "said.final", "--key-field", "uid",
          "--constraints-field", "task.gold"]  # fmt: skip


def episode(prompt: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    """An episode of verifiers, with one trace."""
    stated = {name: prompt[name] for name in ("instruction_id_list", "kwargs")}
    data = {"idx": 0, "id": str(prompt["key"]), "prompt": prompt["prompt"], "skills": [], **stated}
    nodes = [
        {"message": {"role": "user", "content": prompt["prompt"]}, "sampled": False},
        {"parent": 0, "message": {"role": "assistant", "content": text, "reasoning_content": "Hm."},
         "sampled": True},
    ]  # fmt: skip
    task = {"type": "Task", "data": data}
    trace = {"version": 1, "id": "t", "task": task, "nodes": nodes, "rewards": {}, "errors": [], "ok": True}
    return {
        "id": "e",
        "env": {"id": ""},
        "task": task,
        "ok": True,
        "errors": [],
        "traces": [{**trace, **more}],
    }


def _stated(prompt: dict[str, Any]) -> dict[str, Any]:
    return {name: prompt[name] for name in ("instruction_id_list", "kwargs")}


def _as_array(values: Any) -> str:
    """A list of strings or of objects, as a table in text has an array of numpy's."""
    return f"[{chr(10).join(f' {each!r}' for each in values)}]"


def _numbered(
    shape: Callable[[dict[str, Any], str, int], dict[str, Any]],
) -> Callable[[list[Pair]], bytes]:
    return lambda rows: jsonl(shape(prompt, text, number) for number, (prompt, text) in enumerate(rows))


ALONE: dict[str, tuple[str, Callable[[list[Pair]], bytes]]] = {
    "lm-eval": ("samples_ifeval.jsonl", _numbered(lm_eval)),
    "vllm": ("out.jsonl", _numbered(vllm)),
    "inspect-json": ("log.json", lambda rows: json.dumps(inspect_log(rows), indent=2).encode()),
    "inspect-line": ("log.json", lambda rows: json.dumps(inspect_log(rows)).encode()),
    "inspect-eval": ("log.eval", lambda rows: inspect_archive(inspect_log(rows))),
    "csv": ("out.csv", table),
    "csv-of-pandas": ("out.csv", lambda rows: table(rows, write=str)),
    "tsv": ("out.tsv", lambda rows: table(rows, "\t")),
    "messages": ("out.jsonl", lambda rows: jsonl(turned(*row) for row in rows)),
    "output": ("out.jsonl", lambda rows: jsonl({**prompt, "output": text} for prompt, text in rows)),
    "verifiers": ("traces.jsonl", lambda rows: jsonl(episode(*row) for row in rows)),
    "verifiers-v0": (
        "results.jsonl",
        lambda rows: jsonl(
            {
                "prompt": [{"role": "user", "content": prompt["prompt"]}],
                "completion": [{"role": "assistant", "content": text}],
                "answer": "",
                "info": {name: prompt[name] for name in ("instruction_id_list", "kwargs")},
                "reward": 1.0,
            }
            for prompt, text in rows
        ),
    ),
    "lighteval": (
        "details.jsonl",
        lambda rows: jsonl(
            {
                "doc": {"query": prompt["prompt"], "specific": _stated(prompt)},
                "metric": {"prompt_level_strict_acc": 1},
                "model_response": {"text": [text], "input": prompt["prompt"]},
            }
            for prompt, text in rows
        ),
    ),
    "iheval": (
        "input_data.json",
        lambda rows: json.dumps(
            [
                {
                    "id": p["key"],
                    "system": "",
                    "instruction": p["prompt"],
                    "original_prompt": "x",
                    "answer": _stated(p),
                    "response": text,
                }
                for p, text in rows
            ]
        ).encode(),
    ),
    "opencompass": (
        "0.json",
        lambda rows: json.dumps(
            {
                str(number): {
                    "origin_prompt": [{"role": "HUMAN", "prompt": p["prompt"]}],
                    "prediction": text,
                    "gold": p,
                }
                for number, (p, text) in enumerate(rows)
            }
        ).encode(),
    ),
    "evalscope": (
        "out.jsonl",
        lambda rows: jsonl(
            {"index": 0, "input": p["prompt"], "metadata": p, "output": text} for p, text in rows
        ),
    ),
    "conversation": (
        "out.jsonl",
        lambda rows: jsonl(
            {**_stated(p), "conversation": turned(p, text)["messages"], "meta": None} for p, text in rows
        ),
    ),
    "alpaca": (
        "out.json",
        lambda rows: json.dumps(
            [{"instruction": p["prompt"], "input": "", "output": text, **_stated(p)} for p, text in rows]
        ).encode(),
    ),
    "list-as-response": (
        "out.jsonl",
        lambda rows: jsonl({**p, "response": [text]} for p, text in rows),
    ),
    "text-as-responses": (
        "out.jsonl",
        lambda rows: jsonl({**p, "responses": text} for p, text in rows),
    ),
    "completion-as-string": (
        "out.jsonl",
        lambda rows: jsonl({**p, "response": json.dumps(completion(text))} for p, text in rows),
    ),
    "semicolons": ("out.csv", lambda rows: table(rows, ";")),
    "tabs-in-csv": ("out.csv", lambda rows: table(rows, "\t")),
    "csv-of-arrays": ("out.csv", lambda rows: table(rows, write=_as_array)),
    "results": (
        "out.json",
        lambda rows: json.dumps({"model": "m", "results": [{**p, "output": t} for p, t in rows]}).encode(),
    ),
    "keyed": (
        "out.json",
        lambda rows: json.dumps({str(p["key"]): {**p, "response": t} for p, t in rows}).encode(),
    ),
    "pretty-lines": (
        "out.json",
        lambda rows: b"\n".join(json.dumps({**p, "response": t}, indent=2).encode() for p, t in rows),
    ),
    "lm-eval-table": (
        "samples.jsonl",
        _numbered(lambda p, text, n: {**lm_eval(p, text, n), "doc": json.dumps(p)}),
    ),
    "array": ("out.json", lambda rows: json.dumps([{**p, "response": text} for p, text in rows]).encode()),
    "data": (
        "out.json",
        lambda rows: json.dumps({"v": 1, "data": [{**p, "output": t} for p, t in rows]}).encode(),
    ),
    "rows": (
        "out.json",
        lambda rows: json.dumps(
            {"rows": [{"row_idx": 0, "row": {**p, "output": t}} for p, t in rows]}
        ).encode(),
    ),
    "nemo-gym": (
        "rollouts.jsonl",
        lambda rows: jsonl(
            {
                "id": prompt["key"],
                "responses_create_params": {"input": [{"role": "user", "content": prompt["prompt"]}]},
                "verifier_metadata": {
                    name: prompt[name] for name in ("instruction_id_list", "kwargs", "prompt")
                },
                "response": response_object(text),
                "reward": 1.0,
            }
            for prompt, text in rows
        ),
    ),
}
"""Files of prompts with their responses: a name, and what is in it."""

JOINED: dict[str, tuple[str, Callable[[list[Pair]], bytes]]] = {
    "lm-eval": ALONE["lm-eval"],
    "batch-output": ("batch_output.jsonl", _numbered(batch)),
    "batch-bare": (
        "batch.jsonl",
        _numbered(lambda p, text, n: {"custom_id": str(p["key"]), "response": completion(text)}),
    ),
    "batch-in-text": (
        "batch.jsonl",
        _numbered(
            lambda p, text, n: {
                "custom_id": str(p["key"]),
                "response": {"status_code": "200", "body": json.dumps(completion(text))},
                "error": {},
            }
        ),
    ),
    "vertex": (
        "predictions.jsonl",
        lambda rows: jsonl(
            {
                "status": "",
                "request": {"contents": [{"role": "user", "parts": [{"text": p["prompt"]}]}]},
                "response": {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]},
            }
            for p, text in rows
        ),
    ),
    "bedrock": (
        "out.jsonl",
        lambda rows: jsonl(
            {
                "recordId": str(p["key"]),
                "modelInput": {"messages": [{"role": "user", "content": p["prompt"]}]},
                "modelOutput": {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "text", "text": text}],
                },
            }
            for p, text in rows
        ),
    ),
    "vllm": (
        "out.jsonl",
        lambda rows: jsonl(
            {"request_id": str(n), "prompt": p["prompt"], "outputs": vllm(p, text, n)["outputs"]}
            for n, (p, text) in enumerate(rows)
        ),
    ),
    "inspect-eval": ALONE["inspect-eval"],
    "messages": (
        "out.jsonl",
        lambda rows: jsonl({"messages": turned(prompt, text)["messages"]} for prompt, text in rows),
    ),
    "completion": ("out.jsonl", _numbered(lambda p, text, n: {**completion(text, n), "prompt": p["prompt"]})),
    "response-object": (
        "out.jsonl",
        lambda rows: jsonl({"key": p["key"], "response": response_object(text)} for p, text in rows),
    ),
    "output": ("out.jsonl", lambda rows: jsonl({"id": p["key"], "output": text} for p, text in rows)),
}
"""Files of responses that go with a file of prompts."""


def written(folder: Path, name: str, content: bytes) -> str:
    """Write a file of a shape; the path as a string."""
    path = folder / name
    path.write_bytes(content)
    return str(path)

"""Prompts and responses as evaluation tools, servers and tables write them; :mod:`foreign` has others."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from files import jsonl
from foreign import Pair, completion, response_object

Shape = Callable[[dict[str, Any], str], dict[str, Any]]


def stated(prompt: dict[str, Any]) -> dict[str, Any]:
    return {name: prompt[name] for name in ("instruction_id_list", "kwargs")}


def asked(prompt: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": prompt["prompt"]}]


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def _beside(prompt: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**prompt, name: value}


def _unasked(prompt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in prompt.items() if name != "prompt"}


def promptfoo(prompt: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    """A result of promptfoo's for one of our tests."""
    constraints = [
        {"kind": kind, **{name: value for name, value in (given or {}).items() if value is not None}}
        for kind, given in zip(prompt["instruction_id_list"], prompt["kwargs"], strict=True)
    ]
    variables = {"prompt": prompt["prompt"]}
    assertion = {"type": "python", "value": "file://assertion.py", "config": {"constraints": constraints}}
    return {
        "id": "0b5f7c1e-0000-4000-8000-000000000000",
        "testIdx": 0,
        "prompt": {"raw": prompt["prompt"], "label": "{{prompt}}"},
        "vars": variables,
        "response": {"output": text, "tokenUsage": {}},
        "testCase": {"vars": variables, "assert": [assertion], "metadata": {}},
        "success": True,
        "namedScores": {"ila": 1},
        **more,
    }


def promptfoo_file(results: list[dict[str, Any]]) -> bytes:
    """The file that ``promptfoo eval -o`` writes."""
    prompts = [{"raw": "{{prompt}}", "label": "{{prompt}}", "provider": "x"}]
    held = {"version": 3, "prompts": prompts, "results": results, "stats": {"successes": 1}}
    return json.dumps({"evalId": "eval-1", "results": held, "config": {}, "shareableUrl": None}).encode()


def openai_eval(prompt: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    """An output item of a run of OpenAI's evals."""
    sample = {"input": asked(prompt), "output": [said(text)], "finish_reason": "stop", "error": None}
    return {
        "id": "outputitem_1",
        "object": "eval.run.output_item",
        "datasource_item": prompt,
        "results": [{"name": "grader", "passed": True}],
        "sample": {**sample, **more},
    }


def _lines(shape: Shape) -> tuple[str, Callable[[list[Pair]], bytes]]:
    return "out.jsonl", lambda rows: jsonl(shape(*row) for row in rows)


def _document(build: Callable[[list[Pair]], Any]) -> tuple[str, Callable[[list[Pair]], bytes]]:
    return "out.json", lambda rows: json.dumps(build(rows)).encode()


NAMES = ("key", "prompt", "instruction_id_list", "kwargs", "response")


def _cells(rows: list[Pair]) -> list[list[Any]]:
    return [[{**prompt, "response": text}[name] for name in NAMES] for prompt, text in rows]


def _columns(rows: list[Pair]) -> Iterable[tuple[str, list[Any]]]:
    return zip(NAMES, map(list, zip(*_cells(rows), strict=True)), strict=True)


RUNS: dict[str, tuple[str, Callable[[list[Pair]], bytes]]] = {
    "lighteval-names": _lines(
        lambda p, text: {
            "__doc__": {"query": p["prompt"], "specific": stated(p)},
            "__metric__": {"prompt_level_strict_acc": 1},
            "__model_response__": {"text": [text], "input": p["prompt"]},
        }
    ),
    "lighteval-processed": _lines(
        lambda p, text: {
            "doc": {"query": p["prompt"], "specific": stated(p)},
            "metric": {},
            "model_response": {"text": [f"<think>a, b</think>{text}"], "text_post_processed": [text]},
        }
    ),
    "lighteval-old": _lines(
        lambda p, text: {
            "example": p["prompt"], "full_prompt": p["prompt"], "instruction": "", "predictions": [text],
            "specifics": stated(p), "metrics": {"prompt_level_strict_acc": 1}, "gold": [],
        }
    ),
    "sglang": _lines(
        lambda p, text: {**p, "text": text, "meta_info": {"id": "a", "finish_reason": {"type": "stop"}}}
    ),
    "sglang-output": _lines(lambda p, text: _beside(p, "output", {"text": text, "meta_info": {"id": "a"}})),
    "pipeline": _lines(lambda p, text: _beside(p, "generated_text", [*asked(p), said(text)])),
    "pipeline-list": _lines(lambda p, text: _beside(p, "output", [{"generated_text": text}])),
    "ollama-chat": _lines(
        lambda p, text: _beside(p, "response", {"created_at": "x", "message": said(text), "done": True})
    ),
    "ollama-generate": _lines(
        lambda p, text: _beside(p, "response", {"created_at": "x", "response": text, "done": True})
    ),
    "llama-cpp": _lines(
        lambda p, text: _beside(p, "response", {"content": text, "stop": True, "tokens_predicted": 5})
    ),
    "cohere": _lines(
        lambda p, text: _beside(
            p,
            "response",
            {"id": "i", "finish_reason": "COMPLETE",
             "message": {"role": "assistant", "content": [{"type": "text", "text": text}]}},
        )
    ),
    "converse": _lines(
        lambda p, text: _beside(
            p,
            "response",
            {"stopReason": "end_turn", "output": {"message": {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "a, b"}}}, {"text": text}]}}},
        )
    ),
    "responses-with-a-search": _lines(
        lambda p, text: _beside(
            p,
            "response",
            {**response_object(text), "output": [
                {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "x"},
                {"type": "web_search_call", "id": "ws_1", "status": "completed"},
                *response_object(text)["output"]]},
        )
    ),
    "message": _lines(lambda p, text: _beside(p, "message", said(text))),
    "argilla": _document(
        lambda rows: [
            {"id": str(p["key"]), "status": "pending", "_server_id": "s",
             "fields": {"prompt": p["prompt"], "response": text}, "metadata": stated(p),
             "suggestions": {}, "responses": {}, "vectors": {}}
            for p, text in rows
        ]
    ),
    "argilla-of-strings": _document(
        lambda rows: [
            {"id": str(p["key"]), "fields": {"instruction": p["prompt"], "response": text},
             "metadata": {name: json.dumps(value) for name, value in stated(p).items()},
             "suggestions": {}, "responses": {}}
            for p, text in rows
        ]
    ),
    "distilabel": _lines(
        lambda p, text: {
            **_unasked(p), "instruction": p["prompt"], "generation": text, "model_name": "small",
            "distilabel_metadata": {"raw_output_text_generation_0": text},
        }
    ),
    "promptfoo": ("out.json", lambda rows: promptfoo_file([promptfoo(*row) for row in rows])),
    "promptfoo-metadata": (
        "out.json",
        lambda rows: promptfoo_file(
            [promptfoo(p, text, testCase={"vars": {}, "metadata": p}) for p, text in rows]
        ),
    ),
    "ragas": _lines(
        lambda p, text: {**_unasked(p), "user_input": p["prompt"], "response": text, "reference": ""}
    ),
    "deepeval": _document(
        lambda rows: [
            {"input": p["prompt"], "actual_output": text, "expected_output": None, "context": None,
             "additional_metadata": stated(p)}
            for p, text in rows
        ]
    ),
    "deepeval-run": _document(
        lambda rows: {
            "testCases": [
                {"name": "t", "input": p["prompt"], "actualOutput": text, "success": True,
                 "additionalMetadata": stated(p)}
                for p, text in rows
            ],
            "metricsScores": [],
        }
    ),
    "wandb": _document(
        lambda rows: {"columns": [*NAMES], "data": _cells(rows), "ncols": 5, "nrows": 6, "column_types": {}}
    ),
    "pandas-split": _document(
        lambda rows: {"columns": [*NAMES], "index": [*range(len(rows))], "data": _cells(rows)}
    ),
    "pandas-columns": _document(
        lambda rows: {
            name: {str(number): value for number, value in enumerate(column)}
            for name, column in _columns(rows)
        }
    ),
    "columns": _document(lambda rows: dict(_columns(rows))),
    "weave": _lines(
        lambda p, text: {
            "id": "0199c8a3-0000-7000-8000-000000000000", "op_name": "weave:///predict",
            "inputs": {"example": p}, "output": completion(text), "trace_id": "t",
        }
    ),
    "langsmith": _lines(
        lambda p, text: {
            "id": "0199c8a3-0000-7000-8000-000000000000", "inputs": {"question": p["prompt"]},
            "outputs": {"output": text}, "metadata": stated(p),
        }
    ),
    "mlflow": _lines(
        lambda p, text: {"inputs": {"prompt": p["prompt"]}, "outputs": text, "expectations": stated(p)}
    ),
    "langfuse": _lines(
        lambda p, text: {
            "id": "0199c8a3-0000-7000-8000-000000000000", "input": {"messages": asked(p)},
            "output": said(text), "metadata": stated(p), "expectedOutput": None,
        }
    ),
    "openai-evals": _lines(openai_eval),
    "helm": _document(
        lambda rows: {
            "adapter_spec": {},
            "request_states": [
                {"instance": {"input": {"text": p["prompt"]}, "id": f"id{p['key']}", "extra_data": stated(p)},
                 "request": {"prompt": p["prompt"]},
                 "result": {"success": True, "completions": [{"text": text, "logprob": 0}]}}
                for p, text in rows
            ],
        }
    ),
    "verifiers-truth": _lines(
        lambda p, text: {
            "example_id": 0, "prompt": asked(p), "completion": [said(text)], "reward": 0.5,
            "info": {"ground_truth": json.dumps(stated(p))},
        }
    ),
    "extra-info": _lines(
        lambda p, text: {"prompt": asked(p), "response": text, "extra_info": json.dumps(stated(p))}
    ),
    "iheval-history": _document(
        lambda rows: [
            {"id": p["key"], "system": "Be brief.", "conversation_history": ["Milk?", "No, tea."],
             "instruction": p["prompt"], "answer": stated(p), "response": text}
            for p, text in rows
        ]
    ),
    "two-deep": _lines(
        lambda p, text: {"sample": {"input": p["prompt"], "metadata": stated(p)}, "output": text}
    ),
}  # fmt: skip
"""Files of prompts with their responses: a name, and what is in it."""

BESIDE_PROMPTS: dict[str, tuple[str, Callable[[list[Pair]], bytes]]] = {
    "promptfoo": (
        "out.json",
        lambda rows: promptfoo_file([promptfoo(p, text, testCase={"vars": {}}) for p, text in rows]),
    ),
    "openai-evals": _lines(lambda p, text: {**openai_eval(p, text), "datasource_item": {"q": p["prompt"]}}),
    "weave": _lines(lambda p, text: {"id": "0199c8a3-0000-7000-8000-000000000000",
                                     "inputs": {"messages": asked(p)}, "output": completion(text)}),
    "litellm": _lines(lambda p, text: {"id": "chatcmpl-1", "call_type": "acompletion", "messages": asked(p),
                                       "response": completion(text), "status": "success"}),
    "sglang": _lines(lambda p, text: {"prompt": p["prompt"], "text": text, "meta_info": {"id": "x"}}),
    "pipeline": _document(lambda rows: [{"generated_text": [*asked(p), said(text)]} for p, text in rows]),
    "wandb": _document(lambda rows: {"columns": ["prompt", "completion"],
                                     "data": [[p["prompt"], text] for p, text in rows]}),
}  # fmt: skip
"""Files of responses without constraints, which stand in a file of prompts."""

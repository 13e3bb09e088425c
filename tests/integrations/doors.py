"""Prompts, responses and what is true of them, for every adapter."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from endpoint import Asked, Reply, says

NO_COMMA = {"kind": "punctuation:no_comma"}
SHORT = {"kind": "word_count", "max": 4}
WARM = {"kind": "soft:criterion", "criterion": "The tone is warm."}


class Door(NamedTuple):
    """A prompt with constraints, the response of the model, and the figures that adapters have to give."""

    prompt: str
    constraints: list[dict[str, Any]]
    response: str
    ila: float | None
    cla: float | None


DOORS = [
    Door("Tea? Use no commas and at most 4 words.", [NO_COMMA, SHORT], "Tea for two.", 1.0, 1.0),
    Door("Milk? No commas {{ name }} 4 words.", [NO_COMMA, SHORT], "Milk, please.", 0.0, 0.5),
    Door("Sugar? Kindly.", [NO_COMMA, WARM], "Sugar and love.", None, None),
    Door("Honey? Kindly, no commas.", [NO_COMMA, WARM], "Honey, dear.", 0.0, None),
]
RESPONSES = {door.prompt: door.response for door in DOORS}
KNOWN = [door.ila for door in DOORS if door.ila is not None]
MEAN_ILA = sum(KNOWN) / len(KNOWN)


def prompts_file(folder: Path) -> Path:
    """A file with the prompts."""
    path = folder / "prompts.jsonl"
    records = [
        {"id": f"p{number}", "prompt": door.prompt, "constraints": door.constraints}
        for number, door in enumerate(DOORS)
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def answers(asked: Asked) -> Reply:
    """A model that has a response to each prompt; as a stream of events where that is asked for."""
    asks = asked.body["messages"][-1]["content"]
    if not isinstance(asks, str):
        asks = "".join(part["text"] for part in asks)
    text = RESPONSES[asks]
    if not asked.body.get("stream"):
        return says(text)
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "small"}
    said = [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]
    end = [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    events = [{**chunk, "choices": said}, {**chunk, "choices": end}, {**chunk, "choices": [], "usage": usage}]
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return Reply(200, lines.encode(), (("Content-Type", "text/event-stream"),))

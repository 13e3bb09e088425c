"""Whatever a server sends, a question ends in a verdict or in none, a prompt in responses or in a refusal."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from endpoint import Endpoint, Reply, Script, decides, fails, in_turn, says, sends, serving
from pydantic_core import from_json
from samples import plain

from hir_data.engine.judge import Question
from hir_data.errors import HirDataError
from hir_data.models.config import SamplingParams
from hir_data.models.openai_judge import OpenAIJudge
from hir_data.models.openai_sampler import OpenAISampler
from hir_data.models.sampling import Refusal, Request, Response
from hir_data.schemas.json_line import json_line

QUESTION = Question("The text is formal.", "Dear Sir or Madam,")
JSON = (("Content-Type", "application/json"),)
HALF = "\ud83d"
ANYTHING: tuple[Any, ...] = (None, True, 7, -1e300, "x", HALF, [], [1], [[]], {}, {"a": []}, [{"b": None}])


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HIR_DATA_JUDGE_KEY", "HIR_DATA_MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)


def completion(**fields: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": '{"reason": "so", "satisfied": true}'}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "1", "object": "chat.completion", "choices": [choice], "usage": {}} | fields


def with_choice(**fields: Any) -> dict[str, Any]:
    whole = completion()
    whole["choices"][0] |= fields
    return whole


def with_message(**fields: Any) -> dict[str, Any]:
    whole = completion()
    whole["choices"][0]["message"] |= fields
    return whole


def step(**fields: Any) -> dict[str, Any]:
    return {"content": [{"token": "a", "logprob": -1.0, "top_logprobs": []} | fields]}


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def raw(body: bytes, status: int = 200, *headers: tuple[str, str]) -> Reply:
    return Reply(status, body, (*JSON, *headers))


def misbehaviours() -> Iterator[tuple[str, Reply]]:
    for value in ANYTHING:
        yield f"the answer is {value!r}", sends(value)
        for name in ("choices", "usage", "id", "object", "error"):
            yield f"{name} is {value!r}", sends(completion(**{name: value}))
        for name in ("message", "finish_reason", "index", "logprobs", "token_ids"):
            yield f"the {name} of a choice is {value!r}", sends(with_choice(**{name: value}))
        for name in ("content", "reasoning", "reasoning_content", "refusal", "tool_calls", "role"):
            yield f"the {name} of a message is {value!r}", sends(with_message(**{name: value}))
        for name in ("token", "logprob", "top_logprobs"):
            yield f"the {name} of a step is {value!r}", sends(with_choice(logprobs=step(**{name: value})))
        for name in ("completion_tokens", "prompt_tokens"):
            yield f"{name} are {value!r}", sends(completion(usage={name: value}))
        written = json.dumps({"reason": value, "satisfied": True})
        yield f"the reason of the verdict is {value!r}", says(written)
        if not isinstance(value, bool):
            yield f"the verdict is {value!r}", says(json.dumps({"reason": "so", "satisfied": value}))
        yield f"a complaint of {value!r}", raw(json.dumps({"error": {"message": value}}).encode(), 400)
        yield f"a complaint that is {value!r}", raw(json.dumps(value).encode(), 422)
        yield f"a broken server that says {value!r}", raw(json.dumps({"error": value}).encode(), 500)
    yield "no JSON", raw(b"<html>")
    yield "half of a JSON", raw(b'{"choices": [')
    yield "no UTF-8", raw(b'{"choices": "\xff"}')
    yield "nothing", raw(b"")
    yield "nested deeply", raw(deep(100_000))
    yield "nested, but not too deeply for the parser", raw(b'{"choices": ' + deep(900) + b"}")
    yield "a complaint that is nested deeply", raw(b'{"error": ' + deep(900) + b"}", 400)
    yield "a number of many digits", raw(b'{"choices": ' + b"9" * 10_000 + b"}")
    yield "no number", raw(b'{"choices": NaN}')
    yield "an infinite logprob", raw(json.dumps(with_choice(logprobs=step(logprob=float("inf")))).encode())
    yield (
        "a logprob that is no number",
        raw(json.dumps(with_choice(logprobs=step(logprob=float("nan")))).encode()),
    )
    yield "a million choices", sends(completion(choices=completion()["choices"] * 1000))
    yield "a verdict among many brackets", says("{" * 50_000)
    yield "a verdict nested deeply", says('{"a":' * 50_000)
    yield "two verdicts", says('{"satisfied": true} {"satisfied": false}')
    yield "the verdict in words", says('{"satisfied": "false"}')
    yield "the verdict as a number", says('{"satisfied": 0}')
    yield "half a character in the reason", says('{"reason": "hot \\ud83d", "satisfied": true}')
    yield "half a character in the answer", says(f"tea {HALF}")
    yield "a long answer", says("x" * 3_000_000)
    yield "compressed without being asked", raw(gzip.compress(b"x" * 1000), 200, ("Content-Encoding", "gzip"))
    yield "another type", Reply(200, b"{}", (("Content-Type", "text/html"),))
    yield "no type", Reply(200, json.dumps(completion()).encode())
    yield "a redirect in circles", raw(b"", 302, ("Location", "/v1/chat/completions"))
    yield "an odd status", raw(b"", 299)
    for wait in ("nan", "-5", "soon", "Mon, 99 Foo 99999 00:00:00 GMT"):
        yield f"wait {wait}", raw(b"", 429, ("Retry-After", wait))


MISBEHAVIOURS = list(misbehaviours())


def each_in_turn() -> Script:
    """The misbehaviours one after the other."""
    return in_turn(*(reply for _, reply in MISBEHAVIOURS))


def judging(endpoint: Endpoint, **options: Any) -> OpenAIJudge:
    return OpenAIJudge("small", endpoint.url, backoff=0.0, timeout=5.0, retries=0, concurrency=1, **options)


def test_there_are_enough():
    assert len(MISBEHAVIOURS) > 250
    assert len({name for name, _ in MISBEHAVIOURS}) == len(MISBEHAVIOURS)


def test_a_judge_gives_a_verdict_or_none(tmp_path: Path):
    with serving(each_in_turn()) as endpoint, judging(endpoint, cache=tmp_path) as judge:
        for number in range(len(MISBEHAVIOURS)):
            before = len(endpoint.asked)
            (verdict,) = judge.judge([QUESTION._replace(text=f"text {number}")])
            # An answer that cannot be read is asked for once more: the verdict is that of the last answer.
            last = len(endpoint.asked) - 1
            name = MISBEHAVIOURS[last][0] if before <= last < len(MISBEHAVIOURS) else ""
            assert verdict.satisfied in (True, None), name
            assert from_json(json_line(verdict)), name
            if name.startswith(("the verdict", "two verdicts", "a verdict")):
                assert verdict.satisfied is None, name
        assert len(endpoint.asked) >= len(MISBEHAVIOURS)
    # What was kept is as good as new for every run after it.
    with serving(in_turn(decides(True))) as endpoint, judging(endpoint, cache=tmp_path) as judge:
        for number in range(len(MISBEHAVIOURS)):
            (verdict,) = judge.judge([QUESTION._replace(text=f"text {number}")])
            assert verdict.satisfied is True
            assert json_line(verdict)


def test_a_sampler_gives_responses_or_a_refusal():
    settings = SamplingParams(n=1, max_new_tokens=50)
    given = 0
    with (
        serving(each_in_turn()) as endpoint,
        OpenAISampler(
            "small", settings, endpoint.url, backoff=0.0, timeout=5.0, retries=0, concurrency=1
        ) as sampler,
    ):
        for number in range(len(MISBEHAVIOURS)):
            (answer,) = sampler.sample([Request(plain(f"Prompt {number}."), number)])
            if isinstance(answer, Refusal):
                assert json_line(answer.reason)
                continue
            for response in answer:
                assert isinstance(response, Response)
                assert json_line(response.rollout(plain("Tea?"), 0, {}))
                given += 1
    assert given > 50


def test_an_answer_is_not_read_beyond_its_bound(monkeypatch):
    monkeypatch.setattr("hir_data.models.client.MAX_BODY", 100_000)
    for status in (200, 400, 500):
        reply = Reply(status, b'{"choices": "' + b"x" * 5_000_000 + b'"}', JSON)
        with serving(in_turn(decides(True), reply)) as endpoint, judging(endpoint) as judge:
            assert judge.judge([QUESTION])[0].satisfied is True
            (verdict,) = judge.judge([QUESTION._replace(text="another")])
            assert verdict.satisfied is None
            assert "has more than 100000 bytes" in verdict.reason


def test_what_is_no_verdict_is_none():
    """A judge of somebody else's may give anything."""
    from hir_data import Instruction, Rollout, verify

    class Odd:
        def __init__(self, given: Any) -> None:
            self.given = given

        def judge(self, questions: list[Question]) -> list[Any]:
            return [self.given for _ in questions]

    instruction = Instruction(prompt="", constraints=[{"kind": "soft:criterion", "criterion": "It is warm."}])
    for given in ("false", True, None, {"satisfied": True}):
        (verification,) = verify([Rollout(instruction=instruction, response="Tea.")], judge=Odd(given))
        assert verification.results[0].strict.satisfied is None


def test_trouble_that_ends_a_run_is_said_in_one_line():
    with serving(in_turn(fails(401, HALF))) as endpoint, judging(endpoint) as judge:
        with pytest.raises(HirDataError, match="refuses small") as raised:
            judge.judge([QUESTION])
        assert str(raised.value).encode()
        assert "\n" not in str(raised.value)

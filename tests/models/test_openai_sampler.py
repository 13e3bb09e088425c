"""Responses drawn from a server on loopback, and all that can go wrong on the way to them."""

import itertools
import json
import math
from collections import Counter
from typing import Any

import pytest
from endpoint import HANGS_UP, Asked, Endpoint, Reply, fails, in_turn, says, sends, serving
from samples import NO_COMMA, plain

import hir_data as hir
from hir_data.errors import ModelError
from hir_data.models.config import SamplingParams
from hir_data.models.openai_sampler import OpenAISampler, fewer, least_entropy
from hir_data.models.sampling import Refusal, Request

REQUESTS = [Request(plain(f"Prompt {number}."), 100 * number) for number in range(8)]
LOGPROBS = [-0.25, -1.5, -0.125]


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HIR_DATA_MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)


def drawn_from(endpoint: Endpoint, requests: list[Request] = REQUESTS[:1], **options: Any) -> list[Any]:
    settings = {name: options.pop(name) for name in ("n", "temperature", "system") if name in options}
    settings = SamplingParams(**({"n": 2, "max_new_tokens": 50} | settings))
    with OpenAISampler(
        "small", settings, endpoint.url, **({"backoff": 0.001, "timeout": 5.0} | options)
    ) as sampler:
        return list(sampler.sample(requests))


def step(token: str, logprob: float, **others: float) -> dict[str, Any]:
    """A step's log-probabilities, with the likeliest tokens."""
    top = [{"token": name, "logprob": value, "bytes": None} for name, value in others.items()]
    return {"token": token, "logprob": logprob, "bytes": None, "top_logprobs": top}


def choice(index: int, text: str | None, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text} | more.pop("message", {})
    return {"index": index, "finish_reason": "stop", "message": message, **more}


def server(asked: Asked) -> Reply:
    """A server that does what it is asked, as vLLM does."""
    body = asked.body
    prompt = body["messages"][-1]["content"]
    choices = []
    for index in range(body.get("n", 1)):
        one = choice(index, f"{prompt} {body.get('seed')}-{index}")
        if body.get("logprobs"):
            others = {"a": -0.25, "b": -2.0} if body.get("top_logprobs") else {}
            one["logprobs"] = {"content": [step("a", logprob, **others) for logprob in LOGPROBS]}
        if body.get("return_token_ids"):
            one["token_ids"] = [5, 6, 7]
        choices.append(one)
    return sends({"choices": choices, "usage": {"prompt_tokens": 10, "completion_tokens": 3 * len(choices)}})


def refusing(*names: str, status: int = 400, vague: bool = False) -> Any:
    """A server that refuses some options, by their names unless it is vague."""

    def script(asked: Asked) -> Reply:
        wrong = [name for name in names if name in asked.body]
        if wrong:
            return fails(status, "no" if vague else f"Extra inputs are not permitted: {wrong[0]}")
        return server(asked)

    return script


# The conversation


def test_the_whole_conversation_is_sent_with_its_tools_and_template_options():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "The sea?"},
        {"role": "assistant", "content": "It is. \ud800", "reasoning_content": "hm"},
        {"role": "user", "content": "The moon?"},
    ]
    tools = [{"type": "function", "function": {"name": "pour"}}]
    instruction = hir.Instruction(
        messages=messages, constraints=[NO_COMMA], tools=tools, template_options={"enable_thinking": False}
    )
    with serving(refusing("return_token_ids")) as endpoint:
        drawn_from(endpoint, [Request(instruction, 1)])
        body = endpoint.asked[-1].body
    messages[2]["content"] = "It is. ?"
    assert body["messages"] == messages
    assert body["tools"] == tools
    assert body["chat_template_kwargs"] == {"enable_thinking": False}  # also where another field is refused
    assert "return_token_ids" not in body


# What is asked and what is recorded


def test_what_is_asked():
    with serving(server) as endpoint:
        drawn_from(endpoint, system="Be brief.", temperature=0.7, api_key="sk-1")
    (asked,) = endpoint.asked
    assert asked.body == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Prompt 0."},
        ],
        "n": 2,
        "temperature": 0.7,
        "top_p": 1.0,
        "max_tokens": 50,
        "seed": 0,
        "logprobs": True,
        "top_logprobs": 20,
        "return_token_ids": True,
    }
    assert asked.headers["authorization"] == "Bearer sk-1"


def test_what_is_recorded():
    with serving(server) as endpoint:
        (responses,) = drawn_from(endpoint, REQUESTS[3:4])
    assert [response.text for response in responses] == ["Prompt 3. 300-0", "Prompt 3. 300-1"]
    sampling = responses[0].sampling
    assert sampling.model_dump() | {"entropy": None} == {
        "model": "small",
        "temperature": 1.0,
        "top_p": 1.0,
        "seed": 300,
        "finish_reason": "stop",
        "token_ids": (5, 6, 7),
        "logprobs": tuple(LOGPROBS),
        "entropy": None,
        "entropy_by": "top2_lower_bound",
    }
    # Two tokens and the rest as a third one; the sampled token is one of them, whatever its value.
    known = [math.exp(-0.25), math.exp(-2.0)]
    parts = [*known, 1 - sum(known)]
    assert sampling.entropy == pytest.approx(-sum(part * math.log(part) for part in parts))
    assert responses[0].tokens == 3


@pytest.mark.parametrize(
    ("processed", "temperature", "recorded"), [(False, 0.7, 1.0), (True, 0.7, None), (False, 1.0, None)]
)
def test_the_temperature_of_logprobs(processed: bool, temperature: float, recorded: float | None):
    with serving(server) as endpoint:
        ((one, _),) = drawn_from(endpoint, temperature=temperature, processed_logprobs=processed)
    assert one.sampling.logprobs_temperature == recorded


def test_the_estimator_is_a_lower_bound():
    whole = [0.5, 0.25, 0.125, 0.0625, 0.0625]
    entropy = -sum(p * math.log(p) for p in whole)
    for k in range(1, 6):
        top = {str(place): math.log(p) for place, p in enumerate(whole[:k])}
        found = least_entropy(step("0", math.log(0.5), **top))
        assert found <= entropy + 1e-12
        if k == 5:
            assert found == pytest.approx(entropy)
    outside = least_entropy(step("z", math.log(0.0625), a=math.log(0.5)))
    assert outside == pytest.approx(-sum(p * math.log(p) for p in (0.5, 0.0625, 0.4375)))
    assert least_entropy(step("a", 0.0, a=1e-9)) == 0.0


def test_without_alternatives_the_entropy_is_estimated_by_chance_alone():
    mean = -sum(LOGPROBS) / 3
    with serving(server) as endpoint:
        ((one, _),) = drawn_from(endpoint, top_logprobs=0)
        ((cold, _),) = drawn_from(endpoint, top_logprobs=0, temperature=0.5)
    assert "top_logprobs" not in endpoint.asked[0].body
    assert (one.sampling.entropy, one.sampling.entropy_by) == (pytest.approx(mean), "mean_nll")
    assert (cold.sampling.entropy, cold.sampling.entropy_by) == (None, None)


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_reasoning_is_kept_apart(field: str):
    answer = choice(0, "Low.", message={field: "Is it low?"})
    with serving(in_turn(sends({"choices": [answer]}))) as endpoint:
        ((one,),) = drawn_from(endpoint, n=1)
    assert (one.text, one.reasoning) == ("Low.", "Is it low?")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"logprobs": None},
        {"logprobs": {"content": None}},
        {"logprobs": {"content": []}},
        {"logprobs": {"content": [step("a", -9999.0), step("b", -1.0)]}},
    ],
)
def test_missing_logprobs(more: dict[str, Any]):
    with serving(in_turn(sends({"choices": [choice(0, "Low.", **more)]}))) as endpoint:
        ((one,),) = drawn_from(endpoint, n=1)
    assert (one.text, one.sampling.logprobs, one.sampling.entropy, one.tokens) == ("Low.", None, None, None)


def test_token_ids_that_do_not_fit_the_logprobs_are_left_out():
    answer = choice(0, "Low.", logprobs={"content": [step("a", -1.0)]}, token_ids=[1, 2])
    with serving(in_turn(sends({"choices": [answer]}))) as endpoint:
        ((one,),) = drawn_from(endpoint, n=1)
    assert (one.sampling.token_ids, one.sampling.logprobs) == (None, (-1.0,))


def test_a_response_without_content():
    with serving(in_turn(sends({"choices": [choice(0, None, finish_reason="length")]}))) as endpoint:
        ((one,),) = drawn_from(endpoint, n=1)
    assert (one.text, one.sampling.finish_reason) == ("", "length")


# Options that a server does not take


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    ("refused", "left"),
    [
        (["return_token_ids"], {"seed", "logprobs", "top_logprobs"}),
        (["seed"], {"return_token_ids", "logprobs", "top_logprobs"}),
        (["top_logprobs"], {"return_token_ids", "seed", "logprobs"}),
        (["logprobs"], {"return_token_ids", "seed"}),
        (["logprobs", "return_token_ids", "seed"], set()),
    ],
)
def test_options_that_are_refused_are_left_out_from_then_on(refused: list[str], left: set[str], status: int):
    optional = {"return_token_ids", "seed", "logprobs", "top_logprobs"}
    with serving(refusing(*refused, status=status)) as endpoint:
        answers = drawn_from(endpoint, REQUESTS, concurrency=1)
    assert all(len(responses) == 2 for responses in answers)
    assert endpoint.asked[-1].body.keys() & optional == left
    assert len(endpoint.asked) <= len(REQUESTS) + 5
    seeds = {response.sampling.seed for responses in answers for response in responses}
    assert seeds == ({None} if "seed" in refused else {request.seed for request in REQUESTS})


def test_options_that_are_refused_without_a_word():
    with serving(refusing("return_token_ids", "logprobs", vague=True)) as endpoint:
        answers = drawn_from(endpoint, REQUESTS, concurrency=1)
    assert all(len(responses) == 2 for responses in answers)
    assert len(endpoint.asked) == len(REQUESTS) + 4


def test_fewer_alternatives_are_better_than_none():
    def script(asked: Asked) -> Reply:
        if asked.body.get("top_logprobs", 0) > 5:
            return fails(400, "Requested sample logprobs of 20, which is greater than max allowed: 5")
        return server(asked)

    with serving(script) as endpoint:
        drawn_from(endpoint, REQUESTS, concurrency=1)
    assert endpoint.asked[-1].body["top_logprobs"] == 5
    assert len(endpoint.asked) == len(REQUESTS) + 1


def test_a_complaint_about_the_prompt_changes_no_option():
    options = {"logprobs": True, "seed": 0}
    assert fewer(options, "This model's maximum context length is 100 tokens") is options
    assert fewer({}, "no") == {}
    assert fewer(options, "no") == {"seed": 0}


@pytest.mark.parametrize("way", ["refuses n", "passes over n"])
def test_a_server_that_gives_one_response_at_a_time(way: str):
    def script(asked: Asked) -> Reply:
        if asked.body["n"] > 1 and way == "refuses n":
            return fails(400, "n: must be 1")
        return server(asked._replace(body=asked.body | {"n": 1}))

    with serving(script) as endpoint:
        answers = drawn_from(endpoint, REQUESTS, n=3, concurrency=1)
    assert len({response.text for responses in answers for response in responses}) == 24
    assert [response.sampling.seed for response in answers[1]] == [100, 101, 102]
    assert len(endpoint.asked) == 24 + (way == "refuses n")


def test_a_server_with_another_word_for_the_length():
    def script(asked: Asked) -> Reply:
        if "max_tokens" in asked.body:
            return fails(400, "'max_tokens' is not supported. Use 'max_completion_tokens' instead.")
        return server(asked)

    with serving(script) as endpoint:
        answers = drawn_from(endpoint, REQUESTS, concurrency=1)
    assert all(len(responses) == 2 for responses in answers)
    assert endpoint.asked[-1].body["max_completion_tokens"] == 50
    assert len(endpoint.asked) == len(REQUESTS) + 1


# What goes wrong


@pytest.mark.parametrize(
    "trouble",
    [
        fails(429, "slow down"),
        fails(500, "broken"),
        fails(503, "starting"),
        HANGS_UP,
        Reply(200, b"<html>", (("Content-Type", "text/html"),)),
        Reply(200, b"{", (("Content-Type", "application/json"),)),
        sends({"choices": []}),
        sends({"choices": None}),
        sends({"choices": [{"index": 0, "message": None}]}),
        sends({"choices": [choice(0, 7)]}),
        sends({"choices": [choice(0, "Low.", logprobs={"content": [step("a", None)]})]}),
        says("too late", after=0.5),
    ],
    ids=lambda reply: str(reply.status or "hangs up") + reply.body[:60].decode(),
)
def test_a_request_is_made_again(trouble: Reply):
    replies = itertools.chain([trouble, trouble], itertools.repeat(None))
    with serving(lambda asked: next(replies) or server(asked)) as endpoint:
        (responses,) = drawn_from(endpoint, timeout=0.25)
    assert [response.text for response in responses] == ["Prompt 0. 0-0", "Prompt 0. 0-1"]
    assert len(endpoint.asked) == 3


def test_a_prompt_that_keeps_failing_is_the_only_one_without_a_response():
    def script(asked: Asked) -> Reply:
        reply = fails(500, "broken") if "Prompt 3" in json.dumps(asked.body) else server(asked)
        return reply._replace(after=0.02)  # so that requests meet

    with serving(script) as endpoint:
        answers = drawn_from(endpoint, REQUESTS, retries=2, concurrency=3)
    assert answers[3] == Refusal("the model did not respond: HTTP 500: broken", by_server=True)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, Refusal)] == [3]
    asked = Counter(asked.body["messages"][0]["content"] for asked in endpoint.asked)
    assert asked["Prompt 3."] == 3
    assert 1 < endpoint.most_at_once <= 3


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_refuses_everything(status: int):
    refusing_all = serving(in_turn(fails(status, "no key sk-secret")))
    with refusing_all as endpoint, pytest.raises(ModelError, match="refuses small: HTTP") as caught:
        drawn_from(endpoint, REQUESTS, api_key="sk-secret")
    assert "sk-secret" not in str(caught.value)


def test_nobody_is_there():
    with serving(server) as endpoint:
        pass
    with pytest.raises(ModelError, match="cannot be reached"):
        drawn_from(endpoint)
    with pytest.raises(ModelError, match="no API key: set HIR_DATA_MODEL_KEY"):
        OpenAISampler("small", SamplingParams())


def test_answers_come_in_order_and_prompts_are_read_as_they_are_needed():
    read = itertools.count()
    slow = itertools.cycle([0.03, 0.0, 0.01])

    def requests():
        for number in read:
            yield Request(plain(f"Prompt {number}."), number)

    with (
        serving(lambda asked: server(asked)._replace(after=next(slow))) as endpoint,
        OpenAISampler("small", SamplingParams(n=1), endpoint.url, concurrency=2) as sampler,
    ):
        answers = sampler.sample(requests())
        texts = [next(answers)[0].text for _ in range(30)]
        answers.close()
    assert texts == [f"Prompt {number}. {number}-0" for number in range(30)]
    assert next(read) <= 30 + 8
    assert sampler.tokens >= 90

"""Responses drawn from several servers side by side, of which some are slow, broken or gone."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from endpoint import HANGS_UP, Asked, Endpoint, Reply, Script, fails, says, serving
from samples import plain

from hir_data.errors import ModelError
from hir_data.models.config import SamplingParams
from hir_data.models.sampling import Refusal, Request
from hir_data.models.server_fleet import ServerFleet

REQUESTS = [Request(plain(f"Prompt {number}."), number) for number in range(40)]
TEXTS = [f"Prompt {number}. again" for number in range(40)]


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HIR_DATA_MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)


def repeats(asked: Asked) -> Reply:
    """A server that says the prompt again."""
    return says(f"{asked.body['messages'][-1]['content']} again")


def slowly(asked: Asked) -> Reply:
    return repeats(asked)._replace(after=0.2)


def after(number: int, then: Reply) -> Script:
    """A server that is well for so many requests, and then not."""
    count = itertools.count()
    return lambda asked: repeats(asked) if next(count) < number else then


def only(wanted: Callable[[str], bool], otherwise: Reply) -> Script:
    """A server that answers some prompts."""
    return lambda asked: repeats(asked) if wanted(asked.body["messages"][-1]["content"]) else otherwise


def drawn(*scripts: Script | None, **options: Any) -> tuple[list[Any], list[dict[str, Any]], list[Endpoint]]:
    """The answers to the requests of servers, of which None is not there, and what they have done."""
    with ExitStack() as stack:
        endpoints = [stack.enter_context(serving(script or repeats)) for script in scripts]
        for script, endpoint in zip(scripts, endpoints, strict=True):
            if script is None:
                endpoint.server.shutdown()
                endpoint.server.server_close()
        options = {"backoff": 0.001, "timeout": 5.0, "concurrency": 2, "pause": 0.01} | options
        fleet = stack.enter_context(
            ServerFleet("small", SamplingParams(n=1), [each.url for each in endpoints], **options)
        )
        answers = [
            answer if isinstance(answer, Refusal) else answer[0].text for answer in fleet.sample(REQUESTS)
        ]
        assert fleet.ended == sum(each["responses"] for each in fleet.servers)
        return answers, fleet.servers, endpoints


def test_servers_share_the_prompts_by_their_speed():
    answers, servers, endpoints = drawn(repeats, slowly)
    assert answers == TEXTS
    fast, slow = (each["responses"] for each in servers)
    assert fast > slow > 0 and fast + slow == 40
    assert all(endpoint.most_at_once <= 2 for endpoint in endpoints)
    assert [each["left_out"] for each in servers] == [0, 0]


@pytest.mark.parametrize(
    "trouble",
    [None, after(5, HANGS_UP), after(5, fails(500)), after(0, fails(404)), after(3, fails(401))],
    ids=["not there", "hangs up", "breaks", "has no such model", "refuses the key"],
)
def test_what_one_fails_to_answer_another_answers(trouble: Script | None):
    lines: list[str] = []
    answers, servers, _ = drawn(slowly, trouble, on_trouble=lines.append)
    assert answers == TEXTS
    assert sum(each["responses"] for each in servers) == 40 and servers[0]["left_out"] == 0
    assert len(lines) == servers[1]["left_out"]
    assert all(servers[1]["server"] in line and "the other servers go on" in line for line in lines)


def test_a_server_that_comes_back_is_used_again():
    broken = itertools.count()
    back = lambda asked: fails(404) if next(broken) < 3 else repeats(asked)  # noqa: E731
    answers, servers, _ = drawn(slowly, back)
    assert answers == TEXTS
    assert servers[1]["responses"] > 0 and servers[1]["left_out"] >= 1
    assert "refuses small: HTTP 404" in servers[1]["problem"]


def test_a_prompt_that_no_server_answers_is_the_only_one_without_a_response():
    bad = only(lambda prompt: "7." not in prompt, fails(500, "this one breaks me"))
    answers, servers, _ = drawn(bad, bad)
    refused = [number for number, answer in enumerate(answers) if isinstance(answer, Refusal)]
    assert refused == [7, 17, 27, 37]
    assert answers[7].reason.startswith("the model did not respond: HTTP 500: this one breaks me")
    assert [answer for answer in answers if not isinstance(answer, Refusal)] == [
        text for number, text in enumerate(TEXTS) if number not in refused
    ]
    assert [each["left_out"] for each in servers] == [0, 0]


def test_a_prompt_that_is_refused_for_itself_is_put_to_no_other():
    bad = only(lambda prompt: "7." not in prompt, fails(400, "the context is too long"))
    answers, _, endpoints = drawn(bad, bad)
    prompts = Counter(
        asked.body["messages"][-1]["content"] for endpoint in endpoints for asked in endpoint.asked
    )
    assert prompts["Prompt 7."] == 1
    assert isinstance(answers[7], Refusal) and answers[8] == "Prompt 8. again"


@pytest.mark.parametrize("scripts", [(None, None), (after(3, fails(401)), after(5, fails(403)))])
def test_the_run_ends_when_no_server_is_left(scripts: tuple[Script | None, ...]):
    with pytest.raises(ModelError, match=r"no server can be used: the model at http.*; the model at http"):
        drawn(*scripts, pause=60.0)


def test_whoever_waits_at_the_last_server_hears_that_it_is_gone():
    """Its requests fail one after the other, and that of the first prompt last."""

    def refuses(asked: Asked) -> Reply:
        last = asked.body["messages"][-1]["content"] == "Prompt 0."
        return fails(401)._replace(after=0.6 if last else 0.1)

    with pytest.raises(ModelError, match="no server can be used"):
        drawn(refuses, refuses, pause=60.0, concurrency=4)


def test_a_prompt_does_not_wait_for_ever_for_a_server_that_is_gone():
    """One server fails at it while the other is still taken to be there."""
    bad = only(lambda prompt: prompt != "Prompt 7.", fails(500, "this one breaks me"))
    gone = lambda asked: fails(404)._replace(after=0.3)  # noqa: E731
    lines: list[str] = []
    answers, servers, _ = drawn(bad, gone, on_trouble=lines.append)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, Refusal)] == [7]
    assert answers[7].reason.startswith("the model did not respond: HTTP 500: this one breaks me")
    assert [servers[0]["left_out"], servers[1]["left_out"]] == [0, len(lines)]


def test_a_prompt_waits_for_a_server_that_comes_back():
    """The one that is there fails at it while the other is away."""
    bad = only(lambda prompt: prompt != "Prompt 3.", fails(500))
    away = itertools.count()
    back = lambda asked: fails(404) if next(away) < 2 else repeats(asked)  # noqa: E731
    answers, servers, _ = drawn(bad, back, pause=0.5)
    assert answers == TEXTS and servers[1]["left_out"] == 1


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(fails(500, "broken"), "HTTP 500: broken"), (repeats, "nothing within 0.3 s")],
    ids=["breaks", "hangs"],
)
def test_a_server_that_fails_at_every_prompt_is_left_out(trouble: Reply | Script, said: str):
    lines: list[str] = []
    hangs = lambda asked: repeats(asked)._replace(after=2.0)  # noqa: E731
    script = hangs if callable(trouble) else (lambda asked: trouble)
    answers, servers, endpoints = drawn(
        slowly, script, timeout=0.3, pause=60.0, retries=0, concurrency=3, on_trouble=lines.append
    )
    assert answers == TEXTS
    assert [each["left_out"] for each in servers] == [0, 1] and len(endpoints[1].asked) <= 5
    assert len(lines) == 1 and said in lines[0] and servers[1]["server"] in lines[0]


def test_a_server_that_is_back_gets_one_prompt_until_it_answers():
    """Four at first, and then one each time that it is tried."""
    broken = itertools.count()
    back = lambda asked: fails(404) if next(broken) < 6 else repeats(asked)  # noqa: E731
    answers, servers, _ = drawn(slowly, back, concurrency=4, pause=0.02)
    assert answers == TEXTS
    assert servers[1]["responses"] > 0 and servers[1]["left_out"] == 3


def test_what_hears_of_a_trouble_may_fail():
    def fails_itself(line: str) -> None:
        raise OSError("nobody reads this")

    with pytest.raises(OSError, match="nobody reads this"):
        drawn(slowly, None, on_trouble=fails_itself)


def test_responses_that_nobody_gets_are_not_counted():
    """One server gives one of two responses and fails at the second; the other gives both."""
    seeds: set[int] = set()

    def half(asked: Asked) -> Reply:
        seed = asked.body["seed"]
        return fails(500) if seed - 1 in seeds or seeds.add(seed) else repeats(asked)

    with (
        serving(half) as first,
        serving(slowly) as second,
        ServerFleet(
            "small", SamplingParams(n=2), [first.url, second.url], backoff=0.001, retries=0, pause=60.0
        ) as fleet,
    ):
        answers = list(fleet.sample([Request(plain(f"Prompt {n}."), 10 * n) for n in range(20)]))
        assert [len(answer) for answer in answers] == [2] * 20
        assert [each["responses"] for each in fleet.servers] == [0, 40]
        assert fleet.servers[0]["left_out"] == 1
        assert fleet.ended == 40


@pytest.fixture
def started() -> Callable[[], list[threading.Thread]]:
    """The threads of ours that are there since the test has begun, and not of a test before it."""
    before = {*threading.enumerate()}
    return lambda: [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.name.startswith("hir-data")
    ]


def test_nothing_is_left_running_when_nobody_waits_for_the_rest(
    started: Callable[[], list[threading.Thread]],
):
    with (
        serving(slowly) as first,
        serving(slowly) as second,
        ServerFleet("small", SamplingParams(n=1), [first.url, second.url], concurrency=1) as fleet,
    ):
        answers = fleet.sample(REQUESTS)
        assert next(answers)[0].text == TEXTS[0]
        answers.close()
    assert started() == []
    assert len(first.asked) + len(second.asked) <= 8


def test_what_cannot_be_begun(started: Callable[[], list[threading.Thread]]):
    with pytest.raises(ValueError, match="there is no server"):
        ServerFleet("small", SamplingParams(n=1), [])
    with pytest.raises(ModelError, match="has to begin with http"):
        ServerFleet("small", SamplingParams(n=1), ["http://localhost:1", "localhost:2"])
    assert started() == []

"""``hir-data serve`` over loopback, as users have it, and the same verdicts through every door."""

import asyncio
import base64
import contextlib
import http.client
import importlib.util
import json
import math
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import endpoint
import pytest
from files import HOSTILE
from programs import run_program, running, wait_until

import hir_data as hir

pytest.importorskip("uvicorn", reason="needs the extra 'serve'")

COMMA = {"kind": "punctuation:no_comma"}
THREE = {"kind": "word_count", "min": 3, "max": 3}
WARM = {"kind": "soft:criterion", "criterion": "warm"}
LOOPS = {"kind": "trap:loops"}
TOKEN = "a secret ünlike others"
JSON = {"Content-Type": "application/json"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


class Server(NamedTuple):
    """A server that runs: its process and its port."""

    process: Any
    port: int

    def ask(
        self, path: str, body: Any = None, headers: dict[str, str] = JSON, method: str = "POST"
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            read = response.read()
        said = {name.lower(): value for name, value in response.getheaders()}
        is_json = said.get("content-type") == "application/json"
        return Answer(response.status, said, json.loads(read) if is_json else read.decode())

    def metric(self, name: str) -> float:
        found = re.search(
            rf"^hir_data_{re.escape(name)} (.+)$", self.ask("/metrics", method="GET").body, re.M
        )
        return float(found[1]) if found else 0.0


@contextlib.contextmanager
def serving(*options: object, **env: str) -> Iterator[Server]:
    line = [sys.executable, "-m", "hir_data", "serve", "--port", 0, *options]
    environment = {**os.environ, **env}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    with running(line, limit=300, env=environment, **pipes) as process:
        said = process.stdout.readline()
        found = re.fullmatch(r"serving on http://127\.0\.0\.1:(\d+) with \d worker process(es)?\n", said)
        assert found, said + process.stderr.read()
        yield Server(process, int(found[1]))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    limits = ["--timeout", 1, "--request-timeout", 4, "--max-queue", 40, "--max-body", 20_000]
    with serving("--workers", 1, "--plugin", HOSTILE, *limits) as one:
        yield one


def nemo_gym(ids: list[str], kwargs: list[dict], response: str, **more: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": response, "annotations": []}
    message = {"type": "message", "role": "assistant", "status": "completed", "id": "m", "content": [part]}
    return {
        "id": 1,
        "responses_create_params": {"input": [{"role": "user", "content": "Say something."}]},
        "verifier_metadata": {"instruction_id_list": ids, "kwargs": kwargs, **more},
        "response": {"id": "r", "object": "response", "output": [message]},
    }


# The same verdicts

IDS = ["punctuation:no_comma", "length_constraints:number_words"]
KWARGS = [{}, {"relation": "at least", "num_words": 3}]
OURS = [{"kind": kind, **parameters} for kind, parameters in zip(IDS, KWARGS, strict=True)]
LABEL = json.dumps(OURS)
TEXTS = {
    "One two three.": [True, True],
    "One, two, three.": [False, True],
    "One two.<|im_end|>": [True, False],
    "<think>Hm, so many, many words</think>One two.</s>": [True, False],
    "<think>Hm, this never ends": [False, False],
    "": [False, False],
}


def test_no_door_changes_a_verdict(server: Server):
    """The same responses through verify, every reward and every path of the server."""
    texts, rows = list(TEXTS), [OURS] * len(TEXTS)
    cla = [sum(verdicts) / 2 for verdicts in TEXTS.values()]
    ila = [float(all(verdicts)) for verdicts in TEXTS.values()]
    for workers in (0, 1):
        options = {"workers": workers}
        assert hir.ConstraintReward("cla", **options)(texts, constraints=rows) == cla
        reward = hir.AsyncConstraintReward("cla", **options)
        assert asyncio.run(reward(texts, constraints=rows)) == cla
        assert [hir.compute_score("x", text, LABEL, score="cla", **options)["score"] for text in texts] == cla

        async def for_verl(options: dict[str, int] = options) -> list[dict[str, Any]]:
            return await asyncio.gather(
                *(hir.compute_score_async("x", text, LABEL, **options) for text in texts)
            )

        assert [each["score"] for each in asyncio.run(for_verl())] == ila
        if importlib.util.find_spec("torch"):  # which OpenRLHF has, and this server need not have
            asked = hir.OpenRLHFReward("cla", **options)
            answer = asked([f"Say.{text}" for text in texts], ["Say."] * len(texts), [LABEL] * len(texts))
            assert answer["rewards"].tolist() == cla
        graded = [hir.grade("Say.", text, OURS, hir.GradeOptions(**options)) for text in texts]
        assert [each.satisfied for each in graded] == list(TEXTS.values())
    records = [{"prompt": "Say.", "constraints": OURS, "response": text} for text in texts]
    verified = server.ask("/verify", {"rollouts": records, "score": "cla"}).body["results"]
    assert [[each["satisfied"] for each in one["constraints"]] for one in verified] == list(TEXTS.values())
    assert [(one["ila"], one["cla"], one["reward"]) for one in verified] == list(
        zip(ila, cla, cla, strict=True)
    )
    assert [server.ask("/verify", record).body["cla"] for record in records] == cla
    assert server.ask("/reward", {"rollouts": records}).body == {"rewards": ila}
    assert server.ask("/reward", {**records[1], "score": "any"}).body == {"reward": 1.0}
    openrlhf = {"query": [f"<s>Say.\n{text}" for text in texts], "prompts": ["Say.\n"] * len(texts)}
    answer = server.ask("/get_reward", {**openrlhf, "labels": [LABEL] * len(texts)}).body
    assert answer["rewards"] == answer["scores"] == ila
    assert answer["extra_logs"]["satisfied"] == [sum(verdicts) for verdicts in TEXTS.values()]
    samples = [{"prompt": "Say.", "response": text, "label": LABEL} for text in texts]
    assert [server.ask("/rm", sample).body for sample in samples] == ila
    assert server.ask("/rm", samples).body == ila
    for mode, rewards in {"binary": ila, "fraction": cla}.items():
        rows = [nemo_gym(IDS, KWARGS, text, grading_mode=mode) for text in texts]
        answers = [server.ask("/verify", row).body for row in rows]
        assert [one["reward"] for one in answers] == rewards
        assert [one["follow_instruction_list"] for one in answers] == list(TEXTS.values())
        assert [
            {**row, **one} for row, one in zip(rows, answers, strict=True)
        ] == answers  # it comes back whole
    assert server.ask("/seed_session", {}).body == {}


def test_what_nobody_knows_is_null_at_every_door(server: Server):
    sample = {"prompt": "Say.", "response": "a bomb", "label": [WARM]}
    assert server.ask("/rm", sample).body is None
    assert server.ask("/rm", {**sample, "label": [LOOPS]}).body is None
    assert server.ask("/rm", {**sample, "response": "a, b", "label": [WARM, COMMA]}).body == 0.0
    both = {"query": ["Say.a bomb", "Say.a"], "prompts": ["Say."] * 2, "labels": [[LOOPS], [COMMA]]}
    answer = server.ask("/get_reward", both).body
    assert answer["rewards"] == [None, 1.0]
    assert answer["extra_logs"]["undetermined"] == [1, 0]
    one = server.ask("/verify", {"constraints": [LOOPS, COMMA], "response": "a bomb"}).body
    assert (one["reward"], one["ila"], one["cla"]) == (None, None, None)
    assert [each["status"] for each in one["constraints"]] == ["timeout", "ok"]
    assert math.isnan(hir.compute_score("x", "a bomb", [WARM])["score"])
    assert hir.ConstraintReward()(["a bomb"], constraints=[[WARM]]) == [None]


# Requests that are refused


TEXTUAL = {"kind": "word_count", "min": "3"}
GRADED_BEST = nemo_gym(IDS, KWARGS, "a", grading_mode="best")
ONE = {"query": ["a b"], "prompts": ["a "], "labels": [[COMMA]]}


@pytest.mark.parametrize(
    ("path", "body", "status", "field", "detail"),
    [
        ("/verify", b"{", 400, None, "the body is no JSON"),
        ("/verify", b"\xff", 400, None, "the body is no JSON"),
        ("/rm", b'{"label": NaN}', 400, None, "NaN is no number of JSON"),
        ("/rm", b"[" * 9000, 400, None, "the body is no JSON"),
        ("/verify", [], 422, None, "has to be an object, not []"),
        ("/verify", {"rollouts": 3}, 422, "rollouts", "has to be a list, not 3"),
        ("/verify", {"rollouts": [3]}, 422, "rollouts[0]", "has to be an object"),
        ("/verify", {"rollouts": [], "skore": "cla"}, 422, "skore", "is not known"),
        ("/verify", {"rollouts": [], "score": "best"}, 422, "score", "there is no score 'best'"),
        ("/reward", {"rollouts": [], "weights": {"a": -1}}, 422, "weights.a", "from 0 on"),
        (
            "/reward",
            {"rollouts": [{"constraints": [kind], "response": "a"} for kind in (COMMA, TEXTUAL)]},
            422,
            "rollouts[1].constraints[0].min",
            "valid integer",
        ),
        (
            "/reward",
            {"constraints": [COMMA], "response": "a", "weights": [1, 2], "score": "weighted"},
            422,
            "weights",
            "has to be a list of 1 numbers",
        ),
        (
            "/verify",
            {"rollouts": [{"constraints": [COMMA], "response": "a", "weights": [-1]}], "score": "weighted"},
            422,
            "rollouts[0].weights[0]",
            "from 0 on",
        ),
        ("/reward", {"constraints": [COMMA], "responses": ["a", "b"]}, 422, None, "holds 2 responses"),
        ("/reward", {"constraints": [COMMA], "response": 7}, 422, "response", "has to be a string"),
        ("/reward", {"constraints": [COMMA]}, 422, None, "there is no response"),
        ("/reward", {"response": "a"}, 422, None, "a prompt needs constraints"),
        ("/get_reward", {"query": ["a"], "prompts": ["a"]}, 422, "labels", "is missing"),
        ("/get_reward", {**ONE, "labels": []}, 422, "query", "query 1, prompts 1, labels 0"),
        ("/get_reward", {**ONE, "prompts": ["b"]}, 422, "query[0]", "does not begin with its prompt"),
        ("/get_reward", {**ONE, "prompts": [None]}, 422, "prompts[0]", "has to be a string"),
        ("/get_reward", {**ONE, "labels": [[{"kind": "no_coma"}]]}, 422, "labels[0].constraints[0]", "coma"),
        ("/rm", {"response": "a"}, 422, "label", "is missing"),
        ("/rm", [{"response": "a", "label": [COMMA]}, 3], 422, "[1]", "has to be an object"),
        ("/rm", [{"response": None, "label": [COMMA]}], 422, "[0].response", "is null"),
        ("/rm", [{"response": "a", "label": "["}], 422, "[0].label.ground_truth", "neither JSON nor"),
        ("/verify", {"responses_create_params": {}, "verifier_metadata": {}}, 422, "response", "is missing"),
        ("/verify", GRADED_BEST, 422, "verifier_metadata.grading_mode", "best"),
        ("/verify", nemo_gym(["x"], [{}], "a"), 422, "verifier_metadata.instruction_id_list[0]", "unknown"),
        ("/reward", b" " * 20_001, 413, None, "more than the 20000 bytes"),
        ("/rm", [{"response": "a", "label": [COMMA]}] * 41, 413, None, "41 responses, more than the 40"),
        ("/nothing", {}, 404, None, "Not Found"),
    ],
)  # fmt: skip
def test_a_bad_request_is_refused_by_name(
    server: Server, path: str, body: Any, status: int, field: str | None, detail: str
):
    answer = server.ask(path, body)
    assert (answer.status, answer.body.get("field")) == (status, field), answer
    assert detail in answer.body["detail"]


@pytest.mark.parametrize(
    ("record", "reward"),
    [
        ({"output": "a, b"}, 0.25),
        ({"responses": ["a, b"]}, 0.25),
        ({"response": "a, b", "weights": [1, 4]}, 0.8),
    ],
)
def test_a_record_alone_has_its_weights_and_any_name_of_the_response(
    server: Server, record: dict[str, Any], reward: float
):
    body = {"constraints": [COMMA, {"kind": "word_count", "max": 3}], "score": "weighted"}
    assert server.ask("/reward", {"weights": {"punctuation": 3}, **body, **record}).body == {"reward": reward}


def test_other_requests_that_are_refused(server: Server):
    assert server.ask("/rm", method="GET").status == 405
    assert server.ask("/rm", {}, {"Content-Type": "text/plain"}).status == 415
    assert server.ask("/rm", {}, {**JSON, "Origin": "http://evil.example"}).status == 403
    lengthless = {**JSON, "Transfer-Encoding": "chunked"}
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (30_000, b" " * 30_000)
    assert server.ask("/rm", body, lengthless).status == 413


# Load


def test_requests_beyond_the_queue_are_told_to_come_again(server: Server):
    """And those in it are answered, in time, although every check of theirs hangs."""
    stuck = [{"response": "a bomb", "label": [LOOPS]}] * 40
    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(server.ask, "/rm", stuck)
        wait_until(lambda: server.metric("waiting_responses") == 40)
        refused = server.ask("/rm", {"response": "a", "label": [COMMA]})
        assert refused.status == 503
        assert refused.headers["retry-after"] == "1"
        assert server.ask("/health", method="GET").body["status"] == "ok"
        answer = waiting.result()
    assert (answer.status, answer.body) == (200, [None] * 40)  # the limit of the request has ended it
    assert server.ask("/rm", {"response": "a", "label": [COMMA]}).body == 1.0


def test_nothing_is_lost_when_workers_are_killed(server: Server):
    lost = server.metric("lost_workers_total")
    body = [{"response": "a, b" if number % 2 else "a b", "label": [COMMA]} for number in range(8)]
    answers: list[Any] = []
    done = threading.Event()

    def ask(_: int) -> None:
        while not done.is_set():
            answer = server.ask("/rm", body)
            if answer.status != 503:  # a batch that lost three workers: who asked has to ask again
                answers.append(answer.body)

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask, number) for number in range(4)]
        try:
            for _ in range(3):
                seen = len(answers)
                wait_until(lambda seen=seen: len(answers) > seen + 4)  # there is a worker again
                for pid in workers_of(server.process.pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            seen = len(answers)
            wait_until(lambda: len(answers) > seen + 4)
        finally:
            done.set()
        for each in asking:
            each.result()
    assert all(answer == [1.0, 0.0] * 4 for answer in answers)
    assert server.metric("lost_workers_total") >= lost + 2
    kills = {"kind": "trap:dies"}
    assert server.ask("/rm", [{"response": "a bomb", "label": [kills]}, body[0]]).body == [None, 1.0]
    assert server.metric("lost_workers_total") > lost


def workers_of(pid: int) -> list[int]:
    """The children of the process that workers are forked from."""

    def children(parent: int) -> list[int]:
        with contextlib.suppress(OSError):
            listed = [path.read_text().split() for path in Path(f"/proc/{parent}/task").glob("*/children")]
            return [int(child) for each in listed for child in each]
        return []

    return [worker for child in children(pid) for worker in children(child)]


def test_figures_for_prometheus(server: Server):
    before = {
        name: server.metric(name) for name in ('verdicts_total{verdict="violated"}', "request_seconds_count")
    }
    server.ask("/rm", {"response": "a, b", "label": [COMMA]})
    answer = server.ask("/metrics", method="GET")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert {name: server.metric(name) for name in before} == {
        name: value + 1 for name, value in before.items()
    }
    for line in answer.body.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) hir_data_\w+ .+|hir_data_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+', line
        )


# Tokens, judges, and the end


def test_a_server_with_a_token_a_judge_and_choices_of_ones_own(tmp_path: Path):
    (tmp_path / "token").write_text(TOKEN + "\n", encoding="utf-8")
    row = {"prompt": "p", "response": "so warm", "label": [WARM]}
    basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
    with (
        endpoint.serving(endpoint.looks_for_the_criterion) as model,
        serving(
            "--workers", 1, "--token-file", tmp_path / "token", "--undetermined", -1, "--bad-rows", "null",
            "--judge-model", "small", "--judge-url", model.url, "--no-judge-cache",
            HIR_DATA_JUDGE_KEY="key",
        ) as server,
    ):  # fmt: skip
        assert server.ask("/rm", row).status == 401
        assert server.ask("/rm", row, {**JSON, "Authorization": "Bearer wrong"}).status == 401
        assert server.ask("/rm", row, {**JSON, "Authorization": "Basic !"}).status == 401
        assert server.ask("/metrics", method="GET").status == 401
        assert server.ask("/health", method="GET").status == 200
        with_token = {**JSON, "Authorization": f"Basic {basic}"}
        assert server.ask("/rm", row, with_token).body == 1.0
        assert server.ask("/rm", {**row, "response": "cold"}, with_token).body == 0.0
        bearer = {**JSON, "Authorization": f"Bearer {TOKEN}".encode()}
        rows = [row, {**row, "label": "["}, {**row, "label": [COMMA], "response": "a"}]
        assert server.ask("/rm", rows, bearer).body == [1.0, -1.0, 1.0]
        assert server.ask("/rm", [row, {"response": "a"}, 3], bearer).body == [1.0, -1.0, -1.0]
        queries = {"query": ["pa", "qa", 4], "prompts": ["p"] * 3, "labels": [[COMMA]] * 3}
        answer = server.ask("/get_reward", queries, bearer).body
        assert answer["rewards"] == [1.0, -1.0, -1.0]
        assert answer["extra_logs"]["undetermined"] == [0, 1, 1]
        rollouts = [{"constraints": [COMMA], "response": "a"}, {"constraints": [COMMA]}, 7]
        told = server.ask("/verify", {"rollouts": rollouts}, bearer).body["results"]
        assert [one["error"] for one in told] == [
            None,
            "there is no response in the record (a file of responses goes with --responses)",
            "has to be an object, not 7",
        ]
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 0
        assert server.process.stdout.read() == "stopped\n"
        assert server.process.stderr.read() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_server_ends_after_what_is_under_way_and_leaves_no_process():
    slow = {"response": "a bomb", "label": [LOOPS]}
    with (
        serving("--workers", 1, "--plugin", HOSTILE, "--timeout", 3) as server,
        ThreadPoolExecutor(1) as threads,
    ):
        waiting = threads.submit(server.ask, "/rm", slow)
        wait_until(lambda: server.metric("busy_workers") == 1)
        pids = workers_of(server.process.pid)
        assert pids
        server.process.send_signal(signal.SIGTERM)
        assert waiting.result().body is None  # it has its answer
        assert server.process.wait(60) == 0
        assert server.process.stderr.read() == ""
    for pid in pids:
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--port", "{port}"], "cannot listen at 127.0.0.1:{port}: address already in use"),
        (["--host", "nowhere.invalid"], "cannot listen at nowhere.invalid:8008: "),
        (["--token-file", "missing"], "--token-file missing: "),
        (["--score", "best"], "--score: "),
    ],
)
def test_a_server_that_cannot_be_is_one_line(server: Server, options: list[str], problem: str):
    line = [sys.executable, "-m", "hir_data", "serve", *(each.format(port=server.port) for each in options)]
    run = run_program(line)
    assert (run.returncode, run.stdout) == (2, "")
    assert problem.format(port=server.port) in run.stderr
    assert len(run.stderr.splitlines()) == 1

"""``hir-data rollout``: from a server on loopback, and from a tiny model here."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from endpoint import Asked, Reply, fails, sends, serving
from files import native, read, write
from programs import running, wait_until

from hir_data.formats.reader import read_rollouts


def server(asked: Asked) -> Reply:
    """A model that repeats the prompt and its seed."""
    prompt, seed = asked.body["messages"][-1]["content"], asked.body["seed"]
    choices = [
        {
            "index": index,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": f"{prompt} {seed + index}"},
            "logprobs": {"content": [{"token": "a", "logprob": -0.5, "top_logprobs": []}] * 4},
            "token_ids": [1, 2, 3, 4],
        }
        for index in range(asked.body["n"])
    ]
    return sends({"choices": choices}, after=0.01)


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HIR_DATA_MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def source(tmp_path: Path) -> str:
    return write(tmp_path / "in.jsonl", [native(number, None) for number in range(12)])


def line(source: str, output: Any, url: str, *more: object) -> list[Any]:
    return ["rollout", source, "-o", output, "-m", "small", "--base-url", url, "-n", 3, *more]


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_rollouts_that_can_be_verified(tmp_path: Path, source: str, suffix: str, command):
    output, summary = tmp_path / f"out{suffix}", tmp_path / "s.json"
    with serving(server) as endpoint:
        result = command(*line(source, output, endpoint.url, "--summary", summary))
    assert result.exit_code == 0
    shown = result.stdout.splitlines()
    assert shown[0].startswith("12 prompts, 36 responses, 144 tokens, ")
    assert shown[1:] == ["cut off: 0 (0.0%), blank: 0", "mean entropy: 0.500 nats a token"]
    figures = json.loads(summary.read_text())
    assert (figures["model"], figures["read"], figures["tokens"]) == ("small", 12, 144)
    assert figures["tokens_per_second"] > 0
    found = list(read_rollouts(str(output)))
    assert [(one.instruction.id, one.sample) for one in found] == [
        (n, s) for n in range(12) for s in range(3)
    ]
    assert {one.sampling.entropy_by for one in found} == {"mean_nll"}
    verified = command("verify", output, "-o", tmp_path / "v.jsonl", "--workers", 0)
    assert verified.exit_code == 0
    assert [one["rollout"]["sampling"]["logprobs"] for one in read(tmp_path / "v.jsonl")] == [
        "AAAAvwAAAL8AAAC/AAAAvw=="
    ] * 36


def test_several_servers_share_the_prompts(tmp_path: Path, source: str, command):
    outputs, summary = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"], tmp_path / "s.json"
    with serving(server) as first, serving(server) as second, serving(server) as gone:
        gone.server.shutdown()
        gone.server.server_close()
        assert command(*line(source, outputs[0], first.url)).exit_code == 0
        urls = ["--base-url", second.url, "--base-url", gone.url, "--summary", summary]
        result = command(*line(source, outputs[1], first.url, *urls))
    assert result.exit_code == 0
    assert "cannot be reached" in result.stderr and "the other servers go on" in result.stderr
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    servers = json.loads(summary.read_text())["servers"]
    assert [each["server"] for each in servers] == [f"{each.url}/" for each in (first, second, gone)]
    assert sum(each["responses"] for each in servers) == 36 and servers[2]["responses"] == 0
    assert f"{gone.url}/ 0 responses, left out " in result.stdout


def test_the_whole_conversation_is_sent_and_the_system_message_recorded(tmp_path: Path, command):
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi."},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Use no commas."},
    ]
    tools = [{"type": "function", "function": {"name": "find"}}]
    constraints = [{"kind": "punctuation:no_comma"}]
    records = [
        {"id": 1, "messages": turns, "tools": tools, "constraints": constraints},
        {"id": 2, "prompt": "Use no commas.", "constraints": constraints},
    ]
    source, output = write(tmp_path / "in.jsonl", records), tmp_path / "out.jsonl"
    sent: list[Any] = []

    def script(asked: Asked) -> Reply:
        sent.append((asked.body["messages"], asked.body.get("tools")))
        return server(asked)

    def run(*more: str) -> tuple[int, list[Any]]:
        sent.clear()
        with serving(script) as endpoint:
            result = command(*line(source, output, endpoint.url, *more))
        return result.exit_code, [list(each["instruction"].get("messages", ())) for each in read(output)[::3]]

    code, recorded = run()
    assert (code, recorded) == (0, [turns, []])
    assert sorted(sent, key=lambda each: -len(each[0])) == [(turns, tools), ([turns[3]], None)]
    code, recorded = run("--system", "Be kind.")
    assert (code, recorded) == (1, [[{"role": "system", "content": "Be kind."}, turns[3]]])
    assert "--system-mode" in read(tmp_path / "out.rejected.jsonl")[0]["reason"]
    code, recorded = run("--system", "Be kind.", "--system-mode", "prepend")
    assert (code, recorded[0][0]["content"]) == (0, "Be kind.\n\nBe brief.")
    code, recorded = run("--system", "Be kind.", "--system-mode", "replace")
    assert (code, recorded[0]) == (0, [{"role": "system", "content": "Be kind."}, *turns[1:]])


def test_standard_output_has_the_rollouts_alone(source: str, command):
    with serving(server) as endpoint:
        result = command(*line(source, "-", endpoint.url, "--no-logprobs", "--limit", 2))
    records = [json.loads(each) for each in result.stdout.splitlines()]
    assert len(records) == 6
    assert "token_ids" not in records[0]["sampling"]
    assert "2 prompts, 6 responses" in result.stderr


def test_a_prompt_without_a_response_is_a_rejected_record(tmp_path: Path, source: str, command):
    def script(asked: Asked) -> Reply:
        return fails(400, "too long") if "Prompt 5." in str(asked.body["messages"]) else server(asked)

    with serving(script) as endpoint:
        result = command(*line(source, tmp_path / "out.jsonl", endpoint.url))
    assert result.exit_code == 1
    assert "rejected: " in result.stderr
    assert "in.jsonl:6: the model did not respond: HTTP 400: too long" in result.stderr
    assert "1 of 12 records was rejected (see " in result.stderr
    assert len(read(tmp_path / "out.jsonl")) == 33
    assert [each["line"] for each in read(tmp_path / "out.rejected.jsonl")] == [6]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--resume", "-o", "-"], "--resume needs"),
        (["-o", "in.jsonl"], "it is the input"),
        (["-o", "s.json", "--summary", "s.json"], "it is the output"),
        (["--temperature", "inf"], "--temperature: Input should be a finite number"),
        (["--base-url", "localhost"], "has to begin with http"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, source: str, more: list[str], told: str, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = command(*line("in.jsonl", "out.jsonl", "http://127.0.0.1:9/v1", *more))
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_server_that_is_not_there(tmp_path: Path, source: str, command):
    with serving(server) as endpoint:
        pass
    result = command(*line(source, tmp_path / "out.jsonl", endpoint.url))
    assert result.exit_code == 2
    assert "cannot be reached" in result.stderr


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on(tmp_path: Path, how: signal.Signals, command):
    source = write(tmp_path / "in.jsonl", [native(number, None) for number in range(1000)])
    output, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    with serving(server) as endpoint:
        assert command(*line(source, whole, endpoint.url)).exit_code == 0
        words = line(source, output, endpoint.url, "--concurrency", 1)
        with running([sys.executable, "-m", "hir_data", *words], stderr=subprocess.PIPE) as process:
            journal = tmp_path / "out.jsonl.partial.journal"
            wait_until(lambda: journal.exists() and journal.read_bytes().count(b"state") >= 2)
            assert process.poll() is None
            process.send_signal(how)
            _, told = process.communicate()
        if how == signal.SIGINT:
            assert process.returncode == 130, told
            assert told == b"hir-data: interrupted; what is done is kept, --resume goes on from there\n"
        before = len(endpoint.asked)
        result = command(*line(source, output, endpoint.url, "--resume"))
    assert result.exit_code == 0
    assert output.read_bytes() == whole.read_bytes()
    assert len(endpoint.asked) - before < 1000
    assert "1000 prompts, 3000 responses, 12000 tokens" in result.stdout


def test_a_model_here(tmp_path: Path, source: str, command):
    import tiny_model

    model = tiny_model.save(tmp_path / "tiny")
    output = tmp_path / "out.parquet"
    more = ["--max-new-tokens", 8, "--system", "Be brief.", "--batch-size", 8, "--temperature", 0.9]
    result = command("rollout", source, "-o", output, "-m", model, "-n", 2, *more)
    assert result.exit_code == 0
    assert "12 prompts, 24 responses" in result.stdout
    found = list(read_rollouts(str(output)))
    assert len(found) == 24
    for one in found:
        assert len(one.sampling.token_ids) == len(one.sampling.logprobs) <= 8
        assert (one.sampling.entropy_by, one.sampling.temperature) == ("exact", 0.9)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> str:
    pytest.importorskip("transformers", reason="needs the extra 'train'")
    import tiny_model

    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


LOCAL = ["-n", 2, "--max-new-tokens", 6, "--batch-size", 4, "--temperature", 0.9, "--device", "cpu"]


def interrupted_at(batch: int, monkeypatch) -> list[int]:
    """Has drawing be interrupted in a batch, from 0; what is returned has an entry for each that is begun."""
    from hir_data.models.transformers_sampler import TransformersSampler

    begun: list[int] = []
    draw = TransformersSampler._draw

    def drawing(self, prompts, seeds):
        begun.append(len(seeds))
        if len(begun) - 1 == batch:
            raise KeyboardInterrupt
        return draw(self, prompts, seeds)

    monkeypatch.setattr(TransformersSampler, "_draw", drawing)
    return begun


def test_each_batch_is_kept_when_it_is_drawn(tmp_path: Path, tiny: str, command, monkeypatch):
    """Twenty prompts are ten batches, of which eight are written together: none is drawn twice."""
    source = write(tmp_path / "in.jsonl", [native(number, None) for number in range(20)])
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert command("rollout", source, "-o", whole, "-m", tiny, *LOCAL).exit_code == 0
    for at in (0, 3, 8):
        with monkeypatch.context() as patched:
            interrupted_at(at, patched)
            result = command("rollout", source, "-o", output, "-m", tiny, *LOCAL)
        assert result.exit_code == 130
        kept = "what is done is kept, --resume goes on from there" if at else "nothing was done yet"
        assert result.stderr.endswith(f"hir-data: interrupted; {kept}\n")
        with monkeypatch.context() as patched:
            begun = interrupted_at(-1, patched)
            resumed = command(
                "rollout", source, "-o", output, "-m", tiny, *LOCAL, "--resume", "--progress", "lines"
            )
        assert resumed.exit_code == 0, resumed.output
        assert len(begun) == 10 - at
        assert output.read_bytes() == whole.read_bytes()
        before = f" ({4 * at} of them in an earlier run)" if at else ""
        assert re.search(rf"sampling: 40 responses in [\d.]+ s{re.escape(before)}, ", resumed.stderr)
        assert not list(tmp_path.glob("out.jsonl.*")), "nothing is left behind"
        output.unlink()


def test_a_batch_that_was_cut_off_or_is_another_is_drawn_again(
    tmp_path: Path, tiny: str, command, monkeypatch
):
    source = write(tmp_path / "in.jsonl", [native(number, None) for number in range(8)])
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert command("rollout", source, "-o", whole, "-m", tiny, *LOCAL).exit_code == 0
    with monkeypatch.context() as patched:
        interrupted_at(2, patched)
        command("rollout", source, "-o", output, "-m", tiny, *LOCAL)
    batches = tmp_path / "out.jsonl.partial.batches"
    kept = batches.read_bytes()
    batches.write_bytes(kept[: len(kept) - 40] + b'\n["x", 3]\n[1]\n')
    with monkeypatch.context() as patched:
        begun = interrupted_at(2, patched)  # and once more
        command("rollout", source, "-o", output, "-m", tiny, *LOCAL, "--resume")
        assert len(begun) == 3
    with monkeypatch.context() as patched:
        begun = interrupted_at(-1, patched)
        assert command("rollout", source, "-o", output, "-m", tiny, *LOCAL, "--resume").exit_code == 0
        assert len(begun) == 1
    assert output.read_bytes() == whole.read_bytes()


def test_without_resume_nothing_of_an_earlier_run_is_taken(tmp_path: Path, tiny: str, command, monkeypatch):
    source, output = (
        write(tmp_path / "in.jsonl", [native(number, None) for number in range(8)]),
        tmp_path / "o.jsonl",
    )
    with monkeypatch.context() as patched:
        interrupted_at(2, patched)
        command("rollout", source, "-o", output, "-m", tiny, *LOCAL)
    with monkeypatch.context() as patched:
        begun = interrupted_at(-1, patched)
        assert command("rollout", source, "-o", output, "-m", tiny, *LOCAL).exit_code == 0
    assert len(begun) == 4


def test_a_model_that_is_not_there(tmp_path: Path, source: str, command):
    pytest.importorskip("transformers", reason="needs the extra 'train'")
    result = command("rollout", source, "-o", tmp_path / "out.jsonl", "-m", tmp_path / "nothing")
    assert result.exit_code == 2
    assert "nothing: cannot be loaded: " in result.stderr


def test_responses_are_counted_as_they_end(tmp_path: Path, source: str, command):
    """Also before the first records are written, and behind those of an earlier run and rejected ones."""
    from hir_data.cli.rollout import _Ended
    from hir_data.runs.rollout import RolloutState

    sampler = SimpleNamespace(tokens=0, ended=0)
    ended, state = _Ended(3), RolloutState(read=10, rejected=1)
    ended.read(state)
    assert ended.of(sampler) == 30  # what the earlier run has dealt with
    sampler.ended = 4
    assert ended.of(sampler) == 34
    state.read, state.rejected, sampler.ended = 13, 2, 6
    ended.read(state)
    assert ended.of(sampler) == 39
    with serving(server) as endpoint:
        result = command(*line(source, tmp_path / "out.jsonl", endpoint.url), "--progress", "lines")
    assert "hir-data: sampling: 36 responses in " in result.stderr


def test_failures_are_answered_again_with_what_was_wrong(tmp_path: Path, command):
    """The model reads the reasons; what is written answers the instruction as it was."""
    answers = ["No commas here.", "One, two, three.", "Four, five."]
    records = [
        {
            "id": number,
            "prompt": f"Count to {number}. Use no commas.",
            "constraints": [{"kind": "punctuation:no_comma"}],
            "response": answer,
        }
        for number, answer in enumerate(answers)
    ]
    verified, output = tmp_path / "v.jsonl", tmp_path / "again.jsonl"
    command("verify", write(tmp_path / "in.jsonl", records), "-o", verified, "--workers", 0)
    lines = verified.read_text()
    verified.write_text(lines + json.dumps(records[0]) + "\n")  # one that was not verified
    with serving(server) as endpoint:
        result = command(*line(str(verified), output, endpoint.url, "--with-feedback"))
    assert result.exit_code == 1, result.output
    assert "1 response violates nothing and is passed over" in result.output
    (rejected,) = tmp_path.glob("again*rejected.jsonl")
    assert "run hir-data verify first" in rejected.read_text()
    asked = sorted(each.body["messages"][-1]["content"] for each in endpoint.asked)
    assert len(asked) == 2
    for number, prompt in zip((1, 2), asked, strict=True):
        assert prompt.startswith(f"Count to {number}. Use no commas.\n\n")
        assert "comma" in prompt.partition("fails in this:")[2].partition("Write the answer anew")[0]
    rollouts = list(read_rollouts(str(output)))
    assert [(one.instruction.id, one.instruction.prompt, one.sample) for one in rollouts] == [
        (number, f"Count to {number}. Use no commas.", sample) for number in (1, 2) for sample in range(3)
    ]
    for one in rollouts:
        assert one.metadata["feedback"].startswith("- ") and one.metadata["feedback"] in one.response
        assert one.sampling.token_ids == (1, 2, 3, 4)
        assert one.sampling.logprobs is one.sampling.entropy is None

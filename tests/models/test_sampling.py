"""A run that draws responses into a file, whoever draws them."""

import io
import json
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
from files import NO_COMMA, native, read, write

import hir_data as hir
from hir_data.engine.checks import batched
from hir_data.errors import ModelError, OutputError, RecordError
from hir_data.formats.files import read_lines
from hir_data.models.sampling import Refusal, Request, Response, rollout, seed_of
from hir_data.runs import sinks
from hir_data.runs.parquet import write_rollouts
from hir_data.runs.rollout import RolloutState, sample_into
from hir_data.runs.sinks import sink_of
from hir_data.schemas.rollout import Sampling


class Echo:
    """Answers at once with the prompt and the seed; refuses some prompts, and breaks at a request."""

    def __init__(self, n: int = 2, refused: str = "nothing", ahead: int = 1, breaks_at: int = -1) -> None:
        self.n, self.refused, self.ahead, self.breaks_at, self.tokens = n, refused, ahead, breaks_at, 0
        self.asked: list[Request] = []

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        waiting: list[Request] = []
        for request in requests:
            if len(self.asked) == self.breaks_at:
                raise ModelError("out of memory")
            self.asked.append(request)
            waiting.append(request)
            if len(waiting) >= self.ahead:
                yield from map(self._answer, waiting)
                waiting.clear()
        yield from map(self._answer, waiting)

    def _answer(self, request: Request) -> list[Response] | Refusal:
        if self.refused in request.prompt:
            return Refusal("no")
        self.tokens += 3 * self.n
        return [self._response(request, sample) for sample in range(self.n)]

    def _response(self, request: Request, sample: int) -> Response:
        sampling = Sampling(
            seed=request.seed + sample,
            finish_reason="length" if sample else "stop",
            token_ids=(1, 2, 3),
            logprobs=(-0.5, -0.25, 0.0),
            entropy=1.0 + sample,
            entropy_by="exact",
        )
        return Response(f"{request.prompt} {request.seed}" if sample else " ", sampling, 3)


def run(source: str, output: Path | str | None, sampler: Echo, **options: Any) -> RolloutState:
    sink = sink_of(
        RolloutState,
        write_rollouts,
        None if output is None else str(output),
        options.pop("stdout", io.BytesIO()),
        identity={"model": "echo"},
        resume=options.pop("resume", False),
    )
    return sample_into(sink, read_lines(source), sampler, **options)


@pytest.fixture
def source(tmp_path: Path) -> str:
    records = [native(number, None, question="Why?", criteria=["a", "b"]) for number in range(20)]
    records[3] |= {"constraints": []}
    records[4] = b'{"id": 4,'
    records[19] |= {"prompt": None}
    return write(tmp_path / "in.jsonl", records)


BAD = {3: "there are no constraints", 4: "malformed JSON", 7: "no", 19: "is null"}


@pytest.mark.parametrize("ahead", [1, 4, 100])
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_every_record_ends_as_rollouts_or_rejected_in_order(
    tmp_path: Path, source: str, ahead: int, suffix: str
):
    rejected: list[Any] = []
    seen: list[int] = []
    state = run(
        source,
        tmp_path / f"out{suffix}",
        Echo(refused="Prompt 7.", ahead=ahead),
        on_rejected=rejected.append,
        on_progress=lambda state: seen.append(state.read),
    )
    found = list(hir_rollouts(tmp_path / f"out{suffix}"))
    good = [number for number in range(20) if number not in BAD]
    assert [(one.instruction.id, one.sample) for one in found] == [(n, s) for n in good for s in (0, 1)]
    for one in found:
        assert (one.instruction.question, one.instruction.criteria) == ("Why?", ("a", "b"))
        assert one.sampling.logprobs == (-0.5, -0.25, 0.0)
        seed = seed_of(0, one.instruction.id, one.instruction.prompt)
        assert one.sampling.seed == seed + one.sample
    kept = read(tmp_path / "out.rejected.jsonl")
    assert [record["line"] for record in kept] == [number + 1 for number in BAD]
    assert all(said in record["reason"] for said, record in zip(BAD.values(), kept, strict=True))
    assert len(rejected) == 4
    assert seen == list(range(21))
    assert state.drawn.summary() == {
        "prompts": 16,
        "responses": 32,
        "tokens": 96,
        "cut_off": 16,
        "cut_off_share": 0.5,
        "blank": 16,
        "entropy": 1.5,
        "entropies": 48.0,
        "with_entropy": 32,
    }
    assert not list(tmp_path.glob("*.partial*"))


def hir_rollouts(path: Path) -> Iterable[Any]:
    from hir_data.formats.reader import read_rollouts

    return read_rollouts(str(path))


@pytest.mark.parametrize("broken_at", [0, 1, 5, 15])
def test_an_interrupted_run_goes_on_without_loss_or_duplicates(
    tmp_path: Path, source: str, broken_at: int, monkeypatch
):
    monkeypatch.setattr(sinks, "_NOTE_EVERY", -1.0)
    run(source, tmp_path / "whole.jsonl", Echo())
    with pytest.raises(ModelError):
        run(source, tmp_path / "out.jsonl", Echo(breaks_at=broken_at, ahead=2))
    partial = tmp_path / "out.jsonl.partial"
    if broken_at > 1:  # before anything was written there is nothing
        partial.write_bytes(partial.read_bytes() + b'{"instruction": {"id"')  # a line that was being written
    again = Echo()
    state = run(source, tmp_path / "out.jsonl", again, resume=True)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert len(again.asked) <= 17 - broken_at // 2 * 2
    assert (state.drawn.responses, state.rejected, state.read) == (34, 3, 20)


def test_another_input_is_not_resumed(tmp_path: Path, source: str, monkeypatch):
    monkeypatch.setattr(sinks, "_NOTE_EVERY", -1.0)
    with pytest.raises(ModelError):
        run(source, tmp_path / "out.jsonl", Echo(breaks_at=5))
    other = write(tmp_path / "other.jsonl", [native(number, None) for number in range(20)])
    with pytest.raises(OutputError, match="the input is not the one"):
        run(other, tmp_path / "out.jsonl", Echo(), resume=True)


def test_without_tokens(tmp_path: Path, source: str):
    run(source, tmp_path / "out.jsonl", Echo(), keep_tokens=False)
    sampling = read(tmp_path / "out.jsonl")[0]["sampling"]
    assert sampling.keys() == {"seed", "finish_reason", "entropy", "entropy_by"}


def test_to_standard_output(source: str):
    stdout = io.BytesIO()
    run(source, "-", Echo(), stdout=stdout)
    assert len(stdout.getvalue().splitlines()) == 34
    assert run(source, None, Echo()).drawn.responses == 34


def test_responses_in_the_input_are_passed_over(tmp_path: Path):
    records = [
        native(1, "Old.", lang="en"),
        json.loads(
            hir.Rollout(
                instruction=hir.Instruction(id=2, prompt="Old?", constraints=[NO_COMMA]),
                response="Old.",
                metadata={"lang": "de"},
            ).model_dump_json()
        ),
    ]
    run(write(tmp_path / "in.jsonl", records), tmp_path / "out.jsonl", Echo(n=1))
    found = read(tmp_path / "out.jsonl")
    assert [record["response"] for record in found] == [" ", " "]
    assert [record["metadata"] for record in found] == [{"lang": "en"}, {"lang": "de"}]


def test_equal_prompts_have_seeds_of_their_own():
    assert seed_of(0, 1, "Why?") == seed_of(0, 1, "Why?")
    assert (
        len({seed_of(seed, number, prompt) for seed in (0, 1) for number in (0, 1) for prompt in "ab"}) == 8
    )
    assert all(0 <= seed_of(0, number, "Why?") < 2**31 for number in range(1000))


def test_reasoning_goes_to_the_metadata():
    instruction = hir.Instruction(prompt="Why?", constraints=[NO_COMMA])
    said = Response("So.", Sampling(finish_reason="stop"), 3, "Hm.").rollout(instruction, 0, {"lang": "en"})
    assert (said.thinking, said.metadata) == ("stripped", {"lang": "en", "reasoning": "Hm."})
    cut = Response("", Sampling(finish_reason="length"), 3, "Hm.").rollout(instruction, 0, {})
    assert (cut.thinking, cut.response) == ("truncated", "")


def test_rollouts_in_python():
    instructions = [hir.Instruction(id=n, prompt=f"Prompt {n}.", constraints=[NO_COMMA]) for n in range(3)]
    found = list(rollout(instructions, Echo(ahead=2)))
    assert [(one.instruction.id, one.sample) for one in found] == [(n, s) for n in range(3) for s in (0, 1)]
    with pytest.raises(RecordError, match="there is no response to the prompt: no"):
        list(rollout(instructions, Echo(refused="Prompt 1.")))


def test_template_options_are_recorded_and_win_over_those_of_the_record(tmp_path: Path):
    sampler = Echo(n=1)
    source = write(tmp_path / "in.jsonl", [native(0, None)])
    run(source, tmp_path / "out.jsonl", sampler, template_options={"enable_thinking": False})
    (record,) = read(tmp_path / "out.jsonl")
    assert record["instruction"]["template_options"] == {"enable_thinking": False}
    own = hir.Instruction(prompt="Hi", constraints=[NO_COMMA], template_options={"a": 1, "b": 2})
    (one,) = rollout([own], sampler, template_options={"a": 3})
    assert one.instruction.template_arguments() == {"a": 3, "b": 2}
    assert sampler.asked[-1].instruction == one.instruction


class Together(Echo):
    """Answers with what else is in the group, as a model rounds sums otherwise in other batches."""

    drawn_together = 3

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        for group in batched(requests, self.drawn_together):
            for place, request in enumerate(group):
                answer = self._answer(request)
                if isinstance(answer, Refusal):
                    yield answer
                else:
                    yield [one._replace(text=f"{one.text} {place} of {len(group)}") for one in answer]


@pytest.mark.parametrize("breaks_at", range(1, 19))
def test_what_is_drawn_together_is_drawn_together_again(tmp_path: Path, source: str, breaks_at: int):
    """Wherever a run stops, the rest has the batches that it would have had."""
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    run(source, whole, Together(refused="7"))

    class Stopped(Exception):
        pass

    def stop(state: RolloutState) -> None:
        if state.read == breaks_at:
            raise Stopped

    with pytest.raises(Stopped):
        run(source, output, Together(refused="7"), on_progress=stop)
    run(source, output, Together(refused="7"), resume=True)
    assert output.read_bytes() == whole.read_bytes()
    assert read(tmp_path / "out.rejected.jsonl") == read(tmp_path / "whole.rejected.jsonl")

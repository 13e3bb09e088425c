"""Prompts whose responses all have the same reward are answered again, and everything is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from samples import NO_COMMA, TWO

from hir_data.formats.reader import read_rollouts
from hir_data.formats.rows import Row
from hir_data.models.sampling import Request, Response
from hir_data.replays import dataset
from hir_data.replays.config import ReplayRunConfig
from hir_data.schemas.rollout import Sampling
from hir_data.training.loop import stages
from hir_data.training.loop.config import LoopRolloutConfig, LoopVerifyConfig
from hir_data.training.loop.redraws import DrawFiles
from hir_data.training.loop.stages import StageObserver, Verifier

GOOD, HALF, BAD = "the tide goes", "tea, tea and the tide", "no,"
"""Responses that satisfy both constraints, one of them, and none."""

SAID = {
    "Tea?": [[HALF, GOOD]],  # differ at once
    "Sea?": [[HALF, HALF], [HALF, HALF], [GOOD, HALF]],  # differ after two times more
    "Moon?": [[GOOD, GOOD], [GOOD, BAD]],  # differ after once more
    "Sun?": [[BAD, BAD]] * 9,  # never differ
}


class Scripted:
    """A sampler that says what is written down, the first time, the second time, and so on."""

    def __init__(self, settings: LoopRolloutConfig, dies_at: int = 99) -> None:
        self.settings = settings
        self.tokens = 0
        self.seeds: list[tuple[str, int]] = []
        self.times: dict[str, list[int]] = {}
        self.dies_at = dies_at

    def sampler(self, model: str, settings: Any) -> "Scripted":
        return self

    def sample(self, requests: Iterable[Request]) -> Iterator[list[Response]]:
        for prompt, seed, *_ in ((each.prompt, each.seed) for each in requests):
            self.seeds.append((prompt, seed))
            if len(self.seeds) == self.dies_at:
                raise KeyboardInterrupt
            times = self.times.setdefault(prompt, [])
            if seed not in times:
                times.append(seed)
            sampling = Sampling(finish_reason="stop", entropy=0.5)
            yield [
                Response(text, sampling, tokens=len(text.split())) for text in SAID[prompt][times.index(seed)]
            ]


def rows(*prompts: str) -> list[Row]:
    constraints = [each.model_dump(mode="json") for each in (NO_COMMA, TWO)]
    return [
        Row("in", line, {"prompt": prompt, "constraints": constraints})
        for line, prompt in enumerate(prompts, start=1)
    ]


def draw(folder: Path, sampler: Scripted, prompts: Iterable[str] = SAID, score: Any = "cla") -> Any:
    return stages.draw_and_redraw(
        rows(*prompts),
        "model",
        folder,
        sampler.settings,
        sampler,  # type: ignore[arg-type]
        score=score,
        verifier=Verifier(LoopVerifyConfig(workers=0)),
        seed=5,
        digest="d",
        watch=StageObserver(),
    )


def settings(redraws: int, **more: Any) -> LoopRolloutConfig:
    return LoopRolloutConfig(n=2, redraws=redraws, **more)


@pytest.mark.parametrize(
    ("redraws", "times"),
    [
        (1, [(3, 6, 1)]),
        (2, [(3, 6, 1), (2, 4, 1)]),
        (3, [(3, 6, 1), (2, 4, 1), (1, 2, 0)]),
    ],
)
def test_only_groups_of_equal_rewards_are_drawn_again_and_all_is_counted(redraws, times, tmp_path):
    sampler = Scripted(settings(redraws, system="Be brief."))
    figures = draw(tmp_path, sampler)
    names = ("prompts", "responses", "resolved")
    assert figures["redraws"] == [dict(zip(names, each, strict=True)) for each in times]
    assert (figures["prompts"], figures["rejected"]) == (4, 0)
    assert figures["responses"] == 8 + sum(each[1] for each in times)
    written = [each for files in DrawFiles.all(tmp_path) for each in read_rollouts(str(files.rollouts))]
    assert len(written) == figures["responses"] == figures["with_entropy"]
    assert figures["tokens"] == sum(len(each.response.split()) for each in written)
    assert len(set(sampler.seeds)) == len(sampler.seeds)  # the same prompt, with another chance
    numbers = [each.sample for each in written if each.instruction.prompt == "Sun?"]
    assert numbers == list(range(2 + 2 * redraws))


def test_which_rewards_are_equal_depends_on_the_reward(tmp_path):
    figures = draw(tmp_path, Scripted(settings(1)), ["Tea?", "Sun?"], score="ila")
    assert figures["redraws"] == [{"prompts": 1, "responses": 2, "resolved": 0}]
    figures = draw(tmp_path / "by_share", Scripted(settings(3)), ["Tea?"])
    assert figures["redraws"] == []


def test_responses_of_all_times_are_one_group_that_is_not_verified_again(tmp_path, monkeypatch):
    draw(tmp_path, Scripted(settings(2)))

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("they are verified already")

    monkeypatch.setattr("hir_data.runs.replay_part.verify_into", never)
    figures = stages.replay(
        [each.verified for each in DrawFiles.all(tmp_path)],
        tmp_path / "replayed",
        ReplayRunConfig(guards="none", min_bits=0),
        verifier=Verifier(LoopVerifyConfig(workers=0)),
        verified=True,
        rewriter=None,
        digest="d",
        watch=StageObserver(),
    )
    samples = [each for each in dataset.read_samples(tmp_path / "replayed") if each.origin == "rollout"]
    groups = Counter((each.instruction.prompt, each.group) for each in samples)
    assert sorted((prompt, size) for (prompt, _), size in groups.items()) == [
        ("Moon?", 4), ("Sea?", 6), ("Sun?", 6), ("Tea?", 2),
    ]  # fmt: skip
    assert figures["rollouts"] == 18
    assert {each.cla for each in samples if each.instruction.prompt == "Sea?"} == {0.5, 1.0}


@pytest.mark.parametrize("dies_at", [3, 6, 8])
def test_what_was_interrupted_goes_on_to_the_same(dies_at, tmp_path):
    whole = draw(tmp_path / "whole", Scripted(settings(2)))
    sampler = Scripted(settings(2), dies_at)
    with pytest.raises(KeyboardInterrupt):
        draw(tmp_path / "cut", sampler)
    again = Scripted(settings(2))
    again.times = sampler.times
    assert draw(tmp_path / "cut", again) == whole
    assert len(again.seeds) == 9 - (dies_at - 1)  # nothing was drawn twice
    for one, other in zip(DrawFiles.all(tmp_path / "whole"), DrawFiles.all(tmp_path / "cut"), strict=True):
        assert one.verified.read_bytes() == other.verified.read_bytes()


def test_a_record_that_is_rejected_is_not_drawn_again(tmp_path):
    broken = Row("in", 9, {"prompt": "Tea?", "constraints": [{"kind": "no:such_kind"}]})
    sampler = Scripted(settings(2))
    figures = stages.draw_and_redraw(
        [*rows("Sun?"), broken],
        "model",
        tmp_path,
        sampler.settings,
        sampler,  # type: ignore[arg-type]
        score="cla",
        verifier=Verifier(LoopVerifyConfig(workers=0)),
        seed=5,
        digest="d",
        watch=StageObserver(),
    )
    assert (figures["rejected"], figures["prompts"], figures["responses"]) == (1, 1, 6)

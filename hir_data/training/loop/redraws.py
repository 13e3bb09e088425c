"""Further responses to prompts whose responses all have the same reward, of which nothing could be learnt."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic_core import to_json

from hir_data.formats.atomic import replacing, writing
from hir_data.replays.information import group_key
from hir_data.replays.verifications import read_verifications
from hir_data.rewards.score import Score, reward
from hir_data.runs.rollout import SamplingCounts
from hir_data.schemas.rejected import Rejected


class DrawFiles(NamedTuple):
    """The files of an iteration that one time of sampling fills.

    Attributes:
        rollouts: what was sampled.
        verified: the same with verdicts.
        counts: what was counted, written when both are whole.
    """

    rollouts: Path
    verified: Path
    counts: Path

    @classmethod
    def of(cls, folder: Path, number: int) -> "DrawFiles":
        """Those of a folder; number 0 is the first time, in which all prompts are answered."""
        end = f"-{number}" if number else ""
        names = f"rollouts{end}.jsonl.gz", f"verified{end}.jsonl.gz", f"rollouts{end}.counts.json"
        return cls(*(folder / name for name in names))

    @classmethod
    def all(cls, folder: Path) -> Iterator["DrawFiles"]:
        """Those that are whole, in their order."""
        numbered = (cls.of(folder, number) for number in itertools.count())
        return itertools.takewhile(lambda files: files.counts.exists(), numbered)

    def read_counts(self) -> "TimeCounts | None":
        """What was counted; None where the files are not whole."""
        if not self.counts.exists():
            return None
        return TypeAdapter(TimeCounts).validate_json(self.counts.read_bytes())

    def write_counts(self, counts: "TimeCounts") -> None:
        """Write down that the files are whole, and what was counted."""
        with writing(str(self.counts)), replacing(self.counts) as temporary:
            temporary.write_bytes(to_json(counts))


@dataclass(slots=True)
class TimeCounts:
    """What was counted of one time of sampling.

    Attributes:
        drawn: the responses.
        rejected: records that could not be answered or verified.
    """

    drawn: SamplingCounts
    rejected: int


class GroupRewards:
    """The rewards that the responses to each prompt have, over all times that it was answered.

    Args:
        score: which reward.
    """

    def __init__(self, score: Score) -> None:
        self.score: Score = score
        self._rewards: dict[bytes, set[float]] = {}

    def add(self, verified: Path) -> None:
        """Take in the rewards of a file of verifications; those that are not determined are none."""
        for each in read_verifications(str(verified)):
            if isinstance(each, Rejected):
                continue
            value = reward(each, self.score)
            if value is not None:
                self._rewards.setdefault(group_key(each.rollout.instruction), set()).add(value)

    @property
    def equal(self) -> set[bytes]:
        """The prompts whose responses all have one reward, by their keys."""
        return {group for group, rewards in self._rewards.items() if len(rewards) == 1}


class Redraw(NamedTuple):
    """What became of one time of sampling again.

    Attributes:
        prompts: how many had responses of one reward alone.
        responses: how many more were sampled to them.
        resolved: how many of these prompts have responses of different rewards since.
    """

    prompts: int
    responses: int
    resolved: int


def figures_of(times: Sequence[TimeCounts], redraws: Sequence[Redraw]) -> dict[str, Any]:
    """The figures of an iteration: responses of all times, to the prompts of the first.

    Args:
        times: what was counted each time.
        redraws: what became of the times after the first.
    """
    drawn = SamplingCounts()
    for each in times:
        drawn.merge(each.drawn)
    drawn.prompts = times[0].drawn.prompts
    rejected = sum(each.rejected for each in times)
    return {"rejected": rejected, **drawn.summary(), "redraws": [each._asdict() for each in redraws]}

"""The replays of a batch are those of a data set, and bits remember the batches before."""

import itertools
from pathlib import Path

import pytest

import hir_data as hir

pytest.importorskip("torch", reason="needs the extra 'train'")

from hir_data.training.online.batch import COUNTED, BatchReplayer

ROLLOUTS = Path(__file__).parents[2] / "examples" / "replay" / "rollouts.jsonl.gz"


@pytest.fixture(scope="module")
def verifications() -> list[hir.Verification]:
    read = (each for each in hir.read_rollouts(str(ROLLOUTS)) if isinstance(each, hir.Rollout))
    return list(hir.verify(itertools.islice(read, 144), loose=False))


def test_the_replays_of_a_batch_are_those_of_a_data_set(verifications):
    settings = hir.ReplayConfig(k=2)
    wanted = [each for each in hir.replay(verifications, settings) if each.origin == "replay"]
    made = BatchReplayer(settings)([None, *verifications])
    assert len(wanted) > 5
    assert [made.replays[place] for place in sorted(made.replays)] == wanted
    for place, sample in made.replays.items():
        assert verifications[place - 1].rollout.response == sample.response
    assert set(made.counts) == set(COUNTED)
    assert made.counts["rollouts"] == 145 and made.counts["unreadable"] == 1
    assert made.counts["replays"] == len(wanted)


def test_bits_are_measured_on_the_batches_before_too(verifications):
    first, second = verifications[:138], verifications[138:]
    alone = BatchReplayer(hir.ReplayConfig())(second)
    later, forgetful = BatchReplayer(hir.ReplayConfig()), BatchReplayer(hir.ReplayConfig(), window=0)
    for each in (later, forgetful):
        each(first)
    known = later(second)
    assert {each.instruction_bits for each in alone.replays.values()} <= {None}  # one prompt has no others
    assert known.replays and all(each.instruction_bits for each in known.replays.values())
    assert forgetful(second) == alone

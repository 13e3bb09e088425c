"""Batches that are drawn before they can be written: they stay until they are, and no longer."""

import io
from pathlib import Path

import pytest

from hir_data.runs.parquet import write_rollouts
from hir_data.runs.rollout import RolloutState
from hir_data.runs.sinks import Sink, sink_of


def sink(output: Path, *, resume: bool = False) -> Sink[RolloutState]:
    return sink_of(RolloutState, write_rollouts, str(output), io.BytesIO(), identity={}, resume=resume)


def interrupted(output: Path, *, written: int) -> None:
    """A run that is interrupted when so many groups are written and one batch of the next is there."""
    with pytest.raises(KeyboardInterrupt), sink(output) as run:
        state = run.start()
        for number in range(written):
            run.batches.put(f"{number}", [number])
            run.write(b"{}\n", [], state)
            assert run.batches.number == 0  # what is in the lines
        run.write(b"{}\n", [], state)  # nothing was drawn for it, so its note waits
        run.batches.put("next", ["drawn"])
        raise KeyboardInterrupt


@pytest.mark.parametrize("written", [0, 1, 3])
def test_a_batch_stays_when_the_note_of_the_lines_before_is_late(tmp_path: Path, written: int):
    output = tmp_path / "out.jsonl"
    interrupted(output, written=written)
    with sink(output, resume=True) as run:
        state = run.start()
        assert run.batches.get("next") == ["drawn"]
        run.write(b"{}\n", [], state)
        run.finish()
    assert output.read_bytes() == b"{}\n" * (written + 2)
    assert [*tmp_path.iterdir()] == [output]


def test_batches_that_nothing_is_written_of_go_at_the_end(tmp_path: Path):
    output = tmp_path / "out.jsonl"
    interrupted(output, written=1)
    with sink(output, resume=True) as run:
        run.start()
        run.finish()
    assert [*tmp_path.iterdir()] == [output]

"""How many workers the main process of ``hir-data verify`` can feed.

Run ``python benchmarks/workers.py``. The work of a rollout is measured in one process, where its texts are
seen for the first time. Then workers sleep for as long, and answer with lines of the usual size, so that a
machine with few processors shows what the main process does for many. Printed are what a rollout takes of
the processor in a worker and in the main process, how many workers would keep that busy, and how much of the
work of sleeping workers that never wait is done by the clock. On a machine that is busy with other things
the last figure is too low, and the others are too high alike.
"""

import argparse
import io
import itertools
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from soak import made

from hir_data.engine.progress import BatchProgress
from hir_data.engine.workers import BATCH
from hir_data.formats.reader import read_input
from hir_data.runs import verify
from hir_data.runs.sinks import VerifyState, open_sink
from hir_data.runs.source import Source

MORE = [
    {"kind": "length_constraints:number_sentences", "relation": "at least", "num_sentences": 30},
    {"kind": "keywords:frequency", "keyword": "and", "relation": "at least", "frequency": 2},
]
"""Constraints besides the one that each rollout has, on the number of its words."""
MEASURED = 50  # batches whose work is measured
LOADING = 2  # batches before them, which load what checks need


class Pretended(verify.VerifyBatch):
    """Answers what it has answered to its first batch, after a sleep."""

    seconds = 0.0  # a rollout
    answer: Any = None

    def __call__(self, batch: list[Any], progress: BatchProgress) -> Any:
        """Work once, then sleep."""
        self.answer = self.answer or super().__call__(batch, progress)
        time.sleep(BATCH * self.seconds)
        return self.answer

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"seconds": self.seconds}


def main() -> None:
    """Make rollouts, measure the work, and pretend it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rollouts", type=int, default=100_000, help="a multiple of 64")
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 8, 32])
    parser.add_argument("--constraints", type=int, default=1, choices=(1, 2, 3), help="of each rollout")
    parser.add_argument("--slower", type=float, default=1.0, help="so many times as long workers sleep")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        source = Path(name, "rollouts.jsonl")
        made(source, options.rollouts - options.rollouts % BATCH, 0.0, random.Random(0))
        constrain(source, MORE[: options.constraints - 1])
        size = source.stat().st_size / options.rollouts
        work = seconds_of_work(source)
        print(f"a rollout has {size:.0f} bytes, and takes {1e6 * work:.0f} us of a worker")
        for workers in options.workers:
            main_process, share = fed(source, workers, work * options.slower)
            print(
                f"{workers} workers: {1e6 * main_process:.1f} us of the main process, which keeps "
                f"{work / main_process:.0f} busy; they do {share:.0%} of the work of workers that never wait"
            )


def constrain(source: Path, more: list[dict[str, Any]]) -> None:
    """Give each rollout these constraints too."""
    changed = source.with_suffix(".more")
    with source.open(encoding="utf-8") as lines, changed.open("w", encoding="utf-8") as wanted:
        for line in lines:
            record = json.loads(line)
            record["constraints"] += more
            del record["criteria"]
            wanted.write(json.dumps(record) + "\n")
    changed.replace(source)


def seconds_of_work(source: Path) -> float:
    """What a rollout takes of the processor where it is verified."""
    work = verify.VerifyBatch(None, True, False, quality=False, lines=True, by=())
    clocks: list[float] = []
    for batch in itertools.islice(Source(read_input(str(source))).batches(BATCH), LOADING + MEASURED):
        start = time.process_time()
        work(batch, BatchProgress())
        clocks.append(time.process_time() - start)
    return sum(clocks[LOADING:]) / len(clocks[LOADING:]) / BATCH


def fed(source: Path, workers: int, seconds: float) -> tuple[float, float]:
    """Seconds that a rollout takes of the main process, and the share of their time that workers sleep."""
    clocks: list[tuple[int, float, float]] = []

    def note(state: VerifyState) -> None:
        clocks.append((state.read, time.process_time(), time.perf_counter()))

    with patch.object(verify, "VerifyBatch", Pretended), patch.object(Pretended, "seconds", seconds):
        sink = open_sink(str(source.with_name("verified.jsonl")), io.BytesIO())
        verify.verify_into(sink, read_input(str(source)), workers=workers, on_progress=note)
    begun = next(place for place, (read, *_) in enumerate(clocks) if read >= 2 * workers * BATCH)
    first, last = clocks[begun], clocks[-1 - workers]  # neither the start of the workers nor the end
    read, processor, clock = (late - early for early, late in zip(first, last, strict=True))
    return processor / read, read * seconds / workers / clock


if __name__ == "__main__":
    main()

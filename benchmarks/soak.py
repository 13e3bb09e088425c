"""Many rollouts through ``hir-data verify`` and ``replay``, some hostile, while processes are killed.

Run ``python benchmarks/soak.py``. The rollouts are made on the fly: no two texts are equal, most have 200 to
400 words, and how often a word comes follows Zipf. Of the ``--hostile`` share most are no records; some are
huge, some have a check that never ends, and some one that ends its process. Every ``--kill-every`` seconds a
worker is killed from outside, and in place of each fourth one the main process, which is gone on with
(``--resume``), with twice the time between kills. That has to be long enough for a batch of 64 rollouts.

At the end each rollout has to be there once, in order, each record that is none kept aside, and undetermined
only what is hostile; else the exit code is 1. Printed are the seconds by the clock and of the processor, and
the memory of the main process by tenths of the time.
"""

import argparse
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hir_data as hir
from hir_data.formats.sorted_records import SortedRecords
from hir_data.replays.dataset import read_manifest

GROUPS_OF = 16
WORDS = 5000
HUGE = 30_000  # words
LENIENT = "--guards none --min-bits 0 --min-instruction-bits 0"  # the texts are no prose
TICK = 0.1  # seconds between looks at the processes
SORTS = {"no record": 0.9, "huge": 0.08, "hangs": 0.01, "ends": 0.01}
"""What hostile rollouts are, with their shares."""

Record = dict[str, Any]


@hir.register("soak:hangs")
class Hangs(hir.Constraint):
    """Never ends."""

    def check(self, text: hir.Text) -> bool:
        """Wait for ever."""
        while True:
            time.sleep(1)


@hir.register("soak:ends")
class Ends(hir.Constraint):
    """Ends the process that checks it."""

    def check(self, text: hir.Text) -> bool:
        """Exit without a word."""
        os._exit(3)


def main() -> None:
    """Make the rollouts, run both commands, and see what became of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rollouts", type=int, default=100_000)
    parser.add_argument("--hostile", type=float, default=0.05, help="share of the rollouts that are hostile")
    parser.add_argument("--kill-every", type=float, default=20.0, help="seconds; 0 kills nothing")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds that a check may take")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replay", default=LENIENT, help="more options of hir-data replay, in one argument")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "rollouts.jsonl"
        expected = made(source, options.rollouts, options.hostile, random.Random(options.seed))
        print(f"{options.rollouts} rollouts, {source.stat().st_size / 2**20:.0f} MiB; {expected}", flush=True)
        common = ["--workers", options.workers, "--timeout", options.timeout, "-q"]
        common += ["--max-rejected", expected["no record"], "--plugin", Path(__file__).resolve()]
        verified, replayed = folder / "verified.jsonl", folder / "replayed"
        chance = random.Random(options.seed)
        killing = (options.kill_every, chance)
        Soak(["verify", source, "-o", verified, *common], *killing).run()
        problems = [*problems_of_verified(verified, options.rollouts, expected)]
        more = options.replay.split()
        Soak(["replay", verified, "-o", replayed, *common, *more], *killing).run()
        problems += problems_of_replayed(replayed, options.rollouts - expected["no record"])
    for problem in problems:
        print(problem)
    sys.exit(bool(problems))


# The rollouts


def made(target: Path, number: int, hostile: float, rng: random.Random) -> dict[str, int]:
    """Write rollouts; how many are hostile, by their sorts."""
    words = ["".join(rng.choices("abcdefghijklmnoprstuvwz", k=rng.randint(2, 9))) for _ in range(WORDS)]
    often = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    expected = dict.fromkeys(SORTS, 0)
    with target.open("w", encoding="utf-8") as lines:
        for unit in range(number):
            sort = ""
            if rng.random() < hostile:
                [sort] = rng.choices([*SORTS], [*SORTS.values()])
                expected[sort] += 1
            length = HUGE if sort == "huge" else rng.randint(200, 400)
            text = prose(rng.choices(words, cum_weights=often, k=length))
            line = json.dumps(record(unit, text, sort))
            lines.write((line[: len(line) // 2] if sort == "no record" else line) + "\n")
    return expected


def prose(words: list[str]) -> str:
    """Sentences of ten words, five of them a paragraph."""
    sentences = [" ".join(words[start : start + 10]).capitalize() + "." for start in range(0, len(words), 10)]
    return "\n\n".join(" ".join(sentences[start : start + 5]) for start in range(0, len(sentences), 5))


def record(unit: int, text: str, sort: str) -> Record:
    """A rollout of a prompt of its group, which about half of the responses satisfy."""
    group = unit // GROUPS_OF
    least = 200 + 20 * (group % 10)
    constraints: list[Record] = [{"kind": "word_count", "min": least}]
    criteria = [f"Use at least {least} words."]
    if sort in ("hangs", "ends"):
        constraints.append({"kind": f"soak:{sort}"})
        criteria.append("Wait for it.")
    question = f"Tell me what happened on day {group}."
    return {
        "id": f"{group}" if len(constraints) == 1 else f"{group} {sort} {unit}",
        "prompt": " ".join([question, *criteria]),
        "question": question,
        "criteria": criteria,
        "constraints": constraints,
        "response": text,
        "metadata": {"unit": unit},
    }


# The runs


@dataclass(slots=True)
class Soak:
    """A command of hir-data whose processes are killed now and then."""

    arguments: list[object]
    kill_every: float
    chance: random.Random
    seconds: dict[str, float] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    workers_memory: float = 0.0
    kills: int = 0
    resumed: int = 0

    def run(self) -> None:
        """Run it to its end, and print what it took."""
        start = time.perf_counter()
        while not self._ran():
            self.resumed += 1
            self.kill_every *= 2  # replay chooses anew before it goes on: it has to come so far
        took = time.perf_counter() - start
        tenths = [self.memory[i * len(self.memory) // 10 :][: len(self.memory) // 10 + 1] for i in range(10)]
        print(
            f"{self.arguments[0]}: {took:.0f} s, {sum(self.seconds.values()):.0f} s of the processor; "
            f"{self.kills} kills, {self.resumed} of the main process; MiB of the main process by tenths: "
            f"{' '.join(f'{max(part):.0f}' for part in tenths if part)}; "
            f"of the largest other {self.workers_memory:.0f}",
            flush=True,
        )

    def _ran(self) -> bool:
        """Run once, or go on; whether that came to the end."""
        command = [sys.executable, "-m", "hir_data", *map(str, self.arguments), "--resume"]
        running = subprocess.Popen(command, start_new_session=True)
        due = time.monotonic() + self.kill_every
        while running.poll() is None:
            workers = self._look(running.pid)
            if self.kill_every and workers and time.monotonic() > due:
                self.kills += 1
                os.kill(running.pid if self.kills % 4 == 0 else self.chance.choice(workers), signal.SIGKILL)
                due = time.monotonic() + self.kill_every
            time.sleep(TICK)
        if running.returncode == -signal.SIGKILL:
            while self._look(running.pid):  # workers end when they notice that nobody is there any more
                time.sleep(TICK)
            return False
        if running.returncode:
            raise subprocess.CalledProcessError(running.returncode, command)
        return True

    def _look(self, session: int) -> list[int]:
        """The workers of a session; what its processes have used is noted."""
        workers = []
        for pid, parent, seconds, memory in processes(session):
            self.seconds[f"{session}/{pid}"] = seconds
            if pid == session:
                self.memory.append(memory)
                continue
            self.workers_memory = max(self.workers_memory, memory)
            if parent != session:  # neither the server that forks workers nor what tracks resources
                workers.append(pid)
        return workers


def processes(session: int) -> Iterator[tuple[int, int, float, float]]:
    """The processes of a session: their ids, those of their parents, seconds used, and MiB held."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
            yield int(process.name), int(fields[1]), seconds, memory


# What became of all


def problems_of_verified(path: Path, number: int, expected: dict[str, int]) -> Iterator[str]:
    """What is wrong with the verifications, if anything."""
    undetermined = {"hangs": 0, "ends": 0}
    records, before = 0, -1
    with path.open("rb") as lines:
        for line in lines:
            one = json.loads(line)
            unit = one["rollout"]["metadata"]["unit"]
            if unit <= before:
                yield f"rollout {unit} comes behind rollout {before}"
            records, before = records + 1, unit
            for result in one["results"]:
                if result["strict"]["satisfied"] is None:
                    sort = result["constraint"]["kind"].removeprefix("soak:")
                    if sort not in undetermined:
                        yield f"rollout {unit}: {result}"
                    else:
                        undetermined[sort] += 1
    yield from differences("verified", records, number - expected["no record"])
    for sort, found in undetermined.items():
        yield from differences(f"undetermined of those that have a check that {sort}", found, expected[sort])
    with path.with_name("verified.rejected.jsonl").open("rb") as lines:
        yield from differences("rejected", sum(1 for _ in lines), expected["no record"])


def problems_of_replayed(folder: Path, number: int) -> Iterator[str]:
    """What is wrong with the data set, if anything."""
    import pyarrow.parquet

    manifest = read_manifest(folder)
    ids: SortedRecords[tuple[str]] = SortedRecords()
    for shard in manifest.shards:
        for row in pyarrow.parquet.read_table(folder / shard.name, columns=["id"]).to_pylist():
            ids.add((row["id"],))
    replays = manifest.counts["replays"]
    yield from differences("rollouts of the data set", manifest.counts["rollouts"], number)
    yield from differences("rows of the data set", len(ids), number + replays)
    yield from differences("ids of the data set", sum(1 for _ in itertools.groupby(ids)), number + replays)
    print(f"{replays} replays of {number} rollouts")


def differences(what: str, found: int, expected: int) -> Iterator[str]:
    """That two numbers differ, if they do."""
    if found != expected:
        yield f"{what}: {found}, not {expected}"


if __name__ == "__main__":
    main()

"""How fast ``hir-data replay`` makes a data set of verified rollouts, and in how much memory.

Run ``python benchmarks/replay.py``. Of the rollouts every fifth (``--failures``) is a failure unlike any
other: one of ``examples/replay`` with its sentences in another order and one left out, verified before the
clock starts. The rest are successes, repeated in groups of other ids. ``--source`` takes rollouts of your own
instead, with longer responses. Timed is everything from the file of verifications to the data set, by the
clock and by the processor, which does not count what others do on the machine; also for a tenth of the
rollouts, which tells what each rollout costs beyond the start, and whether memory grows with their number.
Workers are counted by what Linux says of all processes of the session, every tenth of a second.

With ``--assess`` nothing but the assessment of so many failures is timed, in this process: guards,
information, and the search for what explains each. The first tenth fills what is remembered of the sample.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hir_data as hir
from hir_data.replays.assess import assess
from hir_data.replays.config import ReplayConfig
from hir_data.replays.information import ResponseSample, group_key
from hir_data.replays.pipeline import rewriter_of
from hir_data.runs.replay_steps import few_collections

EXAMPLE = Path(__file__).parents[1] / "examples" / "replay" / "rollouts.jsonl.gz"
GROUPS_OF = 16
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")

Record = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rollouts", type=int, default=100_000)
    parser.add_argument("--failures", type=float, default=0.2, help="share of the rollouts that are failures")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--assess", type=int, metavar="FAILURES", help="time only how these are assessed")
    parser.add_argument("--source", type=Path, default=EXAMPLE, help="rollouts, or verifications")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.assess:
            _, failures = verified(folder, options.source, options.assess)
            print(f"{assessing(folder / 'verified.jsonl', failures):.2f} ms of the processor a failure")
            return
        successes, failures = verified(folder, options.source, int(options.failures * options.rollouts))
        words = [len(each["rollout"]["response"].split()) for each in failures]
        print(f"{len(failures)} failures that differ, of {sum(words) / len(words):.0f} words on average")
        before = 0.0
        for rollouts in (options.rollouts // 10, options.rollouts):
            source = folder / f"verified-{rollouts}.jsonl"
            with source.open("w", encoding="utf-8") as lines:
                for record in mixed(successes, failures, rollouts, options.failures):
                    lines.write(json.dumps(record, ensure_ascii=False) + "\n")
            start = time.perf_counter()
            used, most = watched(
                "replay", source, "-o", folder / f"replayed-{rollouts}", "--workers", options.workers, "-q"
            )
            took = time.perf_counter() - start
            print(
                f"{rollouts} rollouts: {took:.1f} s ({used:.1f} s of the processor), "
                f"{rollouts / took:.0f} a second; at most {most:.0f} MiB a process"
            )
            if before:
                each = 1000 * (used - before) / (0.9 * rollouts)
                print(f"{each:.3f} ms of the processor for each rollout more")
            before = used


def verified(folder: Path, source: Path, number: int) -> tuple[list[Record], list[Record]]:
    """The successes of a source, and so many failures that differ, each with its verdicts."""
    target = folder / "verified.jsonl"
    run("verify", source, "-o", target, "-q")
    records = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    successes = [record for record in records if is_success(record)]
    failures = [record["rollout"] for record in records if not is_success(record)]
    if not successes or not failures:
        sys.exit(f"{source} has to have successes and failures")
    varied, again = folder / "varied.jsonl", folder / "varied-verified.jsonl"
    rng = random.Random(0)
    with varied.open("w", encoding="utf-8") as lines:
        for rollout in itertools.islice(itertools.cycle(failures), number + number // 10):
            sampling = {"finish_reason": "stop"}
            other = rollout | {"response": reordered(rollout["response"], rng), "sampling": sampling}
            lines.write(json.dumps(other, ensure_ascii=False) + "\n")
    run("verify", varied, "-o", again, "-q")
    anew = (json.loads(line) for line in again.read_text(encoding="utf-8").splitlines())
    return successes, list(itertools.islice((each for each in anew if not is_success(each)), number))


def assessing(source: Path, failures: list[Record]) -> float:
    """Milliseconds of the processor that a failure takes beside the responses of a source."""
    settings = ReplayConfig()
    sample = ResponseSample(settings.background, settings.seed)
    for one in hir.read_verifications(source):
        sample.add(group_key(one.rollout.instruction), one.rollout.response)
    background, rewriter = sample.background(), rewriter_of(settings)
    anew = source.with_name("failures.jsonl")
    anew.write_text("".join(json.dumps(each) + "\n" for each in failures), encoding="utf-8")
    given = [*hir.read_verifications(anew)]
    first = len(given) // 10
    with few_collections():
        for one in given[:first]:
            assess(one, settings, rewriter, background)
        start = time.process_time()
        for one in given[first:]:
            assess(one, settings, rewriter, background)
        return 1000 * (time.process_time() - start) / (len(given) - first)


def reordered(response: str, rng: random.Random) -> str:
    """A text with the sentences between its first and its last in another order, and without one of them."""
    first, *middle = _SENTENCE_END.split(response)
    last = middle[-1:]
    middle = middle[:-1]
    rng.shuffle(middle)
    return " ".join([first, *middle[1:], *last])


def mixed(successes: list[Record], failures: list[Record], rollouts: int, share: float) -> Iterator[Record]:
    """So many rollouts, in groups of ids that no other part of them has."""
    good, bad = itertools.cycle(successes), itertools.cycle(failures)
    for number in range(rollouts):
        is_bad = int((number + 1) * share) > int(number * share)
        record = next(bad if is_bad else good)
        rollout = record["rollout"]
        part = number // (GROUPS_OF * 64)
        instruction = rollout["instruction"] | {"id": f"{rollout['instruction'].get('id')}~{part}"}
        yield record | {"rollout": rollout | {"instruction": instruction}}


def is_success(record: Record) -> bool:
    """Whether all constraints are satisfied."""
    return all(each["strict"]["satisfied"] for each in record["results"])


def watched(*arguments: object) -> tuple[float, float]:
    """Run hir-data in a session of its own: the seconds of all its processes, and MiB of the largest."""
    running = subprocess.Popen(
        [sys.executable, "-m", "hir_data", *map(str, arguments)], start_new_session=True
    )
    seconds: dict[str, float] = {}
    most = 0.0
    while running.poll() is None:
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == running.pid:
                    seconds[process.name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                    most = max(most, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
        time.sleep(0.1)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, running.args)
    return sum(seconds.values()), most


def run(*arguments: object) -> None:
    """Run hir-data in a process of its own."""
    subprocess.run([sys.executable, "-m", "hir_data", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()

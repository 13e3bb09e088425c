"""How fast ``hir-data replay`` makes a data set of verified rollouts, in one process, and in how much memory.

Run ``python benchmarks/replay.py``. The rollouts are those of ``examples/replay``, verified once and repeated
under other ids until there are ``--rollouts`` of them. Timed is everything from the file of verifications to
the data set, by the clock and by the processor, which does not count what others do on the machine. For a
figure that means something on other machines, parsing the same lines with ``json`` is timed beside it; for
the memory, so is a run over a tenth of the rollouts.

As each response is there many times and is replayed once at most, little of this is the making of replays:
what is measured is reading, looking, choosing and writing.
"""

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "replay" / "rollouts.jsonl.gz"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rollouts", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rollouts in (options.rollouts // 10, options.rollouts):
            source = verifications(folder, rollouts)
            start = time.perf_counter()
            with source.open("rb") as lines:
                for line in lines:
                    json.loads(line)
            parsing = time.perf_counter() - start
            start, used = time.perf_counter(), children().ru_utime
            run("replay", source, "-o", folder / f"replayed-{rollouts}", "--workers", "0", "-q")
            took, used = time.perf_counter() - start, children().ru_utime - used
            print(
                f"{rollouts} rollouts: {took:.1f} s ({used:.1f} s of the processor), "
                f"{rollouts / took:.0f} a second, {took / parsing:.1f} times json.loads; "
                f"at most {children().ru_maxrss / 1024:.0f} MiB"
            )


def verifications(folder: Path, rollouts: int) -> Path:
    """A file of so many verifications, in groups of other ids."""
    verified, target = folder / "verified.jsonl", folder / f"verified-{rollouts}.jsonl"
    if not verified.exists():
        run("verify", EXAMPLE, "-o", verified, "-q")
    records = [json.loads(line) for line in verified.read_text(encoding="utf-8").splitlines()]
    with target.open("w", encoding="utf-8") as lines:
        for number, record in enumerate(itertools.islice(itertools.cycle(records), rollouts)):
            instruction = record["rollout"]["instruction"]
            instruction["id"] = f"{str(instruction['id']).partition('~')[0]}~{number // len(records)}"
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return target


def children() -> resource.struct_rusage:
    """What the processes that were run have used."""
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def run(*arguments: object) -> None:
    """Run hir-data in a process of its own."""
    subprocess.run([sys.executable, "-m", "hir_data", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()

"""Kill a command before each of its file operations, then go on with it, or begin it anew.

Run as a program: ``python tests/killing.py COMMAND FOLDER STEP [twice]``. It prints, as JSON, at how many
points the command was killed and what was not as without the kill. A process of its own, since it forks.
"""

import contextlib
import io
import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

KILLED = 99
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OPERATIONS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "fcntl.flock", "fsync"}

Run = Callable[[Path, bool], int]
"""Does a command into a folder, or goes on with it, and says its exit code."""


class Kill:
    """Ends this process before the n-th operation on files, as a power cut would: nothing is flushed."""

    def __init__(self, number: int) -> None:
        self.left = number
        sync = os.fsync

        def counted(descriptor: int) -> None:
            self("fsync", ())
            sync(descriptor)

        os.fsync = counted
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and arguments[2] & _WRITES and arguments[0] != os.devnull
        if opened or event in _OPERATIONS:
            self.left -= 1
            if self.left == 0:
                os._exit(KILLED)


def code_of(work: Callable[[], int]) -> int:
    """Do work in a process of its own, and say its exit code."""
    child = os.fork()
    if child == 0:
        code = 70
        with contextlib.suppress(BaseException):
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
            code = work()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number: int, work: Callable[[], int]) -> bool:
    """Whether work was killed before its n-th operation; else it has come to its end."""

    def dying() -> int:
        Kill(number)
        return work()

    return code_of(dying) == KILLED


def tree(folder: Path) -> dict[str, bytes | None]:
    """All files of a folder with their bytes, and all folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def damages(run: Run, old: Path, folder: Path, *, step: int, twice: bool) -> Iterator[tuple[str, str | None]]:
    """Each point at which a run was killed, and what was wrong after it, if anything.

    Args:
        run: the command.
        old: a folder with what an earlier run has left where the command writes.
        folder: an empty one.
        step: 1 for every point, 2 for every other one, and so on.
        twice: whether the run that goes on is killed at each of its points, too.
    """
    whole = folder / "whole"
    shutil.copytree(old, whole)
    code = code_of(lambda: run(whole, False))
    wanted = tree(whole)

    def end(state: Path, resume: bool) -> str | None:
        place = folder / "end"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(state, place)
        found = code_of(lambda: run(place, resume))
        if found != code:
            return f"exit code {found}, not {code}"
        after = tree(place)
        wrong = [name for name in {**wanted, **after} if wanted.get(name, b"-") != after.get(name, b"-")]
        return f"differ: {', '.join(sorted(wrong))}" if wrong else None

    state, again = folder / "state", folder / "again"
    for number in itertools.count(1, step):
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(old, state)
        if not killed_at(number, lambda: run(state, False)):
            return
        for resume in (True, False):
            yield f"{number}, {'resumed' if resume else 'begun anew'}", end(state, resume)
        for second in itertools.count(1) if twice else ():
            shutil.rmtree(again, ignore_errors=True)
            shutil.copytree(state, again)
            if not killed_at(second, lambda: run(again, True)):
                break
            yield f"{number}, then {second}", end(again, True) or end(again, False)


# Commands. Their steps are small, and every batch is noted.


def prepared(command: str, folder: Path) -> tuple[Run, Path]:
    """A command, and what an earlier run has left."""
    import hir_data.runs.convert
    import hir_data.runs.lines
    import hir_data.runs.replay
    import hir_data.runs.sinks
    import hir_data.runs.verify

    hir_data.runs.sinks._NOTE_EVERY = -1.0
    hir_data.runs.verify.BATCH = hir_data.runs.replay.BATCH = 2
    hir_data.runs.convert._BATCH = hir_data.runs.lines._BATCH = 2
    given, old = folder / "given", folder / "old"
    given.mkdir()
    old.mkdir()
    source = given / "in.jsonl"
    commas = {"kind": "punctuation:no_comma"}
    words = {"kind": "length_constraints:number_words", "relation": "less than", "num_words": 4}
    records = [
        {
            "id": number,
            "prompt": f"Why is tea {number // 2}? Use no commas. Use fewer than 4 words.",
            "question": f"Why is tea {number // 2}?",
            "criteria": ["Use no commas.", "Use fewer than 4 words."],
            "constraints": [commas, words],
            "response": "Tea, hot." if number % 2 else "Tea is a hot leaf.",
        }
        for number in range(6)
    ]
    lines = [json.dumps(record) for record in records]
    source.write_text("\n".join([*lines[:3], '{"id": 9,', *lines[3:]]) + "\n", encoding="utf-8")
    questions = given / "questions.txt"
    questions.write_text("Why is tea hot?\n\nWhat is a sea?\n", encoding="utf-8")
    data = given / "data"

    def through_the_command_line(*line: object) -> int:
        from hir_data.cli.main import app

        try:
            app([str(word) for word in line], standalone_mode=True)
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    def of(name: str, *line: object, output: str) -> Run:
        def run(place: Path, resume: bool) -> int:
            options = ["-o", place / output, "-q", *(["--resume"] if resume else [])]
            return through_the_command_line(name, *line, *options)

        return run

    def rollout(place: Path, resume: bool) -> int:
        from hir_data.formats.reader import read_units
        from hir_data.models.sampling import Response
        from hir_data.runs.parquet import write_rollouts
        from hir_data.runs.rollout import RolloutState, sample_into
        from hir_data.runs.sinks import sink_of
        from hir_data.schemas.rollout import Sampling

        class Echo:
            tokens = 0

            def sample(self, requests: Any) -> Iterator[Any]:
                for request in requests:
                    yield [Response(request.prompt, Sampling(model="echo", seed=request.seed), 1)]

        sink = sink_of(
            RolloutState, write_rollouts, str(place / "out.jsonl"), io.BytesIO(), identity={}, resume=resume
        )
        return 1 if sample_into(sink, read_units(str(source)), Echo()).rejected else 0

    plain = ["--workers", 0]
    replaying = of("replay", source, *plain, "-k", 2, "--shard-size", 2, output="out")
    runs = {
        "verify": of("verify", source, *plain, output="out.jsonl"),
        "verify-parquet": of("verify", source, *plain, output="out.parquet"),
        "rollout": rollout,
        "convert": of("convert", source, "--to", "ifeval", output="out.jsonl.gz"),
        "compose": of("compose", questions, "--n", 5, output="out.jsonl"),
        "export": of("export", data, "--to", "trl-kto", output="out.parquet"),
        "export-folder": of("export", data, "--to", "trl-kto", "--shard-rows", 2, output="out"),
        "replay": replaying,
        "replay-verified": of("replay", given / "verified.jsonl", *plain, "-k", 2, output="out"),
    }
    code_of(lambda: of("verify", source, *plain, output="verified.jsonl")(given, False))
    code_of(lambda: replaying(given, False))
    (given / "out").rename(data)
    if command.startswith("replay"):
        other = of("replay", source, *plain, "-k", 0, "--limit", 5, output="out")
        code_of(lambda: other(old, False))
    elif command != "export-folder":
        (old / "out.rejected.jsonl").write_text("{}\n")
    warm = folder / "warm"  # here, so that what is imported need not be imported in each child
    shutil.copytree(old, warm)
    with contextlib.redirect_stderr(io.StringIO()):
        runs[command](warm, False)
    return runs[command], old


def main(command: str, folder: Path, step: int, *, twice: bool) -> None:
    """Print what was found."""
    run, old = prepared(command, folder)
    work = folder / "work"
    work.mkdir()
    found = dict(damages(run, old, work, step=step, twice=twice))
    print(json.dumps({"points": len(found), "damage": {at: wrong for at, wrong in found.items() if wrong}}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), twice="twice" in sys.argv[4:])

"""Kill a command wherever it can be killed, then go on with it, or begin it anew.

Run as a program: ``python tests/killing.py HOW COMMAND FOLDER NUMBER``. It prints, as JSON, at how many
points the command was killed and what was not as without the kill. A process of its own, since it forks. HOW
is one of

- ``hooked``: really killed before every NUMBERth operation on files that Python tells of;
- ``twice``: the same, and whoever goes on is killed at each of its operations, too;
- ``states``: not killed, but held before each system call that changes a file, whoever makes it: from every
  NUMBERth state of the disk in between it is gone on with. States that differ only in the bytes of files that
  whoever went on from the first of them neither opened, renamed nor left are one;
- ``random``: really killed NUMBER times, at any moment, and gone on with after each.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from killable import Command, code_of, prepare, quietly
from tracing import States, Tree, Uses, alike, restore, trace, tree_of

KILLED = 99
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OPERATIONS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "fcntl.flock", "fsync"}

Damage = tuple[str, str | None]
"""Where a command was killed, and what was wrong after it, if anything."""


class Place:
    """Where a command is run, always in the same folder, and what becomes of it there without a kill."""

    def __init__(self, command: Command, folder: Path) -> None:
        self.command, self.folder = command, folder
        self.old: Tree = tree_of(command.old)
        began = time.monotonic()
        self.code = self.run(self.old, resume=False)
        self.seconds = time.monotonic() - began
        self.whole = tree_of(folder)

    def fill(self, tree: Tree) -> None:
        """Put there what a command finds."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        restore(tree, self.folder)

    def work(self, *, resume: bool) -> int:
        """The command."""
        return self.command.run(self.folder, resume)

    def run(self, tree: Tree, *, resume: bool) -> int:
        """Run the command on what is there."""
        self.fill(tree)
        return code_of(lambda: self.work(resume=resume))

    def damages(self, at: str, state: Tree, used: set[str] | None = None) -> Iterator[Damage]:
        """What is wrong where a command goes on, or begins anew, from what a killed one has left.

        Names of files that it uses are added to those that are given.
        """
        for resume in (True, False) if self.command.resumes else (False,):
            if used is None:
                code = self.run(state, resume=resume)
            else:
                self.fill(state)
                uses = Uses(self.folder)
                code = trace(lambda resume=resume: self.work(resume=resume), uses)
                used |= uses.names()
            refuses = self.command.refuses in state and not resume
            wanted = (2, _without_locks(state)) if refuses else (self.code, self.whole)
            found = wrong((code, tree_of(self.folder)), wanted)
            yield f"{at}, {'resumed' if resume else 'begun anew'}", found


def wrong(found: tuple[int, Tree], wanted: tuple[int, Tree]) -> str | None:
    """How an exit code and a folder differ from what they should be."""
    (code, tree), (right_code, right_tree) = found, wanted
    if code != right_code:
        return f"exit code {code}, not {right_code}"
    names = [name for name in {**tree, **right_tree} if tree.get(name, b"-") != right_tree.get(name, b"-")]
    return f"differ: {', '.join(sorted(names))}" if names else None


def _without_locks(tree: Tree) -> Tree:
    """What is there when nobody is at work."""
    return {name: content for name, content in tree.items() if not name.endswith(".lock")}


# Ways to kill


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


def killed_at(number: int, work: Callable[[], int]) -> bool:
    """Whether work was killed before its n-th operation; else it has come to its end."""

    def dying() -> int:
        Kill(number)
        return work()

    return code_of(dying) == KILLED


def hooked(place: Place, step: int, *, twice: bool = False) -> Iterator[Damage]:
    """Kill a command before its operations, every ``step``-th of them."""
    for number in itertools.count(1, step):
        place.fill(place.old)
        if not killed_at(number, lambda: place.work(resume=False)):
            return
        state = tree_of(place.folder)
        yield from place.damages(str(number), state)
        for second in itertools.count(1) if twice else ():
            place.fill(state)
            if not killed_at(second, lambda: place.work(resume=True)):
                break
            yield from place.damages(f"{number}, then {second}", tree_of(place.folder))


def states(place: Place, step: int) -> Iterator[Damage]:
    """Go on from every ``step``-th state that a command can leave."""
    place.fill(place.old)
    seen = States(place.folder)
    code = trace(lambda: place.work(resume=False), seen)
    yield "traced", wrong((code, tree_of(place.folder)), (place.code, place.whole))
    tried: Tree = {}
    used: set[str] = set()
    found: list[str | None] = []
    for number, state in list(enumerate(seen.trees))[::step]:
        if not found or not alike(state, tried, used):
            tried, used = state, set()
            found = [damage for _, damage in place.damages("", state, used)]
            print(f"{number} of {len(seen.trees)}", [*filter(None, found)], file=sys.stderr, flush=True)
        at = f"state {number} of {len(seen.trees)}"
        yield from ((f"{at}, way {way}", what) for way, what in enumerate(found))


def at_random(place: Place, kills: int) -> Iterator[Damage]:
    """Kill a command at any moment, so many times in all; after each kill it is gone on with."""
    chance = Random(0)
    number = 0
    while number < kills:
        place.fill(place.old)
        first = number
        while (code := _killed(chance.uniform(0, place.seconds), place, resume=number > first)) is None:
            number += 1
        found = wrong((code, tree_of(place.folder)), (place.code, place.whole))
        yield from ((f"kill {each}", found) for each in range(first + 1, number + 1))


def _killed(seconds: float, place: Place, *, resume: bool) -> int | None:
    """The exit code of a command, None if it was killed."""
    child = os.fork()
    if child == 0:
        quietly(lambda: place.work(resume=resume))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return None if code == -signal.SIGKILL else code


WAYS: dict[str, Callable[[Place, int], Iterator[Damage]]] = {
    "hooked": hooked,
    "twice": lambda place, step: hooked(place, step, twice=True),
    "states": states,
    "random": at_random,
}


def main(how: str, name: str, folder: Path, number: int) -> None:
    """Print what was found."""
    place = Place(prepare(name, folder), folder / "place")
    found = dict(WAYS[how](place, number))
    print(json.dumps({"points": len(found), "damage": {at: what for at, what in found.items() if what}}))


if __name__ == "__main__":
    with contextlib.chdir("/"):
        main(sys.argv[1], sys.argv[2], Path(sys.argv[3]).absolute(), int(sys.argv[4]))

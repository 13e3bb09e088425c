"""Kinds that misbehave on a text with a trigger in it; any other satisfies them if 3 divides its length."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

import pydantic

import hir_data as hir

TRIGGER = "bomb"


class Trap(hir.Constraint):
    """Goes off where the trigger is in the text; with ``alone``, where it is all of the text."""

    alone: bool = False

    def check(self, text: hir.Text) -> hir.Verdict:
        if text.raw == TRIGGER or (TRIGGER in text.raw and not self.alone):
            self.go_off()
        return hir.Verdict(len(text.raw) % 3 == 0, f"{len(text.raw)} characters")

    def go_off(self) -> None:
        raise NotImplementedError


@hir.register("trap:loops")
class Loops(Trap):
    """Never ends."""

    def go_off(self) -> None:
        while True:
            pass


@hir.register("trap:exits")
class Exits(Trap):
    """Ends the process at once."""

    def go_off(self) -> None:
        os._exit(3)


@hir.register("trap:leaves")
class Leaves(Trap):
    """Ends the process in the orderly way."""

    def go_off(self) -> None:
        sys.exit(4)


@hir.register("trap:segfaults")
class Segfaults(Trap):
    """Reads memory that is not there."""

    def go_off(self) -> None:
        ctypes.string_at(0)


@hir.register("trap:dies")
class Dies(Trap):
    """Is killed from outside, as by the kernel when memory is short."""

    def go_off(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@hir.register("trap:dies_once")
class DiesOnce(Dies):
    """Is killed from outside the first time, and leaves a file that says so."""

    file: str

    def go_off(self) -> None:
        if not Path(self.file).exists():
            Path(self.file).touch()
            super().go_off()


@hir.register("trap:allocates")
class Allocates(Trap):
    """Asks for ever more memory."""

    def go_off(self) -> None:
        hoard = []
        while True:
            hoard.append(bytes(1 << 27))  # address space alone: nobody writes to it


@hir.register("trap:raises")
class Raises(Trap):
    """Raises an error."""

    def go_off(self) -> None:
        raise ValueError("no good")


@hir.register("trap:recurses")
class Recurses(Trap):
    """Calls itself without end."""

    def go_off(self) -> None:
        self.go_off()


@hir.register("trap:prints")
class Prints(Trap):
    """Writes to standard output."""

    def go_off(self) -> None:
        print("SURPRISE", flush=True)


@hir.register("trap:misses")
class Misses(Trap):
    """Lacks something that it would lack on every text."""

    def go_off(self) -> None:
        raise hir.RecordError("the lexicon is missing", "lexicon.txt")


@hir.register("trap:reading")
class Reading(hir.Constraint):
    """Cannot be read: what it says it does happens while a record of it is made a constraint."""

    does: str

    @pydantic.field_validator("does")
    @classmethod
    def _do(cls, does: str) -> str:
        if does == "loops":
            while True:
                pass
        if does == "exits":
            os._exit(3)
        if does == "segfaults":
            ctypes.string_at(0)
        if does == "recurses":
            return cls._do(does)
        if does == "raises":
            raise ZeroDivisionError("one over nothing")
        return does

    def check(self, text: hir.Text) -> bool:
        return True


@hir.register("trap:array")
class Array(Trap):
    """Answers something that is neither true nor false."""

    def check(self, text: hir.Text) -> object:
        import numpy

        return numpy.zeros(2) if TRIGGER in text.raw else super().check(text)


@hir.register("trap:naps")
class Naps(hir.Constraint):
    """Takes its time, and is satisfied."""

    seconds: float

    def check(self, text: hir.Text) -> bool:
        time.sleep(self.seconds)
        return True


@hir.register("trap:takes")
class Takes(hir.Constraint):
    """Takes some memory at once, and is satisfied."""

    size: int

    def check(self, text: hir.Text) -> bool:
        return len(bytes(self.size)) == self.size


@hir.register("trap:waits")
class Waits(hir.Constraint):
    """Says in a folder that it waits, waits until a file named "open" is there, and is satisfied."""

    folder: str

    def check(self, text: hir.Text) -> bool:
        Path(self.folder, "waiting").touch()
        while not Path(self.folder, "open").exists():
            time.sleep(0.01)
        return True


@hir.register("trap:mute")
class Mute(hir.Constraint):
    """Can be read, checked and written, and not be described."""

    def describe(self, phrasing: int = 0) -> str:
        raise ZeroDivisionError("one over nothing")

    def check(self, text: hir.Text) -> bool:
        return True

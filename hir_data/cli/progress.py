"""How far a long command is: a bar in a terminal, else a line every so often."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from hir_data.cli.outcome import warn
from hir_data.cli.pace import Pace

if TYPE_CHECKING:
    from hir_data.cli.settings import ProgressConfig

T = TypeVar("T")

SECONDS = "HIR_DATA_PROGRESS_SECONDS"
"""The environment variable that says how many seconds there are between lines."""

_WORDS, _SHORTEST = 70, 10  # columns that the words take, at most, and those of a bar that shows anything
_FIRST, _LONGEST, _GROWTH = 10.0, 300.0, 1.5  # seconds to the first line, at most, and their growth


class Advance(Protocol):
    """Says how far a command is."""

    def __call__(self, done: int, what: str | None = None, *, earlier: bool = False) -> None:
        """Say it.

        Args:
            done: how many are dealt with.
            what: what the command is at, where that changes.
            earlier: whether an earlier run has dealt with them, which says nothing of this one's speed.
        """


@contextlib.contextmanager
def progress(
    run: "ProgressConfig",
    what: str,
    total: Callable[[], int | None] = lambda: None,
    *,
    unit: str = "records",
    tokens: Callable[[], int] | None = None,
    counter: Callable[[], int] | None = None,
) -> Iterator[Advance]:
    """Show in here how far a command is, on standard error, and at the end how long it took.

    Args:
        run: says how; nothing with ``--quiet``.
        what: what the command does.
        total: how many there are to deal with, about; None if nobody knows.
        unit: what they are.
        tokens: how many tokens there are so far, where their number says more of the speed.
        counter: how many are dealt with, where that is known before it is said.
    """
    mode = "none" if getattr(run, "quiet", False) else run.progress
    if mode == "auto":
        mode = "bar" if sys.stderr.isatty() else "lines"
    if mode == "none":
        yield lambda done, what=None, *, earlier=False: None
        return
    state = _State(what, total(), unit, tokens, counter)
    if mode == "bar":
        with _bar(state):
            yield state.advance
        warn(state.end())
        return
    lines = _Lines(state)
    lines.start()
    try:
        yield state.advance
    finally:
        lines.stop()
    if lines.said or run.progress == "lines":
        warn(state.end())


def reporting(advance: Advance) -> Callable[[int], None]:
    """Says how far a run is that says so at its start too: what is done then an earlier run has done."""
    earlier = True

    def report(done: int) -> None:
        nonlocal earlier
        advance(done, earlier=earlier)
        earlier = False

    return report


def counted(items: Iterable[T], advance: Advance) -> Iterator[T]:
    """The items, of which each is said to be dealt with when the next is asked for."""
    for done, item in enumerate(items, 1):
        yield item
        advance(done)


class _State:
    """What is known of how far a command is.

    All that a line says is about what the command is at: the count, the rate, the time so far and the time
    that is left at that rate (:class:`hir_data.cli.pace.Pace`). The last line is about the whole command.
    """

    def __init__(
        self,
        what: str,
        total: int | None,
        unit: str,
        tokens: Callable[[], int] | None = None,
        counter: Callable[[], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.what, self.total, self.unit = what, what, total, unit
        self._tokens, self._counter, self._clock = tokens, counter, clock
        self._said = self._earlier = self._most = 0
        self._began = clock()
        self._pace = Pace(*self._counts, clock=clock)

    def advance(self, done: int, what: str | None = None, *, earlier: bool = False) -> None:
        if what is not None and what != self.what:
            self.what, self._said = what, 0
            self._pace = Pace(*self._counts, clock=self._clock)
        self._said = done
        if earlier:
            self._earlier = done
            self._pace = Pace(*self._counts, clock=self._clock)
        self._most = max(self.done, self._most)
        self._pace.note(*self._counts)

    @property
    def done(self) -> int:
        """How many are dealt with."""
        return max(self._said, self._counter()) if self._counter else self._said

    @property
    def _counts(self) -> list[int]:
        return [self.done, *([self._tokens()] if self._tokens else [])]

    def line(self, *, brief: bool = False) -> str:
        """How far it is, in one line.

        Args:
            brief: without the time so far, and the tokens, where the time that is left is known.
        """
        so_far = self._clock() - self._pace.began
        done, rate, *tokens = self.done, *self._pace.rates(*self._counts)
        parts = [self.what]
        if done and self.total:
            share = min(1, done / self.total)
            parts[0] += f": {done:,} of {self._of_unit(self.total)} ({share:.0%})"
        elif done:
            parts[0] += f": {self._of_unit(done)}"
        left = (self.total - done) / rate if self.total and rate and done < self.total else None
        parts += [_rate(rate)] if rate else []
        if not brief or left is None:
            parts += [f"{each:,.0f} tokens/s" for each in tokens if each]
            parts.append(f"{clock(so_far)} so far")
        parts += [] if left is None else [f"about {clock(left)} left"]
        return ", ".join(parts)

    def _of_unit(self, number: int) -> str:
        return f"{number:,} {self.unit.removesuffix('s') if number == 1 else self.unit}"

    def end(self) -> str:
        """What it took, in one line."""
        seconds = self._clock() - self._began
        count = f"{self._of_unit(self._most)} in " if self._most else ""
        done = self._most - self._earlier
        rates = [_rate(done / seconds)] if done > 0 and seconds else []
        if self._tokens and self._most and seconds:
            rates.append(f"{self._tokens() / seconds:,.0f} tokens/s")
        before = f" ({self._earlier:,} of them in an earlier run)" if self._earlier else ""
        return ", ".join([f"{self.name}: {count}{_seconds(seconds)}{before}", *rates])


class _Lines(threading.Thread):
    """Writes a line every so often, also while nothing comes to an end."""

    def __init__(self, state: _State) -> None:
        super().__init__(name="hir-data progress", daemon=True)
        self._state, self._ended, self.said = state, threading.Event(), 0

    def run(self) -> None:
        fixed = _given_seconds()
        wait = fixed or _FIRST
        while not self._ended.wait(wait):
            warn(self._state.line())
            self.said += 1
            wait = fixed or min(wait * _GROWTH, _LONGEST)

    def stop(self) -> None:
        self._ended.set()
        self.join(timeout=5)


def _given_seconds() -> float | None:
    """The seconds between lines that the environment asks for; None where it does not, or not in a number."""
    try:
        seconds = float(os.environ.get(SECONDS, ""))
    except ValueError:
        return None
    return max(seconds, 0.1) if seconds < float("inf") else None


@contextlib.contextmanager
def _bar(state: _State) -> Iterator[None]:
    from rich.progress import BarColumn, Progress, ProgressColumn, Task
    from rich.table import Column
    from rich.text import Text

    from hir_data.cli.screen import screen

    class Words(ProgressColumn):
        """How far it is in words."""

        def render(self, task: Task) -> Text:
            bar.update(task.id, completed=state.done)
            return Text(state.line(brief=True))

    console = screen(stderr=True)
    width = min(20, console.width - _WORDS)  # where the words leave no room they say it all, in one line
    columns: list[Any] = [BarColumn(bar_width=width)] if state.total and width >= _SHORTEST else []
    in_one_line = Column(no_wrap=True, overflow="ellipsis")
    with Progress(*columns, Words(in_one_line), console=console, transient=True) as bar:
        bar.add_task("", total=state.total)
        yield


def clock(seconds: float) -> str:
    """A time as clocks show it: ``1:02`` is a minute and two seconds."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else clock(seconds)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s" if rate >= 0.1 else f"{60 * rate:.2g}/min"

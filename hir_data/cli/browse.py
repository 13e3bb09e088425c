"""Records on the whole screen of a terminal, with keys to go through them."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text as Line

from hir_data.cli.keys import RESIZED, Keys, keys
from hir_data.cli.records import Filter, Records, blocks_of, heading_of
from hir_data.cli.screen import has_colours
from hir_data.report.record_view import VERDICTS, Block, Marking
from hir_data.report.visible import visible

if TYPE_CHECKING:
    from hir_data.cli.records import Viewed

LONGEST = 20_000
"""How many characters of one text are shown."""

HELP = """\
n, right arrow      next record             p, left arrow    previous record
down arrow, j       a line down             up arrow, k      a line up
space, page down    a page down             b, page up       a page up
g, home             first record            G, end           last record
tab                 the places of one constraint, of the next one, ..., of all
v                   with a violated, an undetermined, a satisfied constraint, all records
c                   with a constraint of a kind: type a part of its name
/                   with a text: type it
x                   all records again
q                   quit"""


def browse(records: Records, name: str, wanted: Filter, start: int, console: Console) -> None:
    """Show records until somebody quits.

    Args:
        records: what is shown.
        name: of the file.
        wanted: which of them are shown at first.
        start: the place to begin at, from 0.
        console: the terminal.
    """
    with keys() as pressed, console.screen(hide_cursor=True):
        _Browser(records, name, wanted, console).run(pressed, start)


class _Browser:
    """What is on the screen: a record, how far it is scrolled, and whose places are marked."""

    def __init__(self, records: Records, name: str, wanted: Filter, console: Console) -> None:
        self.records, self.wanted, self.console = records, wanted, console
        self.name = visible(Path(name).name or name)  # the folder leaves no room for what is filtered
        self.place, self.top, self.note = 0, 0, ""
        self.record: Viewed | None = None
        self.only: int | None = None

    def run(self, pressed: Keys, start: int) -> None:
        if not self._go(start, 1):
            self._go(start, -1)
        while True:
            self._draw()
            self.note = ""
            key = pressed.read()
            if key in ("q", "Q", "end of input"):
                return
            self._do(key, pressed)

    def _do(self, key: str, pressed: Keys) -> None:
        page = max(1, self.console.height - 3)
        match key:
            case "n" | "right" | "enter":
                self.note = "" if self._go(self.place + 1, 1) else "this is the last one"
            case "p" | "left":
                self.note = "" if self._go(self.place - 1, -1) else "this is the first one"
            case "g" | "home":
                self._go(0, 1)
            case "G" | "end":
                self._go(self.records.last(), -1)
            case "down" | "j":
                self.top += 1
            case "up" | "k":
                self.top -= 1
            case " " | "page down":
                self.top += page
            case "b" | "page up":
                self.top -= page
            case "tab":
                self._mark_next()
            case "v":
                verdicts = ["", VERDICTS[False], VERDICTS[None], VERDICTS[True]]
                following = verdicts[(verdicts.index(self.wanted.verdict) + 1) % len(verdicts)]
                self._filter(replace(self.wanted, verdict=following))
            case "c":
                self._filter(replace(self.wanted, kind=self._asked("kind: ", pressed, self.wanted.kind)))
            case "/":
                self._filter(replace(self.wanted, search=self._asked("/", pressed, self.wanted.search)))
            case "x":
                self._filter(Filter())
            case "h" | "?":
                self._help(pressed)

    def _go(self, place: int, step: int) -> bool:
        found = self.records.find(self.wanted, place, step)
        if found:
            self.place, self.record = found
            self.top, self.only = 0, None
        return found is not None

    def _filter(self, wanted: Filter) -> None:
        before, self.wanted = self.wanted, wanted
        if not (self._go(self.place, 1) or self._go(self.place, -1)):
            self.wanted = before
            self.note = f"no record: {wanted.words()}"

    def _mark_next(self) -> None:
        from hir_data.report.replay_examples import ReplayPair

        if self.record is None:
            return
        record = self.record
        number = len(record.replay.changes) if isinstance(record, ReplayPair) else len(record.results)
        following = 0 if self.only is None else self.only + 1
        self.only = following if following < number else None

    def _asked(self, question: str, pressed: Keys, before: str) -> str:
        """What somebody types on the last line; what was there before where they think better of it."""
        typed = ""
        while True:
            self.note = f"{question}{typed}_"
            self._draw()
            key = pressed.read()
            if key == "enter":
                return typed
            if key in ("escape", "end of input"):
                return before
            if key == "backspace":
                typed = typed[:-1]
            elif len(key) == 1 and key.isprintable():
                typed += key

    def _help(self, pressed: Keys) -> None:
        key = RESIZED
        while key == RESIZED:
            self._put(Line(HELP), Line("keys", style="bold"), Line("any key goes back"))
            key = pressed.read()

    def _draw(self) -> None:
        if self.record is None:
            body: RenderableType = Line("there is no record to show")
            heading = self.name
        else:
            marking = Marking(has_colours(self.console), self.only, LONGEST)
            body = Group(*map(rendered, blocks_of(self.record, marking)))
            of = f" of {len(self.records)}" if self.records.ended else ""
            heading = f"{self.name}: {heading_of(self.record, self.place + 1)}{of}"
        shown = self.wanted.words()
        header = Line(heading, style="bold", no_wrap=True, overflow="ellipsis")
        header.append(f"  [{shown}]" if shown else "", style="cyan")
        keys_shown = "n next  p previous  tab marks  v verdict  c kind  / search  ? keys  q quit"
        self._put(body, header, Line(self.note or keys_shown, style="reverse", no_wrap=True))

    def _put(self, body: RenderableType, header: Line, footer: Line) -> None:
        """Write the whole screen: a line at the top, what fits of the body, a line at the bottom."""
        width, height = self.console.size
        options = self.console.options.update(width=width, height=None)
        lines = self.console.render_lines(body, options, pad=False)
        room = max(1, height - 2)
        self.top = max(0, min(self.top, len(lines) - room))
        shown = lines[self.top : self.top + room]
        ends = [*self.console.render_lines(header, options)[:1]]
        below = [*self.console.render_lines(footer, options)[:1]]
        rows = [*ends, *shown, *([[]] * (room - len(shown))), *below]
        segments: list[Segment] = []
        for number, row in enumerate(rows):
            segments += [*row, Segment("\x1b[K", control=[])]
            segments += [Segment("\n", control=[])] if number + 1 < len(rows) else []
        self.console.print(Segments([Segment("\x1b[H", control=[]), *segments]), end="", soft_wrap=True)


def rendered(block: Block) -> RenderableType:
    """A block under its title; two columns stand side by side."""
    title = Rule(Line(block.title, style="bold cyan"), align="left", style="dim cyan", characters="─")
    if len(block.columns) == 1:
        return Group(title, _tabbed(block.columns[0]))
    table = Table(box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0))
    for name in block.names:
        table.add_column(name, ratio=1, overflow="fold", header_style="bold")
    table.add_row(*map(_tabbed, block.columns))
    return Group(title, table)


def _tabbed(line: Line) -> Line:
    line.expand_tabs(4)
    line.overflow = "fold"
    return line

"""The terminal that reports and lists are printed to."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.segment import Segment

from hir_data.report.visible import visible


class Screen(Console):
    """A console to which data cannot say anything: control characters in texts are shown, and do nothing.

    A closed pipe is an error like any other; rich's own ends the program without a word.
    """

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        """What is written of something."""
        for segment in super().render(renderable, options):
            text = segment.text
            yield segment if segment.control is not None else segment._replace(text=visible(text))

    def on_broken_pipe(self) -> None:
        """Called while the error is handled."""
        raise


def screen(*, stderr: bool = False) -> Console:
    """A console without colours in figures and paths."""
    return Screen(stderr=stderr, highlight=False)


def has_colours(console: Console) -> bool:
    """Whether what is printed there has colours."""
    return console.is_terminal and console.color_system is not None and not console.no_color

"""The terminal that reports and lists are printed to."""

from rich.console import Console


class Screen(Console):
    """A console whose closed pipe is an error like any other; rich's own ends the program without a word."""

    def on_broken_pipe(self) -> None:
        """Called while the error is handled."""
        raise


def screen(*, stderr: bool = False) -> Console:
    """A console without colours in figures and paths."""
    return Screen(stderr=stderr, highlight=False)

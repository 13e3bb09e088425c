"""What Python warns of in data, which nobody here has written and nobody can mend."""

import contextlib
import warnings
from collections.abc import Iterator

_OF_PATTERNS_AND_LITERALS = r"Possible (?:nested set|set )|invalid (?:\w+ )+(?:literal|sequence)"
"""Sets in sets in patterns, and escapes and numbers in literals of Python, that later versions read
otherwise."""


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Read patterns or literals of data without the warnings that Python has of them.

    Filters of warnings are those of a process: where threads do this at the same time, one of these
    warnings may be shown all the same, or none of this kind later, and no others.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _OF_PATTERNS_AND_LITERALS)
        yield


def quietly_reading(pattern: str) -> contextlib.AbstractContextManager[None]:
    """Read a pattern without warnings: of one without a set Python has none."""
    return quietly() if "[" in pattern else contextlib.nullcontext()

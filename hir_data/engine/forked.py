"""Whether a worker may be forked from this process itself, which costs milliseconds and shares its memory.

Other workers begin clean and load all that checks may need, which takes a second or two and 250 MB: too much
for a few records. A forked one has what this process has, and loads the rest when a check wants it, while the
clock of that check runs. So what it takes for too slow is a guess: the batch is given to a worker that begins
clean, whose clocks measure checks alone.
"""

import os
import sys
from pathlib import Path

from hir_data.schemas import registry

QUICK = 2.0
"""Seconds that a check may take in a forked worker before its batch is given to one that begins clean."""

_THREADS = Path("/proc/self/task")
_MEMORY = Path("/proc/self/statm")


def may_fork(memory_limit: int) -> bool:
    """Whether a fork of this process is a safe worker.

    In our own command line alone: nobody knows what others hold open. Where there is a second thread, it may
    hold a lock that nobody would ever release in the fork. Kinds of plugins may hold anything.

    Args:
        memory_limit: bytes of address space that the worker may have, of which it begins with those of this
            process.
    """
    if "hir_data.cli.main" not in sys.modules or registry.plugins():
        return False
    try:
        threads = sum(1 for _ in _THREADS.iterdir())
        pages = int(_MEMORY.read_text().split()[0])
    except (OSError, ValueError, IndexError):  # not on Linux
        return False
    return threads == 1 and pages * os.sysconf("SC_PAGE_SIZE") < memory_limit // 4

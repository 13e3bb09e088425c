"""How long hir-data takes to start: to be imported, to know all kinds, to show the help.

Each line is the processor time of a fresh Python that does only this, the median of several; the time of the
bare interpreter is taken off. Most of it is pydantic, so the first line is what pydantic takes by itself.
"""

import itertools
import os
import resource
import statistics
import subprocess
import sys

ROUNDS = 11

STEPS = {
    "pydantic and one model": "import pydantic; pydantic.create_model('Model', number=(int, ...))",
    "import hir_data": "import hir_data",
    "hir_data.kinds()": "import hir_data; hir_data.kinds()",
    "hir-data --help": "import sys; sys.argv[1:] = ['--help']; from hir_data.cli.main import run; run()",
}


def main() -> None:
    """Measure and print."""
    bare = milliseconds("pass")
    for name, code in STEPS.items():
        print(f"{name:<28}{milliseconds(code) - bare:>6.0f} ms")


def milliseconds(code: str) -> float:
    """The processor time of a Python that runs this code, as the median of some, after one that warms up."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    clock = [children_seconds()]
    for _ in range(1 + ROUNDS):
        command = [sys.executable, "-c", code]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        clock.append(children_seconds())
    _, *times = (after - before for before, after in itertools.pairwise(clock))
    return 1000 * statistics.median(times)


def children_seconds() -> float:
    """The processor time of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()

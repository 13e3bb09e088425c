"""Values that are computed once, in processes that are forked while threads compute them."""

import os
import sys
from pathlib import Path

import pytest
from programs import run_program

from hir_data.text.cached import cached_property

FORKING = """
import os, signal, threading, time, warnings
import hir_data as hir

warnings.simplefilter("ignore", DeprecationWarning)  # of forks where there are threads, which this is about
KINDS = ["length_constraints:number_sentences", "language:response_language", "no_gibberish"]
CONSTRAINTS = [hir.parse({"kind": kind, **hir.lookup(kind).example.parameters}) for kind in KINDS]
INSTRUCTION = hir.Instruction(prompt="Tea?", constraints=CONSTRAINTS)

def verify(number):
    response = f"Tea number {number} is ready. Come and have it. " * 5
    return hir.verify_one(hir.Rollout(instruction=INSTRUCTION, response=response)).cla

def keep_verifying(seed):
    for number in range(1 << 30):
        verify(f"{seed} {number}")

verify(0)  # what is imported on first use is there
for seed in range(2):
    threading.Thread(target=keep_verifying, args=(seed,), daemon=True).start()
children = []
for number in range(FORKS):
    time.sleep(0.003)
    child = os.fork()
    if not child:
        signal.alarm(60)  # a child that hangs is ended, which its status says
        verify(f"child {number}")
        os._exit(0)
    children.append(child)
print([os.waitpid(child, 0)[1] for child in children])
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_is_forked_while_threads_verify_can_verify(tmp_path: Path):
    (tmp_path / "script.py").write_text(FORKING.replace("FORKS", "8"))
    path = os.pathsep.join(filter(None, sys.path))
    done = run_program([sys.executable, tmp_path / "script.py"], env=os.environ | {"PYTHONPATH": path})
    assert (done.returncode, done.stderr.strip()[-500:]) in ((0, ""), (0, b""))
    assert eval(done.stdout) == [0] * 8


def test_a_value_is_computed_once_and_stays():
    class Thing:
        calls = 0

        @cached_property
        def value(self) -> list[int]:
            """What it is."""
            Thing.calls += 1
            return []

    thing = Thing()
    assert thing.value is thing.value
    assert Thing.calls == 1
    assert isinstance(Thing.value, cached_property)
    assert Thing.value.__doc__ == "What it is."

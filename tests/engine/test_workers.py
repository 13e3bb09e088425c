"""Worker processes: whatever a check does to its process, every other verdict is there."""

import asyncio
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import works
from files import HOSTILE, NO_COMMA, THREE_WORDS, own_kinds, rollout
from programs import run_program

import hir_data as hir
from hir_data.engine import workers as executors
from hir_data.engine.checks import Judged
from hir_data.engine.workers import processes, serial
from hir_data.errors import HirDataError, RecordError, UnforeseenError, WorkerError
from hir_data.schemas import registry

BOMB = "a bomb, and more"
LOOSE_BOMB = "Sure!\nbomb"  # what is left without the first line is the bomb alone
TIMEOUT = 2
ORDINARY = [rollout(number) for number in range(150)]


@pytest.fixture(scope="module", autouse=True)
def hostile_kinds() -> Iterator[None]:
    """The kinds that misbehave are there, for this module only."""
    with own_kinds():
        registry.load_plugin(HOSTILE)
        yield


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture(scope="module")
def expected() -> list[hir.Verification]:
    return list(hir.verify(ORDINARY))


def trap(kind: str, **parameters: object) -> dict[str, object]:
    return {"kind": f"trap:{kind}", **parameters}


def lone(one: hir.Rollout, constraint: hir.Constraint) -> hir.ConstraintResult:
    """The result on one constraint, verified here."""
    instruction = one.instruction.model_copy(update={"constraints": (constraint,)})
    return hir.verify_one(one.model_copy(update={"instruction": instruction})).results[0]


# Ordinary input


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("loose", [True, False])
def test_processes_answer_as_one_does(workers: int, loose: bool):
    here = list(hir.verify(ORDINARY, loose=loose))
    assert list(hir.verify(ORDINARY, workers=workers, loose=loose)) == here
    assert [one.rollout.instruction.id for one in here] == list(range(150))


def test_no_rollouts_no_answers():
    assert list(hir.verify([], workers=2)) == []
    assert list(processes([[]], works.responses, workers=1)) == [[]]


@pytest.mark.parametrize("number", [0, -1])
def test_it_takes_a_worker(number: int):
    with pytest.raises(ValueError, match="workers"):
        list(processes([ORDINARY[:1]], works.responses, workers=number))


def test_less_than_no_workers():
    with pytest.raises(ValueError, match="workers"):
        list(hir.verify(ORDINARY[:1], workers=-1))


# Hostile checks

ENDS = {
    "loops": ("timeout", f"took longer than {TIMEOUT} s"),
    "exits": ("error", "ended its process (exit code 3)"),
    "leaves": ("error", "ended its process (exit code 4)"),
    "segfaults": ("error", "ended its process (exit code -11)"),
    "dies": ("error", "ended its process (exit code -9)"),
    "allocates": ("error", "MemoryError: "),
    "raises": ("error", "ValueError: no good"),
    "recurses": ("error", "RecursionError: maximum recursion depth exceeded"),
}


def batch_with(places: dict[int, list[dict[str, object]]], response: str) -> list[hir.Rollout]:
    """A little over two batches of rollouts; those at the places are hostile to the traps there."""
    harmless = [trap(kind) for kind in ("loops", "dies")]
    return [
        rollout(number, NO_COMMA, *places[number], THREE_WORDS, response=response)
        if number in places
        else rollout(number, NO_COMMA, *harmless, response=f"Tea {'!' * (number % 7)}\nfor *two*")
        for number in range(140)
    ]


def assert_all_but_traps_equal(found: list[hir.Verification], rollouts: list[hir.Rollout], places) -> None:
    """Every verdict but those of the traps is the one that is given here."""
    assert [one.rollout for one in found] == rollouts
    for number, one in enumerate(found):
        for constraint, result in zip(one.rollout.instruction.constraints, one.results, strict=True):
            if number not in places or not constraint.kind.startswith("trap:"):
                assert result == lone(one.rollout, constraint)


@pytest.mark.parametrize("kind", ENDS)
def test_a_hostile_check_gets_its_verdict_and_the_others_theirs(kind: str):
    places = {number: [trap(kind)] for number in ((5, 139) if kind == "loops" else (0, 5, 63, 64, 139))}
    rollouts = batch_with(places, BOMB)
    found = list(hir.verify(rollouts, workers=2, timeout=TIMEOUT if kind == "loops" else 60))
    status, reason = ENDS[kind]
    for number in places:
        verdict = found[number].results[1].strict
        assert (verdict.satisfied, verdict.status) == (None, status)
        assert verdict.reason.startswith(reason)
        assert found[number].results[1].loose == verdict
        assert not found[number].ila
    assert_all_but_traps_equal(found, rollouts, places)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_is_killed_from_outside_costs_no_verdict(tmp_path: Path, workers: int):
    """The check that it was at is not to blame, and is begun again."""
    traps = [trap("dies_once", file=str(tmp_path / name)) for name in ("first", "second")]
    rollouts = [*ORDINARY[:4], rollout(4, NO_COMMA, *traps, response=BOMB), *ORDINARY[5:70]]
    found = list(hir.verify(rollouts, workers=workers, timeout=60))
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second"}
    assert found == list(hir.verify(rollouts))


def test_several_traps_in_one_rollout():
    """Each costs workers, and each gets its own verdict."""
    kinds = ["exits", "loops", "raises", "dies", "segfaults"]
    places = {70: [trap(kind) for kind in kinds]}
    rollouts = batch_with(places, BOMB)
    found = list(hir.verify(rollouts, workers=1, timeout=TIMEOUT))
    verdicts = [result.strict for result in found[70].results[1:-1]]
    assert [(verdict.status, verdict.reason) for verdict in verdicts] == [ENDS[kind] for kind in kinds]
    assert_all_but_traps_equal(found, rollouts, places)


@pytest.mark.parametrize("kind", ["loops", "exits", "raises"])
def test_a_trap_in_a_loose_reading_leaves_the_strict_verdict(kind: str):
    places = {3: [trap(kind, alone=True)], 100: [trap(kind, alone=True)]}
    rollouts = batch_with(places, LOOSE_BOMB)
    found = list(hir.verify(rollouts, workers=2, timeout=TIMEOUT if kind == "loops" else 60))
    status, reason = ENDS[kind]
    for number in places:
        result = found[number].results[1]
        assert result.strict == hir.Verdict(False, "10 characters")
        assert result.loose == hir.Verdict(None, reason, status)
    assert_all_but_traps_equal(found, rollouts, places)


@pytest.mark.parametrize("kind", ["loops", "exits"])
def test_a_loose_trap_does_not_matter_where_only_strict_verdicts_are_wanted(kind: str):
    (found,) = hir.verify(
        [rollout(1, trap(kind, alone=True), response=LOOSE_BOMB)], workers=1, timeout=TIMEOUT, loose=False
    )
    assert found.results[0].strict == hir.Verdict(False, "10 characters")
    assert found.results[0].loose is None


def test_hostile_verdicts_do_not_depend_on_the_number_of_workers():
    kinds = ["exits", "dies", "raises", "segfaults"]
    places = {number: [trap(kinds[number % 4])] for number in range(0, 140, 13)}
    rollouts = batch_with(places, BOMB)
    assert list(hir.verify(rollouts, workers=1)) == list(hir.verify(rollouts, workers=2))


def test_memory_is_limited():
    rollouts = [rollout(1, trap("takes", size=2 << 30), NO_COMMA), rollout(2)]
    work = executors.verify_batch
    judged = [Judged(rollout, {}) for rollout in rollouts]
    ((first, second),) = processes([judged], work, workers=1, memory_limit=1 << 30)
    assert first.results[0].strict == hir.Verdict(None, "MemoryError: ", "error")
    assert first.results[1] == lone(rollouts[0], hir.parse(NO_COMMA))
    assert second == hir.verify_one(rollouts[1])
    ((first, _),) = processes([judged], work, workers=1, memory_limit=8 << 30)
    assert first.results[0].strict == hir.Verdict(True)


def test_the_clock_starts_with_the_check():
    """Twelve checks that take longer together than one of them may."""
    rollouts = [rollout(number, trap("naps", seconds=0.2), response="Tea.") for number in range(12)]
    found = list(hir.verify(rollouts, workers=1, timeout=1.5))
    assert all(one.ila for one in found)


def test_a_pause_of_the_reader_is_not_held_against_a_check():
    rollouts = [rollout(number) for number in range(200)]
    found = hir.verify(rollouts, workers=1, timeout=0.5)
    first = next(found)
    threading.Event().wait(1)
    assert [first, *found] == list(hir.verify(rollouts))


def test_what_a_check_prints_changes_no_verdict():
    rollouts = [rollout(number, trap("prints"), response=BOMB) for number in range(3)]
    assert [one.results[0].strict for one in hir.verify(rollouts, workers=1)] == [
        hir.Verdict(False, "16 characters")
    ] * 3


@pytest.mark.parametrize("workers", [0, 1])
def test_an_answer_that_is_neither_true_nor_false(workers: int):
    (found,) = hir.verify([rollout(1, trap("array"), response=BOMB)], workers=workers)
    assert found.results[0].strict.satisfied is None
    assert found.results[0].strict.status == "error"


# Errors


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_an_error_of_ours_comes_out_as_it_was(workers: int):
    rollouts = batch_with({80: [trap("misses")]}, BOMB)
    with pytest.raises(RecordError) as caught:
        list(hir.verify(rollouts, workers=workers))
    assert (caught.value.problem, caught.value.source) == ("the lexicon is missing", "lexicon.txt")


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (works.fails, UnforeseenError, r"(?s)Traceback.*ZeroDivisionError: one over nothing"),
        (works.complains, RecordError, r"^in.jsonl:3: kwargs\[0\]: bad$"),
        (works.exits, WorkerError, r"worker processes end \(exit code 7\) before they check anything"),
        pytest.param(works.answers_strangely, WorkerError, "pickle"),
        pytest.param(works.complains_peculiarly, HirDataError, "salt and pepper"),
    ],
)
def test_work_that_fails(work, error: type[HirDataError], message: str):
    with pytest.raises(error, match=message):
        list(processes([ORDINARY[:3]], work, workers=1))


def test_serial_work_that_fails():
    with pytest.raises(ZeroDivisionError):
        list(serial([ORDINARY[:3]], works.fails))


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_input_that_breaks_off(workers: int):
    def source():
        yield from ORDINARY
        raise OSError("the file ends here")

    with pytest.raises(OSError, match="ends here"):
        list(hir.verify(source(), workers=workers))


def test_kinds_that_a_worker_cannot_import():
    class Local(hir.Constraint):
        def check(self, text: hir.Text) -> bool:
            return True

    Local.kind = "local"
    with pytest.raises(WorkerError, match=r"kinds have to be importable: .*Local"):
        list(hir.verify([rollout(1, Local())], workers=1))


def test_kinds_that_only_a_worker_cannot_import(monkeypatch):
    """A class of a module that is no file, as in a notebook: it can be sent, but not be read."""
    module = type(sys)("nowhere_to_be_found")
    exec(
        "import hir_data as hir\n"
        "class Lost(hir.Constraint):\n"
        "    kind = 'lost'\n"
        "    def check(self, text):\n"
        "        return True\n",
        vars(module),
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with pytest.raises(WorkerError, match=r"a worker cannot read its work: .*nowhere_to_be_found"):
        list(hir.verify([rollout(1, module.Lost())], workers=1))


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked from a server")
@pytest.mark.parametrize("killed", [2, 3])
def test_workers_that_are_killed_before_they_say_who_they_are(monkeypatch, killed: int):
    from multiprocessing import forkserver

    real, started = forkserver.read_signed, []

    def killing(descriptor: int) -> int:
        started.append(real(descriptor))
        if len(started) <= killed:
            os.kill(started[-1], signal.SIGKILL)
            raise EOFError
        return started[-1]

    monkeypatch.setattr(forkserver, "read_signed", killing)
    verified = hir.verify([rollout(1)], workers=1)
    if killed == 2:
        assert len(list(verified)) == 1
    else:
        with pytest.raises(WorkerError, match=r"a worker cannot be started: .* has ended"):
            list(verified)


def test_work_that_a_worker_cannot_import():
    with pytest.raises(WorkerError, match="lambda"):
        list(processes([ORDINARY[:1]], lambda batch, progress: None, workers=1))


def test_a_process_that_may_have_no_children(monkeypatch):
    """Such as the workers of a data loader."""
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)
    with pytest.raises(WorkerError, match="daemon"):
        list(hir.verify(ORDINARY[:1], workers=1))


WARM = """
import pickle, sys
import hir_data as hir, hir_data.engine.preload
from hir_data.text.text import Text
constraints = pickle.load(sys.stdin.buffer)
before = {name.split(".")[0] for name in sys.modules}
for constraint, text in constraints:
    hir.check(constraint, Text(text))
after = {name.split(".")[0] for name in sys.modules}
print(sorted(after - before - set(sys.stdlib_module_names)))
"""


def test_a_warm_worker_loads_nothing_while_a_clock_runs():
    examples = [
        (hir.parse({"kind": kind, **cls.example.parameters}), cls.example.satisfied_by)
        for kind, cls in hir.kinds().items()
        if cls.example
    ]
    done = run_program([sys.executable, "-c", WARM], input=pickle.dumps(examples), encoding=None)
    assert (done.stdout.decode().strip(), done.returncode) == ("[]", 0), done.stderr


# Workers that go


@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_that_is_killed_between_checks_is_replaced(tmp_path, times: int):
    batches = [ORDINARY[:3], ORDINARY[3:5]]
    found = list(processes(batches, works.Dies(tmp_path, times), workers=1))
    assert found == [[one.response for one in batch] for batch in batches]


def test_workers_that_all_die_are_not_replaced_for_ever(tmp_path):
    with pytest.raises(WorkerError, match=r"worker processes end \(exit code -9\) before they check"):
        list(processes([ORDINARY[:3]], works.Dies(tmp_path, 99), workers=1))
    assert len(list(tmp_path.iterdir())) == 3


def test_an_idle_worker_that_is_killed_is_replaced():
    killed = []

    def batches():
        yield ORDINARY[:3]
        for child in multiprocessing.active_children():  # idle: there is no more work yet
            killed.append(child.pid)
            child.kill()
            child.join()
        yield ORDINARY[3:5]

    found = list(processes(batches(), works.responses, workers=1))
    assert found == [[one.response for one in ORDINARY[:3]], [one.response for one in ORDINARY[3:5]]]
    assert len(killed) == 1


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("constraint", [NO_COMMA, {"kind": "trap:loops"}], ids=["busy", "stuck"])
def test_closing_early_leaves_no_process(constraint: dict):
    endless = (rollout(n, constraint, response="Tea!!!" if n < 64 else BOMB) for n in itertools.count())
    found = hir.verify(endless, workers=2, timeout=60)
    assert next(found).ila
    pids = [child.pid for child in multiprocessing.active_children()]
    assert len(pids) == 2
    found.close()
    assert not any(map(alive, pids))


def test_input_is_read_no_further_ahead_than_needed():
    read = 0

    def endless():
        nonlocal read
        for number in itertools.count():
            read += 1
            yield rollout(number)

    found = hir.verify(endless(), workers=2)
    assert read == 0
    assert [one.rollout.instruction.id for one in itertools.islice(found, 200)] == list(range(200))
    assert read <= 200 + executors.BATCH * 2 * (executors._READ_AHEAD + 1)
    found.close()


# Where it runs


def test_inside_a_running_loop(expected: list[hir.Verification]):
    async def verify() -> list[hir.Verification]:
        assert asyncio.get_running_loop()
        return list(hir.verify(ORDINARY, workers=2))

    assert asyncio.run(verify()) == expected


def test_from_several_threads_at_once(expected: list[hir.Verification]):
    hostile = batch_with({7: [trap("loops")], 90: [trap("exits")]}, BOMB)

    def verify(number: int) -> list[hir.Verification]:
        # Four runs at once: a busy machine may take its time to notice that a worker has ended.
        return list(hir.verify(hostile if number % 2 else ORDINARY, workers=1, timeout=4 * TIMEOUT))

    with ThreadPoolExecutor(4) as pool:
        first, second, third, fourth = pool.map(verify, range(4))
    assert first == third == expected
    assert second == fourth
    assert [second[number].results[1].strict.status for number in (7, 90)] == ["timeout", "error"]

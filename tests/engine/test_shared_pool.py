"""Worker processes that many callers share: what each is answered, whatever becomes of the others."""

import asyncio
import functools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import works
from files import HOSTILE, NO_COMMA, own_kinds, rollout
from programs import run_program, wait_until

import hir_data as hir
from hir_data.engine.checks import Judged
from hir_data.engine.pool import Failed
from hir_data.engine.shared_pool import SharedPool
from hir_data.engine.workers import verify_batch
from hir_data.errors import RecordError, WorkerError
from hir_data.schemas import registry

STRICT = functools.partial(verify_batch, loose=False)
BOMB = "a bomb"


@pytest.fixture(scope="module", autouse=True)
def hostile_kinds() -> Iterator[None]:
    with own_kinds():
        registry.load_plugin(HOSTILE)
        yield


@pytest.fixture(scope="module")
def pool(hostile_kinds: None) -> Iterator[SharedPool]:
    one = SharedPool(2, timeout=1.0)
    yield one
    one.close()


def judged(number: int, kind: str | None = None, response: str | None = None) -> Judged:
    constraint = {"kind": f"trap:{kind}"} if kind else NO_COMMA
    return Judged(rollout(number, constraint, **({"response": response} if response else {})), {})


ITEMS = [judged(number) for number in range(100)]


def test_answers_come_in_the_order_of_the_items(pool: SharedPool):
    expected = [hir.verify_one(each.rollout, loose=False) for each in ITEMS]
    assert pool.submit(STRICT, ITEMS).result(60) == expected
    assert pool.submit(STRICT, []).result(60) == []


def test_callers_in_threads_and_loops_at_once(pool: SharedPool):
    expected = [hir.verify_one(each.rollout, loose=False) for each in ITEMS]

    async def many() -> list[list[hir.Verification]]:
        return await asyncio.gather(*(asyncio.wrap_future(pool.submit(STRICT, ITEMS)) for _ in range(4)))

    with ThreadPoolExecutor(4) as threads:
        found = [
            *threads.map(lambda _: pool.submit(STRICT, ITEMS).result(60), range(4)),
            *asyncio.run(many()),
        ]
    assert all(each == expected for each in found)
    assert pool.items == 0


@pytest.mark.parametrize(
    ("kind", "status"), [("loops", "timeout"), ("exits", "error"), ("dies", "error"), ("raises", "error")]
)
def test_a_hostile_check_costs_nobody_else_anything(pool: SharedPool, kind: str, status: str):
    items = [*ITEMS[:20], judged(20, kind, BOMB), *ITEMS[21:]]
    other = pool.submit(STRICT, ITEMS)
    found = pool.submit(STRICT, items).result(60)
    strict = found[20].results[0].strict
    assert (strict.satisfied, strict.status) == (None, status)
    expected = [hir.verify_one(each.rollout, loose=False) for each in ITEMS]
    assert other.result(60) == expected
    assert [*found[:20], *found[21:]] == [*expected[:20], *expected[21:]]


def test_what_the_work_raises_fails_the_items_and_not_the_pool(pool: SharedPool):
    found = pool.submit(works.complains, ITEMS[:5]).result(60)
    assert all(isinstance(one, Failed) and isinstance(one.error, RecordError) for one in found)
    found = pool.submit(works.exits, ITEMS[:1]).result(60)
    assert "before they check anything" in str(found[0].error)
    assert len(pool.submit(STRICT, ITEMS).result(60)) == 100


def test_an_item_that_cannot_be_sent_takes_no_other_with_it(pool: SharedPool):
    class Local(hir.Constraint):
        def check(self, text: hir.Text) -> bool:
            return True

    Local.kind = "local"
    items = [*ITEMS[:7], Judged(rollout(7, Local()), {}), *ITEMS[8:20]]
    found = pool.submit(STRICT, items).result(60)
    assert [number for number, one in enumerate(found) if isinstance(one, Failed)] == [7]
    assert "importable" in str(found[7].error)


def test_a_limit_ends_what_takes_longer_and_keeps_what_is_there(pool: SharedPool):
    items = [*ITEMS[:30], *(judged(number, "loops", BOMB) for number in range(30, 60))]
    found = pool.submit(STRICT, items, limit=2.5).result(60)
    late = [number for number, one in enumerate(found) if isinstance(one, Failed)]
    assert late
    assert min(late) >= 28  # a part of what is fine may share a batch with what is not
    assert all("no answer within 2.5 s" in str(found[number].error) for number in late)
    assert len(pool.submit(STRICT, ITEMS).result(60)) == 100


def test_what_is_cancelled_is_given_up(pool: SharedPool):
    stuck = pool.submit(STRICT, [judged(number, "loops", BOMB) for number in range(64)])
    assert stuck.cancel()
    assert len(pool.submit(STRICT, ITEMS).result(60)) == 100
    wait_until(lambda: pool.items == 0)


def test_a_plugin_that_is_loaded_later_is_known(pool: SharedPool, tmp_path: Path):
    pool.submit(STRICT, ITEMS).result(60)
    plugin = tmp_path / "late_kind.py"
    plugin.write_text(
        "import hir_data as hir\n"
        "@hir.register('late:kind')\n"
        "class Late(hir.Constraint):\n"
        "    phrasings = ('Be late.',)\n"
        "    def check(self, text):\n"
        "        return True\n"
    )
    registry.load_plugin(str(plugin))
    (found,) = pool.submit(STRICT, [Judged(rollout(1, {"kind": "late:kind"}), {})]).result(60)
    assert found.ila


def test_what_is_closed_fails_and_leaves_no_process():
    pool = SharedPool(1, timeout=60)
    pool.warm()
    pids = [worker.process.pid for worker in pool._pool.idle]
    stuck = pool.submit(STRICT, [judged(1, "loops", BOMB)])
    wait_until(lambda: pool.busy == 1)
    pool.close()
    assert isinstance(stuck.result(1)[0].error, WorkerError)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(WorkerError, match="closed"):
        pool.submit(STRICT, ITEMS)


UNGUARDED = """
import asyncio, os, sys
import hir_data as hir
print("main", flush=True)
constraints = [{"kind": "punctuation:no_comma"}]
texts = ["a, b", "a b"] * 40
print(hir.ConstraintReward(workers=2)(texts, constraints=[constraints] * 80) == [0.0, 1.0] * 40)
reward = hir.AsyncConstraintReward()
async def main():
    return await asyncio.gather(*(reward(texts, constraints=[constraints] * 80) for _ in range(3)))
print(asyncio.run(main()) == [[0.0, 1.0] * 40] * 3)
score = hir.compute_score_async("x", "a, b", constraints)
print(asyncio.run(score)["score"])
"""


def test_a_script_without_a_guard_is_run_once(tmp_path: Path):
    script = tmp_path / "train.py"
    script.write_text(UNGUARDED)
    run = run_program([sys.executable, script])
    assert (run.stdout, run.stderr) == ("main\nTrue\nTrue\n0.0\n", "")
    assert run.returncode == 0


KIND_IN_MAIN = """
import hir_data as hir

@hir.register("mine:short")
class Short(hir.Constraint):
    phrasings = ("Be short.",)
    def check(self, text):
        return len(text.raw) < 5

rows = [[{"kind": "mine:short"}], [{"kind": "not", "constraint": {"kind": "mine:short"}}]]
print(hir.ConstraintReward(workers=1)(["abc", "abc"], constraints=rows))
"""


def test_kinds_of_a_script_are_checked_in_it(tmp_path: Path):
    script = tmp_path / "train.py"
    script.write_text(KIND_IN_MAIN)
    run = run_program([sys.executable, script])
    assert run.stdout == "[1.0, 0.0]\n"
    assert "without a time limit" in run.stderr


KILLED = """
import os, signal, threading
import hir_data as hir
from hir_data.engine.shared_pool import shared_pool
hir.load_plugin(os.environ["HOSTILE"])
def stuck():
    hir.ConstraintReward(workers=1, timeout=300)(["a bomb"], constraints=[[{"kind": "trap:loops"}]])
threading.Thread(target=stuck, daemon=True).start()
pool = shared_pool(1, 300.0)
while not pool.busy:
    pass
print(*(worker.process.pid for worker in pool._pool.busy), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the system has no such signal")
def test_workers_end_with_a_process_that_is_killed(tmp_path: Path):
    script = tmp_path / "train.py"
    script.write_text(KILLED)
    run = run_program([sys.executable, script], env={**os.environ, "HOSTILE": str(HOSTILE)})
    assert run.returncode == -signal.SIGKILL
    (pid,) = map(int, run.stdout.split())
    assert not Path(f"/proc/{pid}").exists() or threading.Event().wait(5) or not Path(f"/proc/{pid}").exists()

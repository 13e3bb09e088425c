"""The program where there is no terminal with all there is: one line with the cause, and the right code."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from files import native, read, write
from programs import running, wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="environments of POSIX")

LONG = "x" * 120


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write(tmp_path / "in.jsonl", [native(number) for number in range(70)])
    (tmp_path / LONG).mkdir()
    return tmp_path


def shell(words: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a line of the shell in a folder; ``VERIFY`` is the program with its command and input."""
    verify = f"{sys.executable} -m hir_data verify in.jsonl"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "80"} | environment
    line = ["bash", "-c", words.replace("VERIFY", verify)]
    with running(line, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        stdout, stderr = process.communicate()
    return subprocess.CompletedProcess(line, process.returncode, stdout, stderr)


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        ("VERIFY -o out.jsonl --workers 1 <&- >&- 2>&-", {}),
        ("VERIFY -o out.jsonl --workers 0 >&-", {}),
        ("VERIFY -o out.jsonl --workers 0 2>&-", {}),
        ("VERIFY -o out.jsonl --workers 0 <&-", {}),
        ("ulimit -n 32; VERIFY -o out.jsonl --workers 1 -q", {}),
        ("VERIFY -o out.jsonl --workers 1 -q", {"TMPDIR": LONG}),
        ("VERIFY -o out.jsonl --workers 0 -q", {"TMPDIR": "/nonexistent"}),
        ("VERIFY -o out.jsonl --workers 0 -q", {"HOME": ""}),
        ("VERIFY -o out.jsonl --workers 0", {"COLUMNS": "0", "TERM": "nothing"}),
        ("VERIFY -o out.jsonl --workers 0", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("VERIFY -o out.jsonl --workers 0", {"PYTHONIOENCODING": "ascii"}),
        ("VERIFY -o out.jsonl --workers 0 -q", {"PYTHONOPTIMIZE": "2"}),
        ("VERIFY -o out.jsonl --workers 0 -q", {"PYTHONWARNINGS": "error"}),
        ("cp in.jsonl $'\\xff.jsonl'; VERIFY -o $'out.jsonl' --workers 0 -r $'\\xff.jsonl'", {}),
    ],
)
def test_what_does_not_matter(words: str, environment: dict[str, str], source: Path):
    done = shell(words, source, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(read(source / "out.jsonl")) == 70
    left = {path.name for path in source.iterdir()} - {"\udcff.jsonl"}
    assert left == {"in.jsonl", "out.jsonl", LONG}


def test_a_name_that_is_no_utf_8(source: Path):
    (source / "in.jsonl").rename(source / "\udcff.jsonl")
    with (source / "\udcff.jsonl").open("ab") as file:
        file.write(b"no JSON\n")
    line = f"{sys.executable} -m hir_data verify $'\\xff.jsonl' -o $'\\xfe.jsonl' --workers 0"
    done = shell(line, source)
    assert done.returncode == 1
    assert b"\\udcff.jsonl:71: malformed JSON" in done.stderr
    assert len(read(source / "\udcfe.jsonl")) == 70
    assert read(source / "\udcfe.rejected.jsonl")[0]["source"] == "\\udcff.jsonl"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("VERIFY -o - -q >&-", "stdout: cannot be written: it is closed"),
        ("VERIFY -r - -q <&-", "stdin: cannot be read: it is closed"),
        ("VERIFY -r - -q </dev/null", "stdin: there are no records in it"),
        ("ulimit -n 10; VERIFY --workers 1 -q", "a worker cannot be started: too many open files"),
        (
            "ulimit -n 5; VERIFY -o out.jsonl --workers 0 -q",
            "out.jsonl: cannot be written: too many open files",
        ),
        ("VERIFY -o /proc/out.jsonl -q --workers 0", "/proc/out.jsonl: cannot be written: "),
        ("mkdir gone; cd gone; rmdir ../gone; VERIFY -q --workers 0", "in.jsonl: there is no such file"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(words: str, said: str, source: Path):
    done = shell(words, source)
    assert done.returncode == 2
    stderr = done.stderr.decode()
    assert stderr.startswith(f"hir-data: error: {said}"), stderr
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize("after", [0.15, 0.3, 0.6])
@pytest.mark.parametrize(
    ("sent", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_at_any_moment(after: float, sent: int, code: int, word: str, source: Path):
    """From the first moment on at which the program is its own; before, Python says what it says."""
    write(source / "in.jsonl", [native(number) for number in range(70)] * 500)
    line = [sys.executable, "-X", "importtime", "-m", "hir_data", "verify", "in.jsonl", "--workers", "1"]
    with (
        (source / "said").open("wb") as stderr,  # a pipe would be full soon, and the program would wait
        running(line, cwd=source, stdout=subprocess.DEVNULL, stderr=stderr) as process,
    ):
        begun(source / "said")
        time.sleep(after)
        os.killpg(process.pid, sent)
        assert process.wait() == code
    assert complaints(source / "said") == [f"hir-data: {word}"]


SWALLOWED = {  # what a kind does while a signal comes in, and how that swallows what the signal raises
    "in __del__": """
        held = Held()
        del held
""",
    "by an except": """
        try:
            Held().__del__()
        except BaseException:
            pass
""",
}


@pytest.mark.parametrize("how", SWALLOWED)
@pytest.mark.parametrize(
    ("sent", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_that_is_swallowed_comes_in_once_more(
    sent: int, code: int, word: str, how: str, source: Path
):
    (source / "interrupting.py").write_text(
        "import os, time\n"
        "import hir_data as hir\n"
        "class Held:\n"
        "    held = True\n"
        "    def __del__(self):\n"
        "        if self.held:\n"
        "            self.held = False\n"
        f"            os.kill(os.getpid(), {int(sent)})\n"
        "            time.sleep(5)\n"
        "@hir.register('my:interrupting')\n"
        "class Interrupting(hir.Constraint):\n"
        "    def describe(self): return 'Wait.'\n"
        "    def check(self, text):" + SWALLOWED[how] + "        time.sleep(30)\n"
    )
    write(source / "in.jsonl", [native(1) | {"constraints": [{"kind": "my:interrupting"}]}])
    ended = shell("VERIFY -q --workers 0 --plugin interrupting.py", source)
    assert (ended.returncode, ended.stderr.decode()) == (code, f"hir-data: {word}\n")


def test_a_signal_while_a_record_is_serialised_does_not_reject_it(source: Path):
    """Pydantic makes an error of its own of whatever comes out of a serializer."""
    (source / "interrupting.py").write_text(
        "import os, signal, time\n"
        "from pydantic import field_serializer\n"
        "import hir_data as hir\n"
        "@hir.register('my:interrupting')\n"
        "class Interrupting(hir.Constraint):\n"
        "    words: str\n"
        "    @field_serializer('words')\n"
        "    def interrupted(self, words):\n"
        "        if 'come' in words and not os.path.exists('sent'):\n"
        "            open('sent', 'w').close()\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "            time.sleep(0.1)\n"
        "        return words\n"
        "    def describe(self): return 'Wait.'\n"
        "    def check(self, text): return True\n"
    )
    constraints = [{"kind": "my:interrupting", "words": "come in"}]
    write(source / "in.jsonl", [native(number) | {"constraints": constraints} for number in range(20_000)])
    ended = shell("VERIFY -o out.jsonl --workers 0 -q --plugin interrupting.py", source)
    assert (ended.returncode, ended.stderr.decode().split(";")[0]) == (130, "hir-data: interrupted")
    assert not (source / "out.rejected.jsonl").exists()


def begun(said: Path) -> None:
    """Wait until a program that says what it imports hears signals, right after this module is there."""
    wait_until(lambda: b"hir_data.cli.process" in said.read_bytes())


def complaints(said: Path) -> list[str]:
    """What such a program has said besides."""
    return [line for line in said.read_text().splitlines() if "import time:" not in line]


@pytest.mark.parametrize("temporary", ["short", LONG])
def test_what_workers_are_forked_from_does_not_hear_ctrl_c_from_its_first_moment_on(
    temporary: str, tmp_path: Path
):
    (tmp_path / temporary).mkdir()
    (tmp_path / "script.py").write_text(
        "import signal\n"
        "from multiprocessing import util\n"
        "import hir_data as hir\n"
        "start = util.spawnv_passfds\n"
        "def starts(path, line, files):\n"
        "    held_back = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())\n"
        "    print(held_back, flush=True)\n"
        "    return start(path, line, files)\n"
        "if __name__ == '__main__':\n"
        "    util.spawnv_passfds = starts\n"
        "    instruction = hir.Instruction(prompt='', constraints=[{'kind': 'word_count', 'max': 3}])\n"
        "    list(hir.verify([hir.Rollout(instruction=instruction, response='x')], workers=1))\n"
        "    print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))\n"
    )
    done = shell(f"{sys.executable} script.py", tmp_path, TMPDIR=str(tmp_path / temporary))
    assert done.stderr == b""
    assert done.stdout.split() == [b"True", b"True", b"set()"]  # multiprocessing's tracker, and what we start


def test_workers_in_a_daemonic_process_are_refused_in_words(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing\n"
        "import hir_data as hir\n"
        "def inner():\n"
        "    instruction = hir.Instruction(prompt='', constraints=[{'kind': 'word_count', 'max': 3}])\n"
        "    try:\n"
        "        list(hir.verify([hir.Rollout(instruction=instruction, response='x')], workers=1))\n"
        "    except hir.WorkerError as error:\n"
        "        print(error, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    process = multiprocessing.get_context('spawn').Process(target=inner, daemon=True)\n"
        "    process.start()\n"
        "    process.join()\n"
    )
    done = shell(f"{sys.executable} {script}", tmp_path)
    assert done.stdout.decode().startswith("a worker cannot be started: daemonic processes are not allowed")


def test_without_shared_memory(tmp_path: Path):
    """Where there is no /dev/shm, what is shared is in the folder of temporary files."""
    write(tmp_path / "in.jsonl", [native(number) for number in range(70)])
    patch = "import multiprocessing.heap as heap\nheap.Arena._dir_candidates = []\n"
    (tmp_path / "sitecustomize.py").write_text(patch)
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = shell("VERIFY -o out.jsonl --workers 1 -q", tmp_path, PYTHONPATH=path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(read(tmp_path / "out.jsonl")) == 70

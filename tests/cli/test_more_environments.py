"""Every command where there is no terminal with all there is: nothing changes, or one line says the cause."""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from files import NO_COMMA, native, write
from programs import run_program, running
from test_environments import begun, complaints

pytestmark = pytest.mark.skipif(os.name != "posix", reason="environments of POSIX")

LONG = "x" * 120
COMMANDS = {
    "verify": "HIR verify in.jsonl -o out.jsonl --workers 1 -q",
    "replay": "HIR replay in.jsonl -o out --workers 1 -q --min-bits 0",
    "convert": "HIR convert in.jsonl --to native -o out.jsonl -q",
    "compose": "HIR compose questions.txt --n 5 -o out.jsonl -q",
    "export": "HIR export data --to trl-kto -o out.jsonl -q",
    "lint": "HIR lint in.jsonl -o out.jsonl",
    "lint against a set": "HIR lint in.jsonl --against in.jsonl -o out.jsonl",
    "figures": "HIR verify in.jsonl -o out.jsonl --workers 0 -q --pass-rates out.rates.jsonl "
    "--baseline verified.jsonl --summary out.md --format-summary md",
    "report": "HIR report verified.jsonl -o out.html",
    "view": "HIR view verified.jsonl --plain",
    "init": "HIR init lm-eval out",
    "check": """HIR check 'One, two.' -c '{"kind": "punctuation:no_comma"}'""",
    "kinds": "HIR kinds punctuation:no_comma",
    "doctor": "HIR doctor",
}
ENVIRONMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "closed streams": ("COMMAND <&- >&- 2>&-", {}),
    "nobody reads": ("COMMAND </dev/null >/dev/null 2>&1", {}),
    "an ASCII locale": ("COMMAND", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "few open files": ("ulimit -n 32; COMMAND", {}),
    "no home": ("unset HOME XDG_CACHE_HOME; COMMAND", {}),
    "a home that cannot be written": ("COMMAND", {"HOME": "/proc", "XDG_CACHE_HOME": "/proc"}),
    "a long folder of temporary files": ("COMMAND", {"TMPDIR": LONG}),
    "no terminal of a size": ("COMMAND | cat; exit ${PIPESTATUS[0]}", {"TERM": "dumb", "COLUMNS": "1"}),
    "no group of a terminal": ("COMMAND & wait $!", {"TERM": ""}),
    "no shared memory": ("PYTHONPATH=$PWD/patch:$PYTHONPATH COMMAND", {}),
}
NO_SHARED_MEMORY = """
import _multiprocessing, multiprocessing.heap as heap
def no_semaphore(*given):
    raise OSError(2, "No such file or directory")
heap.Arena._dir_candidates = []
_multiprocessing.SemLock = no_semaphore
"""
"""A ``sitecustomize.py`` by which a process is as where there is no /dev/shm."""


def shell(line: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    line = line.replace("HIR", f"{sys.executable} -m hir_data")
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "80"} | environment
    return run_program(["bash", "-c", line], cwd=folder, env=env, limit=120)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands read."""
    folder = tmp_path_factory.mktemp("given")
    words = {"kind": "word_count", "max": 4}
    records = [
        native(
            number,
            "Tea is hot, and it is a drink of leaves." if number % 2 else "It is tea.",
            constraints=[NO_COMMA, words],
        )
        for number in range(8)
    ]
    write(folder / "in.jsonl", records)
    (folder / "questions.txt").write_text("Why is tea hot?\n\nWhat is a sea?\n")
    (folder / LONG).mkdir()
    (folder / "patch").mkdir()
    (folder / "patch" / "sitecustomize.py").write_text(NO_SHARED_MEMORY)
    for line in ("verify in.jsonl -o verified.jsonl", "replay in.jsonl -o data --min-bits 0"):
        assert shell(f"HIR {line} --workers 0 -q", folder).returncode == 0
    return folder


@pytest.fixture
def folder(given: Path, tmp_path: Path) -> Path:
    """A folder with what the commands read."""
    shell(f"cp -r {given}/. {tmp_path}", tmp_path)
    return tmp_path


def done(line: str, folder: Path, **environment: str) -> tuple[int, dict[str, bytes]]:
    """The exit code of a command and what it has left, which is removed."""
    before = contents(folder)
    code = shell(line, folder, **environment).returncode
    left = {name: content for name, content in contents(folder).items() if before.get(name) != content}
    for name in left:
        (folder / name).unlink()
    shell("rm -rf out", folder)
    return code, left


SMALL_DISK = "mount -t tmpfs -o size=16k none full"


def may_mount() -> bool:
    """Whether this user may mount a file system that nobody else sees."""
    line = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/tmp"]  # in there alone
    return shutil.which("unshare") is not None and run_program(line, limit=20).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_what_does_not_matter(command: str, folder: Path):
    line = COMMANDS[command]
    code, left = done(line, folder)
    assert code in (0, 1)
    assert bool(left) == (line.endswith(" out") or " -o out" in line)
    steady = {"report"}  # a page says when it was written
    for name, (words, environment) in ENVIRONMENTS.items():
        other, found = done(words.replace("COMMAND", line), folder, **environment)
        assert other == code or (other, name, left) == (2, "closed streams", {}), name
        assert found.keys() == left.keys(), name
        assert command in steady or found == left, name


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_a_server_where_there_is_no_terminal(name: str, folder: Path):
    """It serves, with the first line where it can be read, and ends with 0 on SIGTERM."""
    words, environment = ENVIRONMENTS[name]
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    serve = f"exec {sys.executable} -m hir_data serve --port {port} --workers 1"
    line = words.split("; exit")[0].replace("COMMAND & wait $!", "COMMAND").replace("COMMAND", serve)
    line = line.replace(" | cat", "")
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with running(["bash", "-c", line], cwd=folder, env=env, **pipes) as server:
        answered(port)
        server.terminate()
        said, complaints = server.communicate()
    assert (server.returncode, complaints) == (0, b"")
    assert said.startswith(b"serving on http://127.0.0.1:") or name in ("closed streams", "nobody reads")


def answered(port: int) -> None:
    """Ask a server that starts until it answers."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError("it does not serve")


@pytest.mark.slow
def test_a_second_server_at_the_same_port_is_refused(folder: Path):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = shell(f"HIR serve --port {port} --workers 1", folder)
    assert ended.returncode == 2
    said = f"hir-data: error: cannot listen at 127.0.0.1:{port}: address already in use\n"
    assert ended.stderr == said


@pytest.mark.slow
@pytest.mark.skipif(not may_mount(), reason="a file system of its own cannot be mounted")
@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("init", "out"),
        ("report", "out.html"),
        ("lint against a set", "out.jsonl"),
        ("figures", "out.md"),
    ],
)
def test_a_folder_that_may_only_be_read(command: str, named: str, folder: Path):
    (folder / "only").mkdir()
    copied = "cp in.jsonl verified.jsonl only; mount -o remount,ro only; cd only"
    line = f"mount -t tmpfs none only; {copied}; {COMMANDS[command]}"
    ended = shell(f"unshare -rm bash -c {shlex.quote(line)}", folder)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr == f"hir-data: error: {named}: cannot be written: read-only file system\n"


@pytest.mark.parametrize("before", [None, b"a page of before"])
@pytest.mark.parametrize("at", ["write_text", "replace"])
def test_a_report_that_is_killed_leaves_nothing_half_done(at: str, before: bytes | None, folder: Path):
    """While it writes the page, or before the page gets its name; what is left is gone after the next run."""
    page, patch = folder / "out.html", folder / "killing"
    if before is not None:
        page.write_bytes(before)
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(
        "import os, pathlib, signal\n"
        f"does = pathlib.Path.{at}\n"
        "def dies(self, *given, **named):\n"
        "    if not self.name.startswith('out.html'): return does(self, *given, **named)\n"
        f"    if {at == 'write_text'}: does(self, given[0][:1000], **named)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"pathlib.Path.{at} = dies\n"
    )
    path = os.pathsep.join([str(patch), *filter(None, sys.path)])
    ended = shell(COMMANDS["report"], folder, PYTHONPATH=path)
    assert ended.returncode in (
        137,
        -signal.SIGKILL,
    )  # as a shell says it that waits, or that became the command
    assert ended.stderr == ""
    assert (page.read_bytes() if page.exists() else None) == before
    assert len(list(folder.glob("out.html*"))) == (2 if before else 1)
    assert shell(COMMANDS["report"], folder).returncode == 0
    assert page.read_text().endswith("</html>\n")
    assert [each.name for each in folder.glob("out.html*")] == ["out.html"]


@pytest.mark.parametrize("line", ["verify in.jsonl --workers 0 -q", "lint in.jsonl"])
def test_a_folder_in_the_way_of_rejected_records_is_named(line: str, folder: Path):
    (folder / "out.rejected.jsonl").mkdir()
    before = contents(folder)
    ended = shell(f"HIR {line} -o out.jsonl", folder)
    assert ended.returncode == 2
    assert ended.stderr == "hir-data: error: out.rejected.jsonl: cannot be written: is a directory\n"
    assert contents(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("command", [name for name, line in COMMANDS.items() if " -o out" in line])
@pytest.mark.parametrize(
    ("before", "output", "cause"),
    [("ulimit -f 0; ", "out", "file too large"), ("", "/proc/out", "cannot be written")],
)
def test_what_cannot_be_written_is_said_in_one_line(
    before: str, output: str, cause: str, command: str, folder: Path
):
    ended = shell(before + COMMANDS[command].replace("-o out", f"-o {output}"), folder)
    assert ended.returncode == 2, ended.stderr
    (said,) = ended.stderr.splitlines()
    assert said.startswith("hir-data: error: "), said
    assert cause in said.lower()


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "HIR verify in.jsonl --workers 0 -o - -q",
        "HIR convert in.jsonl --to native -o - -q",
        "HIR compose questions.txt --n 5 -o - -q",
        "HIR lint in.jsonl",
        COMMANDS["check"],
        COMMANDS["kinds"],
        COMMANDS["doctor"],
    ],
)
def test_a_full_disk_behind_standard_output(line: str, folder: Path):
    ended = shell(f"{line} >/dev/full", folder)
    assert ended.returncode == 2, ended.stderr
    (said,) = ended.stderr.splitlines()
    assert said == "hir-data: error: stdout: cannot be written: no space left on device"


@pytest.mark.slow
@pytest.mark.skipif(not may_mount(), reason="a file system of its own cannot be mounted")
@pytest.mark.parametrize("command", ["verify", "replay", "convert", "compose", "export"])
def test_a_full_disk_is_gone_on_from(command: str, folder: Path):
    """A real one, of 16 KiB, which is then made larger."""
    for name in ("in.jsonl", "questions.txt"):
        (folder / name).write_text((folder / name).read_text() * 40)
    (folder / "full").mkdir()
    assert shell("HIR replay in.jsonl -o data --min-bits 0 --workers 0 -q", folder).returncode == 0
    line = COMMANDS[command].replace("--n 5", "--n 60")
    code = shell(line, folder).returncode
    assert code in (0, 1)
    name = line.split(" -o ")[1].split()[0]
    inside = line.replace(f" -o {name}", f" -o full/{name}")
    steps = f"{SMALL_DISK}; {inside}; echo $?; mount -o remount,size=64m full; {inside} --resume; echo $?"
    ended = shell(f"unshare -rm bash -c '{steps}; ls full >&2; cp -r full after'", folder)
    assert ended.stdout.split() == ["2", f"{code}"], ended
    said, *left = ended.stderr.splitlines()
    assert said.startswith("hir-data: error: ")
    assert "no space left on device" in said.lower()
    assert left == [name]
    here, there = folder / name, folder / "after" / name
    if here.is_dir():
        assert contents(there) == contents(here)
    else:
        assert there.read_bytes() == here.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(("command", "code"), [("verify", 2), ("replay", 2), ("convert", 0)])
def test_a_daemonic_parent(command: str, code: int, folder: Path):
    """It may have no processes of its own: said in one line where the command wants some."""
    words = COMMANDS[command].split()[1:]
    (folder / "script.py").write_text(
        "import multiprocessing, sys\n"
        "def inner():\n"
        "    from hir_data.cli.main import app\n"
        f"    app({words!r})\n"
        "if __name__ == '__main__':\n"
        "    process = multiprocessing.get_context('spawn').Process(target=inner, daemon=True)\n"
        "    process.start()\n"
        "    process.join()\n"
        "    sys.exit(process.exitcode)\n"
    )
    ended = shell(f"{sys.executable} script.py", folder)
    assert ended.returncode == code, ended.stderr
    said = "hir-data: error: a worker cannot be started: daemonic processes are not allowed"
    assert [each[: len(said)] for each in ended.stderr.splitlines()] == ([said] if code else [])


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "codes"), [(signal.SIGINT, (130, -2)), (signal.SIGTERM, (143, -15))])
def test_a_signal_before_the_program_hears_any(sent: int, codes: tuple[int, int], folder: Path):
    """Python dies of it while it starts, which a shell gives the same code; then the program has begun."""
    for after in (0.0, 0.01, 0.02, 0.03, 0.05, 0.08):
        with running(
            [sys.executable, "-m", "hir_data", "doctor"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            time.sleep(after)
            os.killpg(process.pid, sent)
            _, said = process.communicate()
        # Python ends with 1 and words of its own where Ctrl-C comes while it loads what it needs itself.
        python_says = sent == signal.SIGINT and said and b"hir_data" not in said
        assert process.returncode in codes or (process.returncode == 1 and python_says), said


DONE = "nothing is left to do\n"
"""What Python says in the next test once the program is done."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["replay", "convert", "lint", "figures", "report", "view", "init", "serve"]
)
@pytest.mark.parametrize(
    ("sent", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_ends_every_command(command: str, sent: int, code: int, word: str, folder: Path):
    """Soon after the first moment at which the program is its own, and later."""
    (folder / "sitecustomize.py").write_text(
        f"import atexit, sys\natexit.register(sys.stderr.write, {DONE!r})"
    )
    (folder / "in.jsonl").write_text((folder / "in.jsonl").read_text() * 3000)
    (folder / "verified.jsonl").write_text((folder / "verified.jsonl").read_text() * 3000)
    commands = COMMANDS | {"serve": "HIR serve --port 0 --workers 2"}
    line = commands[command].replace("HIR", f"exec {sys.executable} -X importtime -m hir_data")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, sys.path)])}
    for after in (0.05, 0.2, 0.7, 1.2):
        with (
            (folder / "said").open("wb") as stderr,
            running(
                ["bash", "-c", line], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=stderr
            ) as process,
        ):
            begun(folder / "said")
            time.sleep(after)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sent)
            process.wait()
        said = complaints(folder / "said")
        if said == [DONE.strip()]:  # Python takes itself apart then, and no longer hears signals
            assert process.returncode in (0, -sent)
        else:
            assert process.returncode == code, said
            assert [each.split(";")[0] for each in said if each != DONE.strip()] == [f"hir-data: {word}"]
            assert command != "init" or not contents(folder / "out")
        shell("rm -rf out", folder)


@pytest.mark.parametrize("option", ["--judge-cache", "--summary"])
def test_an_empty_name_is_no_folder(option: str, folder: Path):
    ended = shell(f"HIR verify in.jsonl -o out.jsonl --judge-model m {option} ''", folder)
    assert ended.returncode == 2
    assert ended.stderr == f"hir-data: error: {option}: has to be the name of a file or a folder\n"


def test_a_warning_is_a_line_of_ours(folder: Path):
    (folder / "cache").mkdir()
    (folder / "cache" / "answers.sqlite").write_bytes(b"no data base" * 100)
    judge = "--judge-model m --judge-url http://127.0.0.1:9/v1 --judge-cache cache"
    ended = shell(f"HIR verify in.jsonl -o out.jsonl --workers 0 -q {judge}", folder)
    assert ended.returncode == 0
    (said,) = ended.stderr.splitlines()
    assert said.startswith("hir-data: warning: cache/answers.sqlite: the judge's cache cannot be read (")

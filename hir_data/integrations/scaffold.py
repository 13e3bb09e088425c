"""Ready folders for the tools that call us: files of the package with the names and prompts of the user."""

import contextlib
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from hir_data.errors import OutputError
from hir_data.formats.atomic import Lock, replacing, writing
from hir_data.integrations.prompts import TaskPrompt

TOOLS: Mapping[str, str] = {
    "verifiers": "vf-eval {package} -m MODEL -n 2 --client.base-url http://localhost:8000/v1 "
    "--env.agent.harness.id null --env.agent.runtime.type subprocess --no-push "
    "(after: pip install -e {folder})",
    "lm-eval": "lm-eval run --model MODEL --tasks {name} --include_path {folder}",
    "inspect": "inspect eval {folder}/task.py --model MODEL",
    "pydantic-evals": "python {folder}/evaluate.py",
    "promptfoo": "npx promptfoo eval -c {folder}/promptfooconfig.yaml",
    "nemo-gym": "hir-data serve, or NeMo Gym's own: see {folder}/README.md",
}
"""The tools, and the command that runs the folder of each: what :func:`run_command` fills in."""

EXAMPLES: Sequence[TaskPrompt] = (
    TaskPrompt(
        "example-1",
        [
            {
                "role": "user",
                "content": "Describe the sea. Use no commas. Use at least 20 words and at most 60.",
            }
        ],
        [{"kind": "punctuation:no_comma"}, {"kind": "word_count", "min": 20, "max": 60}],
    ),
    TaskPrompt(
        "example-2",
        [{"role": "user", "content": 'Name three rivers as a list of bullet points. End with "Done."'}],
        [{"kind": "ends_with", "text": "Done."}, {"kind": "word_count", "max": 60}],
    ),
)
"""The prompts of a folder for which the user names none."""

_ENDING = ".template"


def module_name(folder: Path) -> str:
    """The name of a task that is called after its folder, such as tools and Python take it."""
    words = re.sub(r"\W+", "_", folder.resolve().name.lower(), flags=re.ASCII).strip("_")
    return words if words.isidentifier() else f"task_{words}".rstrip("_")


def package_name(folder: Path) -> str:
    """The name of the package that is written for a task: that of its module with hyphens."""
    return module_name(folder).replace("_", "-")


def run_command(tool: str, folder: Path) -> str:
    """The command that runs a folder which :func:`write_folder` wrote for one of :data:`TOOLS`."""
    return TOOLS[tool].format(
        name=module_name(folder), package=package_name(folder), folder=folder.as_posix()
    )


def write_folder(tool: str, folder: Path, prompts: Sequence[TaskPrompt] = EXAMPLES) -> list[Path]:
    """Write the folder of a tool; the files that were written.

    Args:
        tool: one of :data:`TOOLS`.
        folder: where; it is made where it is missing.
        prompts: what ``prompts.jsonl`` in it has.

    Each file is whole or not there. After an error none of them is, and where a run was killed the next one
    writes those that are missing.

    Raises:
        OutputError: a file is there already, or cannot be written, or another process is writing the folder.
            Nothing is written over.
    """
    name = module_name(folder)
    camel = "".join(word.capitalize() for word in name.split("_"))
    words = {
        "@NAME@": name,
        "@FOLDER@": folder.as_posix(),
        "@DASHED@": package_name(folder),
        "@CLASS@": f"{camel}Taskset",
    }
    root = importlib.resources.files("hir_data.integrations").joinpath("templates", tool)
    texts = {folder / path.replace("NAME", name): _filled(text, words) for path, text in _templates(root)}
    lines = (json.dumps(each.record(), ensure_ascii=False) + "\n" for each in prompts)
    data = folder / name / "prompts.jsonl" if tool == "verifiers" else folder / "prompts.jsonl"
    texts[data] = "".join(lines)
    with _held(folder):
        _write_missing(texts)
    return list(texts)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep a folder to this process: two that write it would take each other's files for their own."""
    with writing(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(folder / "hir-data.lock", folder)
        lock.acquire()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.remove()
        lock.release()


def _write_missing(texts: Mapping[Path, str]) -> None:
    """Write the files that are missing, by their paths; those that are there have to be ours."""
    there = sorted(path for path in texts if path.exists() or path.is_symlink())
    foreign = [path for path in there if not _has(path, texts[path])]
    if foreign or len(there) == len(texts):
        raise OutputError(f"{(foreign or there)[0]}: is there already; nothing was written")
    written: list[Path] = []
    try:
        for path, text in texts.items():
            if path in there:  # a run that was killed has left it, whole
                continue
            with writing(str(path)):
                path.parent.mkdir(parents=True, exist_ok=True)
                with replacing(path) as temporary:
                    temporary.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _has(path: Path, text: str) -> bool:
    """Whether a file has this text and no other."""
    try:
        return not path.is_symlink() and path.read_bytes() == text.encode()
    except OSError:
        return False


def _templates(root: Traversable, below: str = "") -> list[tuple[str, str]]:
    """The templates of a tool: the path of each, and its text."""
    found: list[tuple[str, str]] = []
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _templates(entry, f"{below}{entry.name}/")
        elif entry.name.endswith(_ENDING):
            found.append((below + entry.name.removesuffix(_ENDING), entry.read_text(encoding="utf-8")))
    return found


def _filled(text: str, words: Mapping[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text

"""What all commands have in common that read and write files."""

import contextlib
import functools
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, cli_errors, reader_may_leave, warn, write_summary
from hir_data.cli.process import CLOSED
from hir_data.cli.rejections import Rejections, were_rejected

if TYPE_CHECKING:
    from hir_data.cli.settings import QuietConfig

STREAM = "-"
"""The name of standard input and standard output."""


@dataclass(frozen=True, slots=True)
class FileCommand:
    """A command that reads and writes files, while it runs.

    Attributes:
        output: what it writes to: a file, a folder, ``-`` or nothing.
        run: the options of its run.
        stdout: standard output, which belongs to the records where ``output`` is ``-``.
        rejections: shows which records are rejected.
    """

    output: str | None
    run: "QuietConfig"
    stdout: BinaryIO
    rejections: Rejections

    def report(
        self,
        figures: dict[str, Any],
        show: Callable[[dict[str, Any]], None],
        write: Callable[[dict[str, Any], Path], None] = write_summary,
    ) -> None:
        """Print the figures, unless that is not wanted, and write them and the page to their files.

        Args:
            figures: what the run adds up to.
            show: prints them.
            write: writes them to the file of ``--summary``.
        """
        if not self.run.quiet:
            with reader_may_leave():
                show(figures)
        if summary := _summary(self.run):
            write(figures, summary)
        if (page := _page(self.run)) and figures.get("verified") == 0:
            warn(f"{page}: is not written, as nothing was verified")
        elif page:
            from hir_data.runs.report import write_report

            write_report([str(self.output)], page)

    def end(self, rejected: int, read: int | None = None, code: int = 0) -> None:
        """Say how many records were rejected, and where they are.

        Args:
            rejected: how many.
            read: of how many.
            code: the exit code of a run that failed in another way.

        Raises:
            typer.Exit: there are more than the options allow, or there is such a code.
        """
        self.rejections.flush()
        if rejected:
            warn(f"{were_rejected(rejected, read)}{self._rejected_are()}")
        if code:
            raise typer.Exit(code)
        if rejected > getattr(self.run, "max_rejected", 0):
            raise typer.Exit(PARTIAL)

    def _rejected_are(self) -> str:
        from hir_data.runs.sinks import rejected_path

        return f" (see {rejected_path(Path(self.output))})" if self.output not in (None, STREAM) else ""


@contextlib.contextmanager
def file_command(
    *inputs: str | None,
    output: str | None,
    run: "QuietConfig",
    plugins: Iterable[str] = (),
    beside: Path | None = None,
    named: Collection[str] = (),
) -> Iterator[FileCommand]:
    """Check the files of a command, load its plugins and turn its errors into an exit code.

    While the command writes its records to standard output, everything else that it prints goes to stderr.

    Args:
        inputs: what it reads.
        output: what it writes.
        run: the options of its run.
        plugins: the user's own kinds.
        beside: a file that is read besides.
        named: what the options name the fields of.
    """
    can_resume = hasattr(run, "resume") and output not in (None, STREAM)
    with cli_errors(lambda: _kept(str(output)) if can_resume else ""):
        _check_files((*inputs, None if beside is None else str(beside)), output, run)
        if getattr(run, "resume", False):
            _note_that_it_is_whole(Path(str(output)))
        options.load(plugins)
        stdout = sys.stdout.buffer
        redirected = contextlib.redirect_stdout(sys.stderr) if output == STREAM else contextlib.nullcontext()
        with redirected:
            is_joined = sum(each is not None for each in inputs) > 1
            rejections = Rejections(run.quiet, is_joined=is_joined, named=named)
            try:
                yield FileCommand(output, run, stdout, rejections)
            finally:
                rejections.flush()


def _note_that_it_is_whole(output: Path) -> None:
    """Say of an output to which nothing is missing that it is made once more, which may take hours."""
    from hir_data.runs.resumable import journal_of

    if output.is_file() and not journal_of(output).exists():
        warn(f"--resume finds no interrupted run: {output} is whole, and is made once more and then replaced")


def _kept(output: str) -> str:
    """What there is to go on with after an interruption, for the end of a line."""
    from hir_data.runs.resumable import journal_of

    if journal_of(Path(output)).exists() or Path(output).is_dir():
        return "; what is done is kept, --resume goes on from there"
    return "; nothing was done yet"


def input_files(sources: Iterable[str], output: str | Path) -> list[str]:
    """The files and folders of names and patterns, in their order.

    A pattern does not stand for what the run writes: the output of an earlier run, what was rejected, and
    what an interrupted one has left beside them.

    Args:
        sources: names and patterns.
        output: what is written.

    Raises:
        RecordError: a pattern matches nothing, or a file or folder comes twice.
    """
    from hir_data.formats.globs import expanded

    return expanded(sources, own_files(output))


def own_files(output: str | Path) -> Callable[[Path], bool]:
    """Tells whether a file or folder is one that a run with this output writes."""
    return functools.partial(_is_written, output=Path(output))


def _is_written(path: Path, output: Path) -> bool:
    """Whether a file or folder is an output, or one of those that a run has beside it."""
    from hir_data.formats.atomic import link_target
    from hir_data.runs.sinks import rejected_path

    for written in (output, link_target(output)):
        own = (written.name, f"{written.name}.lock", rejected_path(written).name)
        is_own = path.name in own or path.name.startswith(f"{written.name}.partial")
        if is_own and path.absolute().parent.resolve() == written.absolute().parent.resolve():
            return True
    return False


def total_of(source: str | Sequence[str], limit: int | None) -> Callable[[], int | None]:
    """About how many records of files are read, once somebody wants to know; None where nobody knows."""
    sources = [source] if isinstance(source, str) else source

    def total() -> int | None:
        from hir_data.formats.files import count_rows

        counts = [count_rows(each) for each in sources]
        total = None if None in counts else sum(filter(None, counts))
        return min(filter(None, (total, limit)), default=None)

    return total


def _check_files(inputs: Iterable[str | None], output: str | None, run: "QuietConfig") -> None:
    from hir_data.errors import OutputError, RecordError

    inputs = tuple(inputs)
    if output == STREAM and "stdout" in CLOSED:
        raise OutputError("stdout: cannot be written: it is closed")
    if STREAM in inputs and "stdin" in CLOSED:
        raise RecordError("cannot be read: it is closed", "stdin")
    if getattr(run, "resume", False) and (output in (None, STREAM) or STREAM in inputs):
        raise OutputError("--resume needs input from files and an output file (-o FILE)")
    if inputs.count(STREAM) > 1:
        raise RecordError("prompts and responses cannot both come from there", "stdin")
    page, summary = _page(run), _summary(run)
    if page and output in (None, STREAM):
        raise OutputError("--report needs an output file (-o FILE)")
    rates: Path | None = getattr(run, "pass_rates", None)
    if rates:
        from hir_data.runs.pass_rates import check_pass_rates_path

        check_pass_rates_path(rates)
        if output in (None, STREAM):
            raise OutputError("--pass-rates needs an output file (-o FILE)")
        for option, other in (("--summary", summary), ("--report", page)):
            if other and other.absolute() == rates.absolute():
                raise OutputError(f"{rates}: cannot be written: {option} writes it")
    written: list[str | Path] = [path for path in (output, summary, page, rates) if path]
    for path in written:
        if any(_same_file(path, source) for source in inputs):
            raise OutputError(f"{path}: cannot be written: it is the input")
        if any(_is_file_in(path, source) for source in inputs):
            raise OutputError(f"{path}: cannot be written: it is a file of the input")
    if page and (str(page) == STREAM or page.is_dir()):
        raise OutputError(f"{page}: cannot be written: a page is a file")
    if summary and page and summary.absolute() == page.absolute():
        raise OutputError(f"{page}: cannot be written: --summary writes it")
    if output and output != STREAM:
        for beside in filter(None, (summary, page, rates)):
            if beside.absolute() == Path(output).absolute() or _is_of_output(beside, Path(output)):
                raise OutputError(f"{beside}: cannot be written: it is the output")
    check_writable(summary, page, rates)


def check_writable(*paths: Path | None) -> None:
    """See that the files can be written that a command writes when its work is done.

    Args:
        paths: the files; None where there is none.

    Raises:
        OutputError: one of them cannot.
    """
    from hir_data.formats import atomic

    for path in filter(None, paths):
        atomic.check_writable(path)


def _summary(run: "QuietConfig") -> Path | None:
    return getattr(run, "summary", None)


def _page(run: "QuietConfig") -> Path | None:
    return getattr(run, "report", None)


def _is_of_output(path: Path, output: Path) -> bool:
    """Whether a file has a name that the run itself gives to one of its own."""
    from hir_data.replays.dataset import MANIFEST
    from hir_data.runs.sinks import rejected_path

    in_folder = path.absolute().parent == output.absolute()
    own = path.name == MANIFEST or path.suffix == ".parquet"
    return path.absolute() == rejected_path(output).absolute() or (in_folder and own)


def _is_file_in(path: str | Path, source: str | None) -> bool:
    """Whether there is such a file in a folder that is read."""
    if source in (None, STREAM) or not Path(str(source)).is_dir() or not Path(path).exists():
        return False
    return Path(str(source)).resolve() in Path(path).resolve().parents


def _same_file(output: str | Path, source: str | None) -> bool:
    with contextlib.suppress(OSError):
        return source is not None and Path(output).samefile(source)
    return False

"""What ``hir-data verify`` does for a continuous integration: thresholds, a baseline, its summary."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer

from hir_data.cli.outcome import BELOW, warn, write_text
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.cli.settings import GateConfig, QuietConfig

GITHUB_PAGE = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file of a GitHub job's page."""


class Gate:
    """The thresholds and the baseline of a run, read before it begins.

    Attributes:
        output: what the run writes verifications to: the output that was asked for, or a temporary file where
            they are compared one by one and no output was asked for.

    Args:
        config: the options.
        output: the output that was asked for.
        run: the other options of the run.

    Raises:
        RecordError: a threshold or the baseline cannot be read.
        OutputError: there is no place for what the options ask for, or the page of the job cannot be written.
    """

    def __init__(self, config: "GateConfig", output: str | None, run: "QuietConfig") -> None:
        from hir_data.cli.files import STREAM
        from hir_data.errors import OutputError, RecordError
        from hir_data.formats.atomic import writing
        from hir_data.report.thresholds import read_thresholds

        self.config: GateConfig = config
        self.output, self._run = output, run
        self.thresholds = read_thresholds(config.fail_under)
        summary = getattr(run, "summary", None)
        if config.format_summary != "json" and summary is None and not self._page:
            known = f" or ${GITHUB_PAGE}" if config.format_summary == "github" else ""
            raise OutputError(f"--format-summary {config.format_summary} needs --summary FILE{known}")
        if page := self._page:
            with writing(str(page)), page.open("a"):  # it is added to, when all is done
                pass
        self._stack, self._before, self._unread = contextlib.ExitStack(), None, 0
        if config.baseline is None:
            return
        if str(config.baseline) == STREAM:
            raise RecordError("has to be a file", "--baseline")
        from hir_data.runs.baseline import read_outcomes

        self._before = read_outcomes(str(config.baseline), self._count)
        if self._before.prompts and output == STREAM:
            raise OutputError("verifications as --baseline need an output file (-o FILE), or none")
        if self._before.prompts and output is None:
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hir-data-"))
            self.output = str(Path(folder) / "verified.jsonl")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _count(self, rejected: Any) -> None:
        self._unread += 1

    @property
    def _page(self) -> Path | None:
        """The page of the job, where the summary goes without a file of its own."""
        named = os.environ.get(GITHUB_PAGE)
        alone = self.config.format_summary == "github" and getattr(self._run, "summary", None) is None
        return Path(named) if named and alone else None

    def results(self, figures: dict[str, Any]) -> dict[str, Any]:
        """What the summary says besides: the thresholds, and the comparison with the baseline."""
        found: dict[str, Any] = {}
        if self.thresholds:
            found["thresholds"] = [each.result(figures) for each in self.thresholds]
        if self._before is not None and figures["verified"]:
            from hir_data.report.baseline import Outcomes, compared
            from hir_data.runs.baseline import read_outcomes

            by_prompt = self._before.prompts and self.output is not None
            after = read_outcomes(str(self.output)) if by_prompt else Outcomes.of_summary(figures)
            comparison = compared(self._before, after, self.config.significance)
            found["baseline"] = {"source": str(self.config.baseline), **comparison}
        return found

    def write(self, figures: dict[str, Any], path: Path) -> None:
        """Write the summary in the form that was asked for."""
        from hir_data.report.summary_formats import WRITERS, as_junit

        if self.config.format_summary == "junit":
            text = as_junit(figures, max_rejected=getattr(self._run, "max_rejected", 0))
        else:
            text = WRITERS[self.config.format_summary](figures)
        write_text(text, path)

    def end(self, figures: dict[str, Any]) -> int:
        """Say why the run fails, and write the page of a GitHub job.

        Returns:
            The exit code; 0 where nothing failed.
        """
        from hir_data.formats.atomic import writing
        from hir_data.report.summary_formats import WRITERS, annotations, failures

        if page := self._page:
            with writing(str(page)), page.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(WRITERS["github"](figures))
        if self._unread:
            are = "is no verification" if self._unread == 1 else "are no verifications"
            warn(f"{self.config.baseline}: {number_of(self._unread, 'record')} of it {are}")
        for failure in failures(figures):
            warn(f"failed: {failure}")
        if self.config.format_summary == "github":
            for line in annotations(figures):
                typer.echo(line, err=True)
        nothing = self._before is not None and "baseline" not in figures
        if nothing:
            warn("failed: nothing was verified that could be compared with the baseline")
        return BELOW if nothing or failures(figures) else 0

"""The folder of a run: what it is a run of, so that nothing else is continued in it, and what came of it.

``run.json`` is written first and says what the run is; ``outcome.json`` is written last, when the model is
there. In between there are checkpoints. So every state that a killed run can leave is one of these:

- no ``run.json``: nothing was begun;
- no ``outcome.json``: the run goes on from its last checkpoint that is whole, or from its first step;
- ``outcome.json``: all is done.
"""

import contextlib
import shutil
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing, sync, temporary_name, writing
from hir_data.replays.merge import Folders, digest_of_datasets, folders_of
from hir_data.report.training_folders import IDENTITY, OUTCOME
from hir_data.runs.resumable import check_identity, is_free
from hir_data.training import checkpoints
from hir_data.training.figures import Figures, LoggedFigures
from hir_data.training.settings import TrainConfig

CARD = "README.md"
LOGPROBS = "start.safetensors"
"""The log-probabilities of the rows under the starting model, beside the checkpoints."""

_MAY_DIFFER = frozenset(
    {
        "micro_batch",
        "padding_free",
        "gradient_checkpointing",
        "logits",
        "save_steps",
        "keep",
        "log_steps",
        "report_to",
        "merge",
        "verify_digests",
    }
)
"""Options that change neither the steps nor what they are steps of."""


class Identity(BaseModel):
    """What makes a run the same run.

    Attributes:
        data: the digest of the data sets, their manifests and their shards.
        model: the starting model.
        settings: how it is trained.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    data: str
    model: str
    settings: TrainConfig

    @classmethod
    def of(cls, data: Folders, model: str, settings: TrainConfig) -> Self:
        """That of a run."""
        return cls(data=digest_of_datasets(folders_of(data)), model=model, settings=settings)

    def options(self) -> dict[str, Any]:
        """What has to be the same, by the names that users know."""
        settings = self.settings.model_dump(mode="json", exclude=set(_MAY_DIFFER))
        named = {f"--{name.replace('_', '-')}": value for name, value in settings.items()}
        return {"the data set": self.data, "--model": self.model, **named}


class Finished(BaseModel):
    """What a run has come to.

    Attributes:
        merged: whether an adapter was merged into the model.
        files: the files of the model.
        steps: that were done.
        stopped: why it ended before its last step, None where it did not.
        figures: those of the last steps.
        history: those of all steps, as they were logged.
        versions: of hir-data and of what matters besides.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    merged: bool
    files: tuple[str, ...]
    steps: int
    stopped: str | None
    figures: Figures
    history: tuple[LoggedFigures, ...] = ()
    versions: dict[str, str] = {}


def begin(output: Path, identity: Identity, *, resume: bool) -> None:
    """Make the folder of a run, or remove what the one to go on with was killed in; it is checked before."""
    path = output / IDENTITY
    with writing(str(output)):
        if resume and path.exists():
            checkpoints.remove_cut_off(output)
            checkpoints.keep_last(output, identity.settings.keep)
            shutil.rmtree(unnamed(output), ignore_errors=True)
        else:
            output.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                temporary.write_text(identity.model_dump_json(indent=2) + "\n", encoding="utf-8")


def check(output: Path, identity: Identity, *, resume: bool) -> None:
    """See that a run can begin in a folder, or that the one that is there is the one to go on with.

    Raises:
        OutputError: something else is there.
    """
    path = output / IDENTITY
    with writing(str(output)):
        if resume and path.exists():
            try:
                found = Identity.model_validate_json(path.read_bytes())
            except ValidationError:
                raise OutputError(f"{path}: is no run of hir-data train") from None
            problem = "is another run and cannot be resumed"
            check_identity(output, found.options(), identity.options(), problem)
        elif is_free(output, IDENTITY):
            return
        elif path.exists():
            raise OutputError(f"{output}: is there already; --resume goes on with it")
        else:
            raise OutputError(
                f"{output}: cannot be written: there is something else than a run of hir-data train"
            )


def finished(output: Path, settings: TrainConfig) -> Finished | None:
    """What a run has come to, if its model is there, as it is wanted; None if not."""
    found = _outcome(output)
    if found is None or found.merged != settings.merges:
        return None
    return found if all((output / name).is_file() for name in found.files) else None


def _outcome(output: Path) -> Finished | None:
    try:
        return Finished.model_validate_json((output / OUTCOME).read_bytes())
    except (OSError, ValidationError):
        return None


def remove_model(output: Path) -> None:
    """Remove a model and all that is known of its run; whatever else is in the folder stays."""
    found = _outcome(output)
    if found is not None:
        checkpoints.remove_all(output)
        for name in (
            *found.files,
            CARD,
            LOGPROBS,
            IDENTITY,
            OUTCOME,
        ):  # which says what to remove, and goes last
            (output / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # it is gone, or there is something else in it
        output.rmdir()


def unnamed(output: Path) -> Path:
    """Where a model is written before its files get their names."""
    return temporary_name(output / "model")


def publish(written: Path, output: Path) -> tuple[str, ...]:
    """Give the files of a model their names, each whole; those that only an earlier form of it had go first.

    Returns:
        The names.
    """
    names = sorted(path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file())
    before = _outcome(output)
    for name in set(before.files if before else ()) - set(names):
        (output / name).unlink(missing_ok=True)
    for name in names:
        sync(written / name)
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (written / name).replace(output / name)
    shutil.rmtree(written)
    sync(output)
    return tuple(names)


def finish(output: Path, outcome: Finished) -> None:
    """Write down what the run has come to: from now on it is done."""
    with replacing(output / OUTCOME) as temporary:
        temporary.write_text(outcome.model_dump_json(indent=2) + "\n", encoding="utf-8")

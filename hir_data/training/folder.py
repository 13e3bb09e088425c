"""The folder of a run: what it is a run of, so that nothing else is continued in it."""

from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing, writing
from hir_data.replays import dataset
from hir_data.runs.resumable import check_identity, is_free
from hir_data.training.settings import TrainConfig

IDENTITY = "run.json"

_MAY_DIFFER = frozenset(
    {
        "micro_batch",
        "padding_free",
        "gradient_checkpointing",
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
        data: the digest of the data set, its manifest and its shards.
        model: the starting model.
        settings: how it is trained.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    data: str
    model: str
    settings: TrainConfig

    @classmethod
    def of(cls, data: Path, model: str, settings: TrainConfig) -> Self:
        """That of a run."""
        return cls(data=dataset.content_digest(data), model=model, settings=settings)

    def options(self) -> dict[str, Any]:
        """What has to be the same, by the names that users know."""
        settings = self.settings.model_dump(mode="json", exclude=set(_MAY_DIFFER))
        named = {f"--{name.replace('_', '-')}": value for name, value in settings.items()}
        return {"the data set": self.data, "--model": self.model, **named}


def begin(output: Path, identity: Identity, *, resume: bool) -> None:
    """Make the folder of a run, or look whether it is the one to go on with.

    Raises:
        OutputError: something else is there, or nothing that could be resumed.
    """
    path = output / IDENTITY
    if resume:
        try:
            found = Identity.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise OutputError(f"{output}: there is no run to resume") from None
        problem = "is another run and cannot be resumed"
        check_identity(output, found.options(), identity.options(), problem)
        return
    with writing(str(output)):
        if not is_free(output, IDENTITY):
            raise OutputError(f"{output}: is there already; --resume goes on with it")
        output.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text(identity.model_dump_json(indent=2) + "\n", encoding="utf-8")


def last_checkpoint(output: Path) -> Path | None:
    """The last checkpoint that was written to its end."""
    whole = [path.parent for path in output.glob("checkpoint-*/trainer_state.json")]
    return max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)

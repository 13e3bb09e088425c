"""What a loop has done: ``loop.json``, with the figures of every stage that is whole."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing
from hir_data.report.training_folders import LOOP
from hir_data.runs.resumable import check_identity, is_free

LoopStage = Literal["rollout", "replay", "train", "answer", "evaluate"]
"""A part of an iteration: responses are drawn, replayed, learned from; held-out ones drawn, and verified."""

StageFigures = dict[str, Any]


class Iteration(BaseModel):
    """One time round, or number 0: the model that a loop starts from.

    Attributes:
        iteration: its number.
        stages: the figures of those that are whole.
    """

    iteration: int
    stages: dict[LoopStage, StageFigures] = {}


class Ledger(BaseModel):
    """All that is known of a loop.

    Attributes:
        digest: of the configuration.
        configuration: what decides what the loop makes, the version of hir-data and its input included.
        iterations: what was done, from number 0.
        versions: of hir-data and of what matters besides, when the loop went on the last time.
    """

    digest: str
    configuration: dict[str, Any]
    iterations: list[Iteration] = []
    versions: dict[str, str] = {}

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> Self:
        """One in which nothing is done yet."""
        told = _plain(configuration)
        text = json.dumps(told, sort_keys=True).encode()
        return cls(digest=hashlib.blake2b(text, digest_size=16).hexdigest(), configuration=told)

    @classmethod
    def resumed(cls, folder: Path, configuration: Mapping[str, Any]) -> Self:
        """That of a folder, or a new one where there is nothing.

        Raises:
            OutputError: there is something else, or a loop of another configuration.
        """
        new = cls.of(configuration)
        path = folder / LOOP
        if not path.exists():
            if not is_free(folder, LOOP):
                raise OutputError(f"{folder}: cannot be written: there is something else than a loop")
            return new
        try:
            found = cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise OutputError(f"{path}: is no ledger of a loop: {place}: {first['msg']}") from None
        if found.digest != new.digest:
            problem = "is a loop of another configuration"
            check_identity(folder, found.configuration, new.configuration, problem)
        return found

    def figures(self, iteration: int, stage: LoopStage) -> StageFigures | None:
        """Those of a stage, None if it is not whole."""
        return self.iterations[iteration].stages.get(stage) if iteration < len(self.iterations) else None

    @property
    def rejected(self) -> int:
        """Records that were rejected, in all stages."""
        return sum(figures.get("rejected", 0) for each in self.iterations for figures in each.stages.values())

    def note(self, iteration: int, stage: LoopStage, figures: StageFigures, folder: Path) -> None:
        """Write down that a stage is whole."""
        while len(self.iterations) <= iteration:  # number 0 has no stages if nothing is evaluated
            self.iterations.append(Iteration(iteration=len(self.iterations)))
        self.iterations[iteration].stages[stage] = _plain(figures)
        self.write(folder)

    def write(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        with replacing(folder / LOOP) as temporary:
            text = json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False)
            temporary.write_text(f"{text}\n", encoding="utf-8")


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it; what is infinite or no number, in words."""
    plain: dict[str, Any] = json.loads(to_json(told), parse_constant=str)
    return plain

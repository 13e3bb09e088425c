"""The model card: what a model was made of, and how."""

from pathlib import Path
from typing import TYPE_CHECKING

from hir_data.formats.atomic import replacing
from hir_data.training.folder import CARD
from hir_data.training.settings import TrainConfig

if TYPE_CHECKING:
    from hir_data.training.outcome import TrainingOutcome

_TEXT = """---
library_name: {library}
base_model: {base}
tags: [hir-data, reinforcement-learning]
---

# {name}

{base}, trained with hir-data {version} on hindsight instruction replay: {rows} rows, {replays} of them
replays, {steps} of {planned} steps{stopped}.{adapter}

| option | value |
|---|---|
{settings}

| figure of the last steps | value |
|---|---|
{figures}
"""


def write_card(output: Path, base: str, settings: TrainConfig, trained: "TrainingOutcome") -> None:
    """Write the card of a model beside it."""
    from hir_data import __version__

    adapter = settings.lora > 0 and not settings.merges
    text = _TEXT.format(
        library="peft" if adapter else "transformers",
        base=base,
        name=output.absolute().name,
        version=__version__,
        rows=trained.plan.rows,
        replays=trained.plan.replays,
        steps=trained.steps,
        planned=trained.plan.steps,
        stopped=f" (stopped: {trained.stopped})" if trained.stopped else "",
        adapter=" This is an adapter; `from_pretrained` loads it with its base." if adapter else "",
        settings="\n".join(f"| `{name}` | `{value}` |" for name, value in settings),
        figures="\n".join(f"| {name} | {value:.4g} |" for name, value in trained.figures.items()),
    )
    with replacing(output / CARD) as temporary:
        temporary.write_text(text, encoding="utf-8")

"""A row as people read it: what the model is given, what it is trained on, and where its turn ends."""

import itertools
from typing import NamedTuple

from hir_data.errors import RecordError
from hir_data.replays.merge import Folders, folders_of, read_datasets
from hir_data.training import models
from hir_data.training.rows import Encoder
from hir_data.training.settings import TrainConfig


class RowPart(NamedTuple):
    """Tokens of a row that are treated alike.

    Attributes:
        name: ``prompt``, ``response`` or ``end of turn``; all but the prompt is trained on.
        text: the tokens as text, special tokens too.
        tokens: how many there are.
    """

    name: str
    text: str
    tokens: int


class ShownRow(NamedTuple):
    """A sample and its row.

    Attributes:
        id: of the sample.
        origin: ``rollout`` or ``replay``.
        reward: of the response.
        parts: the row from its beginning to its end, with the earlier turns that are read with it; empty if
            there is none.
        stored: whether the tokens are those that the response was sampled as.
        left_out: why there is no row; empty if there is one.
    """

    id: str
    origin: str
    reward: float
    parts: list[RowPart]
    stored: bool = False
    left_out: str = ""


def show_row(data: Folders, model: str, settings: TrainConfig, number: int) -> ShownRow:
    """The row that a model is trained on for one sample of a data set.

    Args:
        data: the folder of the data set, or those of several.
        model: a folder, or a name on the Hugging Face hub.
        settings: how it is trained.
        number: which sample, from 0.

    Raises:
        RecordError: the data set cannot be read, or has no such sample.
        ModelError: there is no such model.
    """
    folders = folders_of(data)
    samples = read_datasets(folders, verify_digests=settings.verify_digests)
    sample = next(itertools.islice(samples, number, None), None)
    if sample is None:
        raise RecordError(f"has no sample {number} (they are counted from 0)", ", ".join(map(str, folders)))
    config, tokenizer = models.config_of(model, settings), models.tokenizer_of(model, settings)
    alone = settings.model_copy(update={"old_logprobs": "recompute"})  # which needs no other sample
    encoder = Encoder(tokenizer, models.ends_of(model, config, tokenizer), alone, models.context_of(config))
    rows = encoder.rows([sample])
    if not rows.kept:
        return ShownRow(sample.id, sample.origin, sample.reward, [], left_out=next(iter(rows.left_out)))
    row = rows.kept[-1]  # before it are those of earlier turns
    turns = sorted((each for each in rows.kept if each.read_as == row.read_as), key=len)
    spans: list[tuple[str, list[int]]] = []
    shown = 0
    for turn in turns:
        response = turn.response.tolist()
        ended = response[-1] in encoder.ends
        spans += [
            ("prompt", turn.prompt.tolist()[shown:]),
            ("response", response[:-1] if ended else response),
            ("end of turn", response[-1:] if ended else []),
        ]
        shown = len(turn)
    parts = [RowPart(name, tokenizer.decode(ids), len(ids)) for name, ids in spans if ids]
    return ShownRow(sample.id, sample.origin, row.reward, parts, stored=not rows.retokenized)

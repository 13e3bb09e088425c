"""The judge that callers name by its model: a process has one of each, whoever asks for it."""

import functools
import threading
from pathlib import Path

from hir_data.engine.judge import Judge
from hir_data.models.openai_judge import OpenAIJudge

_lock = threading.Lock()


def shared_judge(
    model: str | None, url: str | None = None, cache: str | None = None, votes: int = 1
) -> Judge | None:
    """The judge of these settings, of which this process has one; None where they name no model.

    Args:
        model: the name of the model.
        url: its endpoint; OpenAI's own by default.
        cache: the folder of its answers; None to keep none.
        votes: how often it is asked each question.
    """
    if model is None:
        return None
    with _lock:
        return _judge(model, url, cache, votes)


@functools.cache
def _judge(model: str, url: str | None, cache: str | None, votes: int) -> Judge:
    return OpenAIJudge(model, url, cache=None if cache is None else Path(cache), votes=votes)

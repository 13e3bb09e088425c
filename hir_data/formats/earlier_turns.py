"""The turns of a conversation before a prompt, where a record keeps them in a field of their own.

- messages with roles, of OpenAI or of ShareGPT
- pairs of what the user has said and what was answered (LlamaFactory's ``history``)
- texts by turns of the user and of the assistant (IHEval's ``conversation_history``)
"""

from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject
from hir_data.schemas.english import number_of
from hir_data.schemas.message import are_objects

_OF_TEXTS = ("conversation_history", "chat_history")
"""Fields whose lists of texts are turns; under other names they may be anything."""
_ROLES = ("user", "assistant")


def earlier_turns(flat: JsonObject, name: str) -> list[dict[str, Any]]:
    """The messages in a field; none where it holds no turns.

    Raises:
        RecordError: it holds turns that do not end with an answer, or that nobody can tell apart.
    """
    turns = flat.get(name)
    if not isinstance(turns, list | tuple) or not turns:
        return []
    if are_objects(turns):
        return [dict(turn) for turn in turns] if all({"role", "from"} & turn.keys() for turn in turns) else []
    if all(isinstance(turn, list | tuple) for turn in turns):
        said = [text for turn in turns for text in turn]
        if not all(len(turn) == 2 for turn in turns) or not all(isinstance(text, str) for text in said):
            raise RecordError("has to be a list of pairs of a question and an answer", field=name)
    elif name in _OF_TEXTS and all(isinstance(turn, str) for turn in turns):
        said = list(turns)
    else:
        return []
    if len(said) % 2:
        raise RecordError(f"has to end with an answer, and has {number_of(len(said), 'turn')}", field=name)
    return [{"role": _ROLES[number % 2], "content": text} for number, text in enumerate(said)]

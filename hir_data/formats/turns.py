"""Records of several turns, each with constraints of its own: one record a turn, with the history it had.

- ours: ``{"id", "turns": [{"prompt", "constraints", "response"}, ...]}``, and beside them the ``system``
  message and ``constraints`` of the whole record. A constraint with ``from_turn`` holds in all turns from
  that one on, any other one in the turn that states it; one of the whole record holds in all turns.
- Multi-IF: ``turn_1_prompt``, ``turn_1_instruction_id_list``, ``turn_1_kwargs`` and so on, and ``responses``;
  the lists of a turn repeat those of the turns before.
"""

import bisect
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import constraint_field_of
from hir_data.formats.conversations import (
    CONVERSATION_FIELDS,
    DEFAULT,
    SYSTEM_FIELDS,
    ReadOptions,
    response_reasoning,
    response_text,
)
from hir_data.formats.fields import JsonObject, record_key, shown, unquoted, without
from hir_data.schemas.english import number_of
from hir_data.schemas.message import Message, are_objects, read_messages, text_of

MAX_TURNS = 1000
"""Turns that one record may have. Each is a record with all turns before it, so what is written of them takes
the square of their number."""

_MULTI_IF = "turn_1_prompt"
_OF_A_TURN = ("prompt", "instruction_id_list", "kwargs")


def has_turns(record: JsonObject) -> bool:
    """Whether a record has several turns with constraints of their own."""
    if record.get(_MULTI_IF) is not None:
        return True
    turns: Any = record.get("turns")
    return bool(turns) and are_objects(turns) and all("prompt" in turn for turn in turns)


def turn_records(
    record: JsonObject, options: ReadOptions = DEFAULT
) -> Iterator[dict[str, Any] | RecordError]:
    """The turns of a record, each as a record of one conversation; an error for one that has no history.

    Raises:
        RecordError: a turn is not as it should be; ``field`` says where.
    """
    is_foreign = record.get(_MULTI_IF) is not None
    for name in CONVERSATION_FIELDS:
        if record.get(name) is not None:
            raise RecordError("stands beside the turns of the record, which are the conversation", field=name)
    turns = _multi_if(record) if is_foreign else [dict(turn) for turn in record["turns"]]
    if len(turns) > MAX_TURNS:
        raise RecordError(
            f"has {len(turns)} turns, and a record may have {MAX_TURNS}",
            field=f"turn_{MAX_TURNS + 1}_prompt" if is_foreign else "turns",
        )
    names = [name for name in record if is_foreign and _is_of_a_turn(name)]
    rest = without(
        record, [*names, "turns", "constraints", "id", "key", *(["responses"] if is_foreign else ())]
    )
    system = any(isinstance(record.get(name), str) and record[name].strip() for name in SYSTEM_FIELDS)
    first = 1 if system else 0
    key = record_key(record)
    standing = [_placed(each, 0 if system else None, each.get("from_turn", 1)) for each in _listed(record)]
    history: list[Message] = []  # read once, and shared by all turns behind them
    answered = True
    for number, turn in enumerate(turns, 1):
        field = f"turn_{number}_prompt" if is_foreign else f"turns[{number - 1}].prompt"
        if not answered:
            yield RecordError(f"turn {number - 1} has no response, so this turn has no history", field=field)
            continue
        asked = {"role": "user", "content": text_of(_content(turn.get("prompt")), field=field)}
        place = first + len(history)
        own = [_placed(each, place, each.get("from_turn")) for each in _listed(turn)]
        read = {
            **rest,
            **without(turn, ["prompt", "constraints"]),
            "messages": [*history, asked],
            "turn": number,
        }
        holding = [each for each in standing if each["from_turn"] <= number]
        if holding or own:
            read["constraints"] = [*holding, *(_placed(each, place, number) for each in own)]
        if key is not None:
            read["id"] = f"{key}:{number}"
        yield read
        standing += [each for each in own if each.get("from_turn") is not None]
        said = response_text(turn.get("response"), options)
        answered = isinstance(said, str)
        if answered:
            thought = response_reasoning(turn.get("response"))
            answer = {"role": "assistant", "content": said, "reasoning_content": thought}
            history += read_messages([asked, answer])


def due_turn(record: JsonObject, options: ReadOptions = DEFAULT) -> dict[str, Any]:
    """The turn where a response is due: the first without one, or the last.

    Raises:
        RecordError: as :func:`turn_records` raises it.
    """
    last: dict[str, Any] = {}
    for turn in turn_records(record, options):
        if isinstance(turn, dict):
            last = turn
            if turn.get("response") is None:
                break
    return last


def _is_of_a_turn(name: str) -> bool:
    start, _, rest = name.partition("_")
    number, _, what = rest.partition("_")
    return start == "turn" and number.isdigit() and what in _OF_A_TURN


def _multi_if(record: JsonObject) -> list[dict[str, Any]]:
    """The turns of a row of Multi-IF, with a response each as far as there are any."""
    responses = unquoted(record.get("responses") or [], "responses")
    if not isinstance(responses, list):
        raise RecordError(
            f"has to be a list of one response a turn, not {shown(responses)}", field="responses"
        )
    turns: list[dict[str, Any]] = []
    longest: list[int] = []  # how many constraints there were at most up to each turn
    for number in itertools.count(1):
        prefix = f"turn_{number}_"
        if record.get(f"{prefix}prompt") in (None, "", "None"):
            break
        ids, parameters = (
            unquoted(record.get(f"{prefix}{name}"), f"{prefix}{name}") for name in _OF_A_TURN[1:]
        )
        if not isinstance(ids, list) or not isinstance(parameters, list):
            raise RecordError("has to be a list", field=f"{prefix}instruction_id_list")
        longest.append(max([len(ids), *longest[-1:]]))
        stated = [bisect.bisect_right(longest, place) for place in range(len(ids))]
        turn = {
            "prompt": record[f"{prefix}prompt"],
            "instruction_id_list": ids,
            "kwargs": [unquoted(each, f"{prefix}kwargs") for each in parameters],
            "stated_in": [2 * each for each in stated],
            "from_turn": [each + 1 for each in stated],
        }
        if number <= len(responses):
            turn["response"] = responses[number - 1]
        turns.append(turn)
    if later := [name for name in record if _is_of_a_turn(name) and _number(name) > number and record[name]]:
        raise RecordError(f"there is no {prefix}prompt before it", field=later[0])
    if len(responses) > len(turns):
        entries = number_of(len(responses), "entry", "entries")
        raise RecordError(f"has {entries} for {number_of(len(turns), 'turn')}", field="responses")
    return turns


def _number(name: str) -> int:
    return int(name.split("_")[1])


def _content(prompt: Any) -> Any:
    """What a turn asks: a text, or a message, which tables hold as a JSON string."""
    if isinstance(prompt, str) and prompt.startswith("{"):
        try:
            prompt = unquoted(prompt, "prompt")
        except RecordError:
            return prompt
    return prompt.get("content") if isinstance(prompt, Mapping) else prompt


def _listed(record: JsonObject) -> list[dict[str, Any]]:
    """The constraints of a record or of a turn in our own form; those in other forms stay in their fields."""
    if constraint_field_of(record) != "constraints":
        return []
    entries = unquoted(record["constraints"], "constraints")
    if not isinstance(entries, list | tuple):
        raise RecordError(f"has to be a list of objects, not {shown(entries)}", field="constraints")
    opened = [unquoted(each, f"constraints[{index}]") for index, each in enumerate(entries)]
    if not are_objects(opened):
        raise RecordError("has to be a list of objects", field="constraints")
    return [dict(each) for each in opened]


def _placed(entry: dict[str, Any], place: int | None, turn: int | None) -> dict[str, Any]:
    """A constraint with the message that states it and its first turn, where it does not say so."""
    said = {"stated_in": place, "from_turn": turn}
    return {
        **entry,
        **{name: value for name, value in said.items() if entry.get(name) is None and value is not None},
    }

# ruff: noqa: E501
"""Records of several turns: one instruction a turn, each with the history that its response had."""

import json
from pathlib import Path
from typing import Any

import pytest
from files import jsonl, write

from hir_data.errors import RecordError
from hir_data.formats.reader import parse_prompt, read_rollouts, read_units
from hir_data.formats.turns import turn_records
from hir_data.schemas.rejected import Rejected

COMMA, WORDS = {"kind": "punctuation:no_comma"}, {"kind": "word_count", "max": 3}
OURS = {
    "id": "a",
    "system": "Be brief.",
    "constraints": [{"kind": "contains", "text": "a"}],
    "turns": [
        {"prompt": "Name a fruit. From now on use no commas.", "constraints": [COMMA | {"from_turn": 1}],
         "response": "Apple"},
        {"prompt": "Another. At most 3 words.", "constraints": [WORDS], "response": "Pear, yes"},
        {"prompt": "A last one.", "response": "Banana"},
    ],
    "source": "mine",
}  # fmt: skip


def rollouts(tmp_path: Path, *records: Any) -> list[Any]:
    return list(read_rollouts(write(tmp_path / "in.jsonl", list(records))))


def test_a_turn_has_the_history_that_its_response_had(tmp_path: Path):
    first, second, third = rollouts(tmp_path, OURS)
    assert [one.instruction.id for one in (first, second, third)] == ["a:1", "a:2", "a:3"]
    assert [one.response for one in (first, second, third)] == ["Apple", "Pear, yes", "Banana"]
    assert [message["content"] for message in third.instruction.chat()] == [
        "Be brief.", OURS["turns"][0]["prompt"], "Apple", OURS["turns"][1]["prompt"], "Pear, yes", "A last one."
    ]  # fmt: skip
    kinds = [[each.kind for each in one.instruction.constraints] for one in (first, second, third)]
    assert kinds == [
        ["contains", "punctuation:no_comma"],
        ["contains", "punctuation:no_comma", "word_count"],
        ["contains", "punctuation:no_comma"],
    ]
    assert second.instruction.stated_in == (0, 1, 3)
    assert second.instruction.from_turn == (1, 1, 2)
    assert second.metadata == {"source": "mine", "turn": 2}


def multi_if(*responses: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": "1:1:en",
        "language": "English",
        "turns": "[]",
        "responses": json.dumps(responses),
    }
    ids = ["punctuation:no_comma", "length_constraints:number_words", "detectable_format:title"]
    kwargs = ["{}", '{"relation": "at most", "num_words": 3}', "{}"]
    kwargs[1] = '{"relation": "less than", "num_words": 4}'
    for number in (1, 2, 3):
        row[f"turn_{number}_prompt"] = json.dumps({"role": "user", "content": f"Turn {number}."})
        row[f"turn_{number}_instruction_id_list"] = json.dumps(ids[:number])
        row[f"turn_{number}_kwargs"] = json.dumps(kwargs[:number])
    return row


def test_a_row_of_multi_if_is_three_instructions(tmp_path: Path):
    found = rollouts(tmp_path, multi_if("One", "Two", "Three"))
    assert [one.instruction.turn for one in found] == [1, 2, 3]
    assert found[2].instruction.stated_in == (0, 2, 4)
    assert found[2].instruction.from_turn == (1, 2, 3)
    assert [message["content"] for message in found[1].instruction.chat()] == ["Turn 1.", "One", "Turn 2."]
    assert found[0].metadata == {"language": "English", "turn": 1}


def test_a_turn_without_a_history_is_rejected_by_name(tmp_path: Path):
    found = rollouts(tmp_path, multi_if("One"))
    assert [type(one).__name__ for one in found] == ["Rollout", "Rejected", "Rejected"]
    assert "there is no response in the record" in str(found[1].error)
    assert str(found[2].error).endswith("turn_3_prompt: turn 2 has no response, so this turn has no history")


def test_a_response_is_due_in_the_first_turn_without_one(tmp_path: Path):
    (unit,) = read_units(write(tmp_path / "in.jsonl", [multi_if("One")]))
    asked = parse_prompt(unit)
    assert not isinstance(asked, Rejected)
    assert (asked.instruction.id, asked.instruction.turn) == ("1:1:en:2", 2)


def test_a_table_of_multi_if(tmp_path: Path, shared_data: Path):
    (found,) = read_units(str(shared_data / "reports" / "40.multi_if.csv"))
    asked = parse_prompt(found)
    assert not isinstance(asked, Rejected)
    assert (asked.instruction.prompt, asked.instruction.id) == ("Name a fruit", "1:1:en:1")
    (rollout,) = read_rollouts(str(shared_data / "reports" / "44.prompts.csv"))
    assert (rollout.instruction.prompt, rollout.response) == ("Name a fruit. Use no commas.", "Apple")


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"turns": [{"prompt": "x", "constraints": 1}]}, "constraints: has to be a list"),
        ({"turns": [{"prompt": [{"type": "image"}]}]}, "turns[0].prompt[0]: a part of type 'image'"),
        (multi_if() | {"turn_1_kwargs": "{}"}, "turn_1_instruction_id_list: has to be a list"),
        (multi_if() | {"turn_2_prompt": None}, "turn_3_prompt: there is no turn_2_prompt before it"),
        (multi_if() | {"responses": ["a"] * 4}, "responses: has 4 entries for 3 turns"),
        (
            {"turns": [{"prompt": "x"}], "messages": [{"role": "user", "content": "y"}]},
            "messages: stands beside",
        ),
        (multi_if() | {"responses": "7"}, "responses: has to be a list of one response a turn"),
    ],
)
def test_what_is_wrong_with_a_turn_is_named(record: dict[str, Any], told: str):
    assert jsonl([record])
    with pytest.raises(RecordError) as caught:
        list(turn_records(record))
    assert str(caught.value).startswith(told)


def test_the_reasoning_of_a_turn_is_part_of_the_history():
    said = {"role": "assistant", "content": "Apple", "reasoning_content": "Hm."}
    turns = [{"prompt": "Name a fruit.", "response": said}, {"prompt": "Another.", "response": "Pear"}]
    _, second = turn_records({"turns": turns})
    assert isinstance(second, dict)
    assert second["messages"][1].record() == said


def test_each_message_is_read_once_and_shared_by_the_turns_behind_it(tmp_path: Path):
    """A record of n turns has n histories of up to 2n messages, and no more than 2n messages."""
    of_ours = {
        "turns": [{"prompt": f"Say {n}.", "constraints": [WORDS], "response": "It."} for n in range(50)]
    }
    for record in (of_ours, long_multi_if(50)):
        found = rollouts(tmp_path, record)
        assert [one.instruction.turn for one in found] == list(range(1, 51))
        messages = [id(message) for one in found for message in one.instruction.messages]
        assert len(messages) == 50 * 50
        assert len(set(messages)) <= 3 * 50  # the last of each is read twice: as a prompt, and as history


def long_multi_if(turns: int) -> dict[str, Any]:
    record: dict[str, Any] = {"responses": ["It."] * turns}
    for number in range(1, turns + 1):
        record[f"turn_{number}_prompt"] = f"Say {number}."
        record[f"turn_{number}_instruction_id_list"] = ["punctuation:no_comma"]
        record[f"turn_{number}_kwargs"] = ["{}"]
    return record


def test_the_number_of_turns_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hir_data.formats.turns.MAX_TURNS", 3)
    turn = {"prompt": "Say it.", "constraints": [WORDS], "response": "It."}
    records = [{"turns": [turn] * 3}, {"turns": [turn] * 4}, long_multi_if(3), long_multi_if(4)]
    found = rollouts(tmp_path, *records)
    rejected = [each.error for each in found if isinstance(each, Rejected)]
    assert len(found) == 3 + 1 + 3 + 1
    assert [(each.line, each.field, each.problem) for each in rejected] == [
        (2, "turns", "has 4 turns, and a record may have 3"),
        (4, "turn_4_prompt", "has 4 turns, and a record may have 3"),
    ]


def test_a_list_of_a_later_turn_that_is_shorter_takes_no_constraint_from_its_turn(tmp_path: Path):
    record = long_multi_if(3)
    for number, count in ((1, 2), (2, 1), (3, 3)):
        record[f"turn_{number}_instruction_id_list"] = ["punctuation:no_comma"] * count
        record[f"turn_{number}_kwargs"] = ["{}"] * count
    found = rollouts(tmp_path, record)
    assert [one.instruction.from_turn for one in found] == [(1, 1), (1,), (1, 1, 3)]

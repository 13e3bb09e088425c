"""Conversations through the command line: whole, or refused by name."""

from pathlib import Path
from typing import Any

import pytest
from files import read, write

NO_COMMA = {"kind": "punctuation:no_comma"}


def asked(*messages: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in messages]} | more


def replayed(tmp_path: Path, records: list[dict[str, Any]], command, to: str = "trl-kto", *more: object):
    """The rows of an export of the replays of records."""
    source = write(tmp_path / "in.jsonl", records)
    folder, rows = tmp_path / "replays", tmp_path / "rows.jsonl"
    # Without --min-bits 0 a short limit alone makes no replay: a bare refusal would satisfy it.
    assert command("replay", source, "-o", folder, "--workers", 0, "--min-bits", 0).exit_code == 0
    assert command("export", folder, "--to", to, "-o", rows, *more).exit_code == 0
    return read(rows)


SYSTEM = asked(
    ("system", "You are terse. Use no commas. Use at most 3 words."),
    ("user", "Name two fruits."),
    id="s",
    constraints=[NO_COMMA, {"kind": "word_count", "max": 3}],
    responses=["Apple, pear", "Apple pear"],
)


@pytest.mark.parametrize("places", [{}, {"stated_in": [0, 0]}])
def test_a_constraint_of_the_system_message_is_relabelled_there(tmp_path: Path, places: Any, command):
    rows = {row["id"]: row for row in replayed(tmp_path, [SYSTEM | places], command)}
    assert rows["s/0"]["prompt"] == SYSTEM["messages"]
    system, user = rows["s/0/replay"]["prompt"]
    assert user == SYSTEM["messages"][1]
    assert system["content"].startswith("You are terse. ")
    assert system["content"].endswith(" Use at most 3 words.")
    assert "Use no commas" not in system["content"]


@pytest.mark.parametrize(
    "to", ["trl-kto", "trl-dpo", "trl-sft", "trl-grpo", "verl", "openrlhf", "instruction-pairs"]
)
def test_every_export_has_the_whole_conversation(tmp_path: Path, to: str, command):
    record = asked(
        ("system", "Answer in French."),
        ("user", "Name a fruit."),
        ("assistant", "Pomme"),
        ("user", "Another. Use no commas. Use at most 3 words."),
        id=1,
        constraints=SYSTEM["constraints"],
        responses=["Une poire, mûre", "Poire"],
        tools=[{"type": "function", "function": {"name": "find"}}],
    )
    rows = replayed(tmp_path, [record], command, to)
    assert rows
    for row in rows:
        messages = row.get("prompt") or row["input"]
        assert [each["role"] for each in messages] == ["system", "user", "assistant", "user"]
        assert messages[:3] == record["messages"][:3]
        assert "find" in str(row.get("tools") or row["extra_info"]["tools"])


def test_conversations_with_an_equal_last_turn_are_two_groups(tmp_path: Path, command):
    records = [
        asked(("user", topic), ("assistant", "ok"), ("user", "Go on. Use no commas."),
              constraints=[NO_COMMA], responses=["So, yes", "So"])
        for topic in ("Tell me of cats.", "Tell me of tax law.")
    ]  # fmt: skip
    rows = replayed(tmp_path, records, command, "jsonl")
    assert len({row["group"] for row in rows}) == 2
    assert {row["instruction"]["messages"][0]["content"] for row in rows} == {
        "Tell me of cats.",
        "Tell me of tax law.",
    }


def test_another_system_message_is_not_put_before_that_of_a_record(tmp_path: Path, command):
    plain = {
        "id": "p",
        "prompt": "Name a fruit. Use no commas.",
        "constraints": [NO_COMMA],
        "responses": ["Kiwi"],
    }
    rows = replayed(tmp_path, [SYSTEM, plain], command, "trl-sft", "--system", "Be brief.")
    assert [row["prompt"][0]["content"] for row in rows] == ["Be brief."]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("32.parts_completion", 0),
        ("32.parts_image", 1),
        ("32.parts_system", 0),
        ("32.parts_user", 0),
        ("32.response_messages", 0),
        ("100.verl_open_instruct", 0),
        ("102.verl_dump", 1),
        ("112.pretemplated", 1),
    ],
)
def test_what_people_reported(name: str, code: int, shared_data: Path, tmp_path: Path, command):
    source, output = shared_data / "reports" / f"{name}.jsonl", tmp_path / "v.jsonl"
    result = command("verify", source, "-o", output, "--workers", 0)
    assert result.exit_code == code
    if code:
        (rejected,) = read(tmp_path / "v.rejected.jsonl")
        assert "--templated" in rejected["reason"] or "--drop-parts" in rejected["reason"]
        options = ["--templated", "split", "--drop-parts"]
        assert command("verify", source, "-o", output, "--workers", 0, *options).exit_code == 0
    assert all(one["rollout"]["response"] for one in read(output))

"""Replays beside their sources."""

import io

from rich.console import Console

import hir_data as hir
from hir_data.report.replay_examples import ReplayPair, print_examples


def sample(system: str, **more: object) -> hir.ReplaySample:
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": "Hello."},
        {"role": "assistant", "content": "Good day."},
        {"role": "user", "content": "Name two fruits."},
    ]
    asked = hir.Instruction(messages=messages, constraints=[{"kind": "punctuation:no_comma"}])
    fields = {
        "group": "a",
        "origin": "rollout",
        "response": "Apple",
        "reward": 1,
        "cla": 1,
        "verdicts": [True],
    }
    return hir.ReplaySample(**{"id": "a/0", "instruction": asked, "verdicts": [True], **fields, **more})


def test_the_message_that_was_rewritten_is_shown():
    pair = ReplayPair(
        sample("Be brief. Use no commas."),
        sample("Be brief.", id="a/0/replay", origin="replay", source_id="a/0"),
    )
    written = io.StringIO()
    print_examples([pair], Console(file=written, width=100))
    shown = written.getvalue()
    assert "system: Be brief. Use no commas." in shown
    assert "Name two fruits." in shown
    assert "Good day." not in shown

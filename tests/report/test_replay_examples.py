"""Replays beside their sources."""

import io

from rich.console import Console

import hir_data as hir
from hir_data.report.record_view import Marking, pair_blocks
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


def test_bits_and_fates_are_explained_where_they_are_shown():
    commas = [{"kind": "punctuation:no_comma"}]
    change = {"constraint": commas[0], "fate": "dropped", "became": None}
    for bits, words in ((2.5, ["bits: ", "dropped: "]), (None, ["dropped: "])):
        replay = sample(
            "Be brief.",
            id="a/0/replay",
            origin="replay",
            source_id="a/0",
            changes=[change],
            instruction_bits=bits,
            source_bits=bits,
        )
        written = io.StringIO()
        print_examples(
            [ReplayPair(sample("Be brief.", verdicts=[False]), replay)], Console(file=written, width=100)
        )
        lines = written.getvalue().splitlines()
        explained = lines[max(at for at, line in enumerate(lines) if line.startswith("\u2514")) + 1 :]
        assert [line.partition(" ")[0] + " " for line in explained] == words


def test_the_fate_of_a_constraint_that_is_satisfied_has_its_own_words():
    commas = {"kind": "punctuation:no_comma"}
    change = {"constraint": commas, "fate": "nearest", "became": commas}
    replay = sample("Be brief.", id="a/0/replay", origin="replay", source_id="a/0", changes=[change])
    shown = {}
    for verdict in (True, False):
        written = io.StringIO()
        pair = ReplayPair(sample("Be brief.", verdicts=[verdict]), replay)
        print_examples([pair], Console(file=written, width=100))
        shown[verdict] = [line for line in written.getvalue().splitlines() if line.startswith("nearest")]
        blocks = pair_blocks(pair, Marking(colours=False))
        (marked,) = [block for block in blocks if block.title.startswith("constraints")]
        assert ("a strict reader counts less" in marked.columns[0].plain) is verdict
    assert [line.partition(": ")[0] for line in shown[True]] == [
        "nearest, of a constraint that the response satisfies"
    ]
    assert "Violated" not in shown[True][0]
    assert shown[False][0].startswith("nearest: Violated")

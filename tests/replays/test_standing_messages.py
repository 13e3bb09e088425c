"""System messages that say nothing but constraints."""

import pytest

import hir_data as hir
from hir_data.replays.rewriting.conversation import objection_to, rewritten, stating_messages
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.schemas import registry
from hir_data.schemas.replay import Change

USER = {"role": "user", "content": "Tell me about tea. Use at most 50 words."}


@pytest.mark.parametrize("role", ["system", "developer"])
def test_one_is_rewritten_or_left_out(role: str):
    asked = hir.Instruction(
        messages=[{"role": role, "content": "Use no commas. Use at least 30 words."}, USER],
        constraints=[
            {"kind": "punctuation:no_comma"},
            {"kind": "word_count", "min": 30},
            {"kind": "word_count", "max": 50},
        ],
    )
    assert stating_messages(asked) == (0, 0, 1)
    assert objection_to(asked, [0, 1], SpanRewriter()) is None
    commas, least, most = asked.constraints
    kept = Change(fate="kept", constraint=most, became=most)
    dropped = [Change(fate="dropped", constraint=each) for each in (commas, least)]
    flipped = Change(fate="flip", constraint=least, became=registry.build("word_count", {"max": 29}))

    without = rewritten(asked, [*dropped, kept], SpanRewriter(), "s")
    assert not isinstance(without, RewriteRefusal)
    assert (without[0].chat(), without[0].stated_in) == ([USER], (0,))

    new = rewritten(asked, [dropped[0], flipped, kept], SpanRewriter(), "s")
    assert not isinstance(new, RewriteRefusal)
    first, last = new[0].chat()
    assert first["role"] == role
    assert "29" in first["content"] or "30" in first["content"]
    assert "comma" not in first["content"]
    assert (last, new[0].stated_in) == (USER, (0, 1))


def test_a_message_of_the_user_needs_a_task():
    asked = hir.Instruction(prompt="Use no commas.", constraints=[{"kind": "punctuation:no_comma"}])
    refusal = objection_to(asked, [0], SpanRewriter())
    assert refusal is not None
    assert refusal.reason == "no task would be left"

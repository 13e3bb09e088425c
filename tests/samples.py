"""A small data set such as ``hir-data replay`` writes, for the tests of what is made of one."""

from typing import Any

import hir_data as hir
from hir_data.schemas.presentation import present
from hir_data.schemas.replay import Change, ReplaySample

NO_COMMA = hir.parse({"kind": "punctuation:no_comma"})
FIVE, TWO = (hir.parse({"kind": "word_count", "min": number}) for number in (5, 2))
SAID = {NO_COMMA: "Use no commas.", FIVE: "Write at least 5 words.", TWO: "Write at least 2 words."}


def plain(prompt: str) -> hir.Instruction:
    """An instruction of one message."""
    return hir.Instruction(prompt=prompt, constraints=[NO_COMMA])


def asking(question: str, *constraints: hir.Constraint) -> hir.Instruction:
    criteria = [SAID[constraint] for constraint in constraints]
    return hir.Instruction(
        id=question,
        prompt=present(question, criteria, "numbered"),
        constraints=constraints,
        question=question,
        criteria=criteria,
        presentation="numbered",
    )


def rollout(id: str, instruction: hir.Instruction, response: str, **more: Any) -> ReplaySample:
    rollout = hir.Rollout(instruction=instruction, response=response)
    results = [result.strict for result in hir.verify_one(rollout).results]
    verdicts = [result.satisfied for result in results]
    return ReplaySample(
        **{
            "id": id,
            "group": id.partition("/")[0],
            "origin": "rollout",
            "instruction": instruction,
            "response": response,
            "reward": float(all(verdicts)),
            "cla": verdicts.count(True) / len(verdicts),
            "verdicts": verdicts,
            "reasons": [result.reason for result in results],
        }
        | more
    )


TEA, SEA = asking("Tea?", NO_COMMA, FIVE), asking("Why is the sea salty?", NO_COMMA, TWO)
BARE = hir.Instruction(id=7, prompt="Sag was: Grüße \u2028 genügen.", constraints=[NO_COMMA])
UNDETERMINED = {"verdicts": (True, None), "reward": 0, "cla": 0.5}

SAMPLES = [
    rollout("tea/0", TEA, "Tea for two."),
    rollout(
        "tea/0/replay",
        asking("Tea?", NO_COMMA, TWO),
        "Tea for two.",
        origin="replay",
        source_id="tea/0",
        changes=[
            Change(fate="kept", constraint=NO_COMMA, became=NO_COMMA),
            Change(fate="nearest", constraint=FIVE, became=TWO),
        ],
        score=1.5,
    ),
    rollout("tea/1", TEA, "Tea, perhaps."),
    rollout(
        "tea/1/replay", asking("Tea?", TWO), "Tea, perhaps.", origin="replay", source_id="tea/1", score=0.5
    ),
    rollout("tea/2", TEA, ""),
    rollout(
        "sea/0", SEA, "Rivers wash salt into it.", original="<think>Salt.</think>Rivers wash salt into it."
    ),
    rollout("sea/1", SEA, "Rivers wash salt into it, slowly."),
    rollout("sea/2", SEA, "Salt."),
    rollout("sea/3", SEA, "Who, me?", **UNDETERMINED),
    rollout("sea/4", SEA, "Salt."),
    rollout("bare/0", BARE, "Grüße"),
]

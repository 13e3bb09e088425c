"""Verify responses from Python: one right here, then a file of them in worker processes."""

from pathlib import Path

import hir_data as hir

DEMO = Path(__file__).parent / "demo"


def main() -> None:
    """Verify a rollout made here, then the demo's."""
    instruction = hir.Instruction(
        prompt="Describe the sea in at most 8 words, without commas.",
        constraints=[{"kind": "word_count", "max": 8}, {"kind": "punctuation:no_comma"}],
    )
    rollout = hir.Rollout(instruction=instruction, response="Blue, wide, restless.")
    for result in hir.verify_one(rollout).results:
        print(f"{result.constraint.kind}: {result.strict.satisfied} ({result.strict.reason})")

    rollouts = []
    for item in hir.read_rollouts(str(DEMO / "prompts.jsonl"), str(DEMO / "responses.jsonl")):
        if isinstance(item, hir.Rollout):
            rollouts.append(item)
        else:
            print(f"rejected: {item.error}")
    verifications = list(hir.verify(rollouts, workers=2, timeout=5))
    ila = sum(verification.ila for verification in verifications) / len(verifications)
    print(f"ILA of {len(verifications)} rollouts: {ila:.3f}")


if __name__ == "__main__":  # worker processes import this file: they must not start workers of their own
    main()

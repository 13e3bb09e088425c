"""How fast hir-data verifies real responses against IFBench's constraints, in one process.

Run ``make bench``, or ``python benchmarks/verify_ifbench.py``. The files are IFBench's prompts and one
model's responses, in the folder ``$HIR_DATA_SHARED`` or ``../shared/data``; ``--prompts`` and ``--responses``
take any others like them. Timed is everything from the files to the strict and the loose verdicts: read
both, join them, parse the constraints, verify (``workers=0``).

IFBench's own functions are in no package index, so they cannot take part. On these responses they give about
120 a second their strict and loose verdicts, on a machine with two cores. What takes part instead, for a
figure that means something on other machines, is NLTK: it splits each response once into sentences and once
into words, where verifying needs both for up to eight readings of it.

The tagger's data, for ``words:start_verb``, is looked for on NLTK's path and in ``nltk_data`` of that folder.
"""

import tempfile

import common


def main() -> None:
    """Measure and print."""
    options = common.options(__doc__, "ifbench/prompts.jsonl", "ifbench/responses_qwen3_4b.jsonl")
    files = (options.prompts, options.responses)
    rollouts = list(common.rollouts(*files))
    constraints = sum(len(rollout.instruction.constraints) for rollout in rollouts)
    print(f"{len(rollouts)} responses, {constraints} constraints, strict and loose")
    print(f"{common.versions('nltk')}\n")
    with tempfile.TemporaryDirectory() as folder:
        common.provide_punkt(folder)
        import nltk

        nltk.data.path.append(str(common.SHARED / "nltk_data"))

        def yardstick() -> None:
            for rollout in rollouts:
                nltk.sent_tokenize(rollout.response)
                nltk.word_tokenize(rollout.response)

        common.print_race(lambda: common.verified(*files), yardstick, "NLTK's tokenizers, once each", options)
    common.print_shares(*files, options.clock)


if __name__ == "__main__":
    main()

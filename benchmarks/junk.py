"""Show junk to every kind, under sampled parameters, and print which share of it satisfies each.

Junk is what nobody wants for an answer: refusals, repeated words, the question itself, bare markup, random
letters, one word, another language. A kind that it often satisfies pays a policy for nothing when it is the
only one in an instruction. docs/explanation/hackable.md lists those that more than half of it satisfies.
"""

import argparse
import random
import string
from collections.abc import Iterator

import hir_data as hir

QUESTION = "Why is the sea salty, and how do fish live in it?"
REFUSALS = (
    "I cannot help with that.", "I'm sorry, but I can't assist with that request.", "No.",
    "As an AI, I can't.",
    "I am unable to answer.", "Sorry, I do not know.", "That is against my guidelines.", "Please ask later.",
)  # fmt: skip
OTHERS = (
    "Das Meer ist salzig.", "La mer est salée.", "El mar es salado.", "海水是咸的。", "海はしょっぱい。",
    "Море солёное.",
    "البحر مالح.", "समुद्र खारा है।",
)  # fmt: skip
MARKUP = (
    "# ",
    "---",
    "- ",
    "* a",
    "```\n```",
    "<br>",
    "**",
    "| |\n|-|",
    "[]",
    "{}",
    "...",
    "\\",
    "<<x>>",
    "1.",
)


def junk(rng: random.Random, number: int) -> Iterator[str]:
    """So many responses that nobody wants, of eight kinds in turn."""
    for index in range(number):
        word = rng.choice("sea salt fish water okay yes the hello maybe blue".split())
        match index % 8:
            case 0:
                yield rng.choice(REFUSALS) * rng.choice((1, 1, 3))
            case 1:
                yield rng.choice((" ", ". ", "\n", ", ")).join([word] * rng.choice((3, 20, 200)))
            case 2:
                yield rng.choice((QUESTION, QUESTION.lower(), QUESTION * 3, f'"{QUESTION}"'))
            case 3:
                yield rng.choice(("", "\n", " ")).join(rng.choices(MARKUP, k=rng.choice((1, 3, 10))))
            case 4:
                yield "".join(rng.choices(string.ascii_letters + " ", k=rng.choice((5, 40, 400))))
            case 5:
                yield rng.choice((word, word.upper(), f"{word}."))
            case 6:
                yield rng.choice(OTHERS) * rng.choice((1, 1, 5))
            case _:
                yield rng.choice(
                    ("asdf jkl;", "lorem ipsum dolor sit amet", "?!?!", "0", "12345", "....", "😀", "a b c")
                )


def constraints(kind: str, rng: random.Random, number: int) -> list[hir.Constraint]:
    """Constraints of a kind as they are composed, or else that of its example."""
    cls = hir.lookup(kind)
    found = [one for _ in range(number) if (one := cls.sample(rng, QUESTION)) is not None]
    if not found and cls.example is not None:
        found = [hir.parse({"kind": kind, **cls.example.parameters})]
    return found


def shares(number: int = 200, samples: int = 8, seed: int = 0) -> dict[str, float]:
    """By kind, the share of junk that satisfies it; without composites and what a judge decides."""
    texts = [hir.Text(raw) for raw in junk(random.Random(seed), number)]
    found = {}
    for kind in hir.kinds():
        asked = constraints(kind, random.Random(f"{seed} {kind}"), samples)
        if asked and not asked[0].soft and kind not in ("all_of", "any_of", "not", "if_then", "within"):
            verdicts = [hir.check(one, text).satisfied for one in asked for text in texts]
            found[kind] = sum(verdict is True for verdict in verdicts) / len(verdicts)
    return found


def main() -> None:
    """Print the table, the kinds that junk satisfies most often first."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--number", type=int, default=200, help="how many junk responses")
    parser.add_argument("--samples", type=int, default=8, help="how many constraints of each kind")
    arguments = parser.parse_args()
    table = shares(arguments.number, arguments.samples)
    for kind, share in sorted(table.items(), key=lambda row: (-row[1], row[0])):
        print(f"{100 * share:5.1f} %  {kind}")


if __name__ == "__main__":
    main()

"""Look for a text for every pair of kinds that are composed, and print the pairs that never held together.

For each kind some constraints are drawn, as ``hir-data compose`` draws them. A pair holds together if some
text satisfies one constraint of each, two that do not conflict. Texts are real responses, as far as they are
at hand, the examples of the kinds, and what simple writers make of those that satisfy one of two. Pairs of
which any two constraints conflict are left out, since they are never composed.

A pair that is printed is no proof that there is no text, but a good place to look for a missing conflict.
"""

import argparse
import functools
import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from common import SHARED

import hir_data as hir
from hir_data.formats.files import read_rows
from hir_data.instructions.compose import select
from hir_data.instructions.conflicts import awkward, conflicts
from hir_data.instructions.mixes import MIXES
from hir_data.schemas import registry
from hir_data.text.sentences import sentences as split_sentences

QUESTION = "Explain why the sea is salty."
EXAMPLES = Path(__file__).parents[1] / "examples"
RESPONSES = (
    SHARED / "ifeval" / "responses_qwen25_7b.jsonl",
    SHARED / "ifbench" / "responses_qwen3_4b.jsonl",
    EXAMPLES / "demo" / "responses.jsonl",
)
STARTS = 12  # texts that writers start from
PLAIN = (
    "The sea is salty. Rain takes salt out of stone, and rivers carry it along! Where else would it go?",
    "Rivers bring salt.\n\nThe sun takes the water away.\n\nThe salt stays.",
    "salt stays behind",
    "Salt.",
    "Redder level. " * 5,
    "redder " * 12,
    "Level radar, civic kayak; madam: refer rotor! Tenet sagas? Solos stats.",
    "Wow\N{INTERROBANG} One, two; three: four! Five? Six.",
    "Tea rains so. Cats row as! Dogs swim in?",
    "We row. We row.\n* a\n* b",
    "Tea is hot. It warms!\n *green\n  *black",
    "Hmm?! We see, then rest; next: be free! Yes? Well.",
    "<i>Rain brings salt.</i> It is bitter.",
    "Salt stays. Tea pours! Far seas so",
    "redder rivers of level radar " * 10,
    "Salt; rain: wind, sun. Who knew?! We do! Do you? No.",
    "My Answer: Salt. My Conclusion: Rain. Future Outlook: Sun.",
    "<i>Salt stays.</i> Rain goes on.",
)


class Texts:
    """Texts, and which constraints they satisfy; each is asked once."""

    def __init__(self, constraints: Iterable[hir.Constraint]) -> None:
        self.satisfying: dict[hir.Constraint, dict[str, None]] = {each: {} for each in constraints}
        self.number = 0

    def add(self, raw: str) -> None:
        """Ask every constraint about a text."""
        text = hir.Text(raw)
        self.number += 1
        for constraint, found in self.satisfying.items():
            if hir.check(constraint, text).satisfied:
                found[raw] = None

    def write_for(self, constraint: hir.Constraint) -> None:
        """Add texts that simple writers make for a constraint, unless there are enough."""
        for new in (new for raw in PLAIN for new in rewritten(raw, constraint)):
            if len(self.satisfying[constraint]) >= STARTS:
                return
            if new not in self.satisfying[constraint] and self._satisfies(new, constraint):
                self.add(new)

    def shared(self, one: hir.Constraint, other: hir.Constraint, effort: int) -> bool:
        """Whether a text satisfies both: one that is there (0), that is written (1), or rewritten (2)."""
        first, second = self.satisfying[one], self.satisfying[other]
        if effort == 0:
            return not first.keys().isdisjoint(second)
        return any(
            self._satisfies(new, one) and self._satisfies(new, other)
            for found, wanted in ((first, other), (second, one))
            for raw in sorted(found, key=len)[: STARTS // effort**2]
            for better in rewritten(raw, wanted)
            for new in ([better] if effort == 1 else layouts(better))
        )

    def _satisfies(self, raw: str, constraint: hir.Constraint) -> bool:
        return bool(hir.check(constraint, self._text(raw)).satisfied)

    _text = staticmethod(functools.lru_cache(1 << 16)(hir.Text))


def rewritten(raw: str, constraint: hir.Constraint) -> Iterator[str]:
    """What simple writers make of a text that is to satisfy a constraint."""
    yield from layouts(raw)
    strings, numbers = values(constraint)
    raw = raw.strip() or "Salt."
    if constraint.example:
        good = constraint.example.satisfied_by
        yield from (f"{good}\n{raw}", f"{raw}\n{good}", f"{good} {raw}", f"{raw} {good}", f"{good}\n\n{raw}")
        yield from (raw.upper() + good, good.upper(), good.lower(), *layouts(good))
    for string in strings:
        yield from (f"{string} {raw}", f"{raw} {string}", f"{string}\n\n{raw}", f"{raw}\n\n{string}", string)
        yield re.sub(re.escape(string), "", raw, flags=re.IGNORECASE)
        for number in {1, 2, 3, *numbers}:
            yield "\n\n".join([f"{string} {raw.splitlines()[0]}"] * number)
            yield f"{raw} " + f"{string} " * min(number, 200)
            yield " ".join([*raw.split()[: number - 1], string, *raw.split()[number - 1 :]])
    words, sentences = raw.split(), split_sentences(raw)
    for number in numbers:
        for size in (number - 1, number, number + 1):
            if 0 < size < 2000:
                yield " ".join(itertools.islice(itertools.cycle(words), size))
                yield " ".join(itertools.islice(itertools.cycle(sentences or [raw]), size))
                for divider in ("\n\n", "\n", "\n***\n", "\n******\n", "\n- "):
                    yield divider.join(itertools.islice(itertools.cycle(sentences or [raw]), size))


def layouts(raw: str) -> Iterator[str]:
    """A text in other cases, with other marks, in other shapes."""
    words, sentences = raw.split() or [raw], split_sentences(raw) or [raw]
    bare = re.sub(r"[^\w\s]", "", raw)
    yield from (raw, raw.upper(), raw.lower(), raw.title(), bare, bare.lower(), bare.upper())
    yield from (raw.replace(",", ""), re.sub(r"[.!]", "?", raw), re.sub(r"[.?]", "!", raw), raw.rstrip(".!?"))
    yield from (f'"{raw}"', f"<<Salt>>\n{raw}", f"# Salt\n\n{raw}", f"{raw}\n\nP.S. Salt.", f"*{raw}*")
    yield from (json.dumps({"answer": raw}), json.dumps(raw), f"```json\n{json.dumps([raw])}\n```")
    for divider in ("\n", "\n\n", " ", "", "-", "\n- ", "\n* "):
        yield divider.join(words)
    for divider in ("\n", "\n\n", "\n***\n", "\n******\n", "\n- ", "\n* ", "-", "\n\t"):
        yield divider.join(sentences)
    for before, between in (("* ", "\n* "), ("- ", "\n- "), ("* ", "\n  - "), ("", "\n "), ("", "\n  ")):
        yield before + between.join(sentences)
        yield before + between.join(words)
    yield "\n* ".join([" ".join(sentences[:2]), *words[:2]])
    yield "\n* ".join(["Salt. Rain.", *sentences, *sentences])
    yield "\n".join(f"* {sentence}\n  - {sentence}" for sentence in sentences)
    yield " ".join(f"[{word}]" for word in words)
    yield " ".join(f"<<{' '.join(pair)}>>" for pair in zip(words[::2], words[1::2], strict=False))
    yield " ".join(f"{sentence} \N{WATER WAVE}" for sentence in sentences)
    yield from (f"{raw} (a [b {{c (d [e])}}])", f'{raw} "a \'b "c" d\' e" f', f"{raw} {words[0]}")
    yield from (
        " ".join(dict.fromkeys(words)),
        f"{raw}\n{bare}",
        f"{raw}\n\n{bare}",
        f"{raw}\n******\n{bare}",
    )
    size = max(map(len, sentences))
    yield " ".join(sentence[:-1].ljust(size, "s") + sentence[-1:] for sentence in (sentences * 3)[:3])


def values(constraint: hir.Constraint) -> tuple[list[str], list[int]]:
    """The texts and the numbers among the parameters of a constraint."""
    flat = [part for _, value in constraint for part in (value if isinstance(value, tuple) else (value,))]
    return [each for each in flat if isinstance(each, str)], [each for each in flat if type(each) is int]


def drawn(kinds: Iterable[type[hir.Constraint]], number: int) -> dict[str, list[hir.Constraint]]:
    """Some constraints of each kind."""
    found: dict[str, list[hir.Constraint]] = defaultdict(list)
    for cls in kinds:
        for seed in range(number):
            constraint = cls.sample(random.Random(f"{cls.kind}:{seed}"), QUESTION)
            if constraint and constraint not in found[cls.kind]:
                found[cls.kind].append(constraint)
    return {kind: constraints for kind, constraints in found.items() if constraints}


def responses() -> Iterator[str]:
    """Real responses, as far as they are at hand."""
    for path in RESPONSES:
        if path.is_file():
            for row in read_rows(str(path)):
                yield str((row.record or {}).get("response") or "")


def main() -> None:
    """Search, and print what was not found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", help="names of kinds; those of the mix without them")
    parser.add_argument("--draws", type=int, default=6, help="constraints of each kind")
    parser.add_argument("--mix", choices=MIXES, default="all", help="kinds where none are named")
    given = parser.parse_args()
    constraints = drawn(select(given.kinds, mix=given.mix), given.draws)
    texts = Texts(itertools.chain.from_iterable(constraints.values()))
    examples = (cls.example.satisfied_by for cls in hir.kinds().values() if cls.example)
    shaped = (new for raw in PLAIN for new in layouts(raw))
    for raw in dict.fromkeys(itertools.chain(shaped, examples, responses())):
        texts.add(raw)
    for constraint in texts.satisfying:
        texts.write_for(constraint)
    print(f"{len(constraints)} kinds, {len(texts.satisfying)} constraints, {texts.number} texts")
    for kind in [kind for kind, some in constraints.items() if not any(map(texts.satisfying.get, some))]:
        print(f"left out, since no text at all satisfies it: {kind}")
        del constraints[kind]
    pairs = {
        kinds: [
            pair
            for pair in itertools.product(*map(constraints.__getitem__, kinds))
            if not registry.conflict(*kinds) and not conflicts(pair) and not awkward(*pair)
        ]
        for kinds in itertools.combinations(constraints, 2)
    }
    left = {kinds: found for kinds, found in pairs.items() if found}
    print(f"{len(pairs)} pairs, {len(pairs) - len(left)} of them always conflict")
    for effort in range(3):
        left = {
            kinds: found
            for kinds, found in left.items()
            if not any(texts.shared(*pair, effort) for pair in found)
        }
        print(f"{len(left)} never held together after search {effort + 1} of 3", flush=True)
    for first, second in left:
        print(f"  {first}  {second}")


if __name__ == "__main__":
    main()

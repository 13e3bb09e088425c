"""How much a constraint says: the bits that it carries about a response, measured on other responses.

The bits of a constraint are minus log2 of its share among the responses to *other* prompts of the same input,
in a sample. What nearly every response satisfies says nothing (0.1 bits at 93 %), what one of sixteen
satisfies says 4 bits. Those of an instruction are the bits of all of its constraints at once, on the same
responses, so that it never has fewer than one of its constraints. What none of n responses satisfies has
log2(2 n + 2) bits, 9.0 of 256, which stands for so many at least.
"""

import hashlib
import heapq
import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hir_data.schemas.constraint import Constraint, check
from hir_data.schemas.conversation import Instruction
from hir_data.text.cached import cached_property
from hir_data.text.quality.style import MEASURES
from hir_data.text.quality.writing import Writing
from hir_data.text.stems import roots_of, stem
from hir_data.text.text import Text
from hir_data.verifiers.general.count import Range
from hir_data.verifiers.ifeval.keywords import Existence
from hir_data.verifiers.soft import Grade

MIN_OTHERS = 16
"""Responses to other prompts, below which a share says nothing."""

_CACHED = 1 << 13  # constraints
_FEW = 32  # responses
_ASCII_WORD = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_]+")


def group_key(instruction: Instruction) -> bytes:
    """What tells an instruction from any other."""
    told = f"{instruction.id!r}\n{instruction.conversation_key}"
    return hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=12).digest()


class ResponseSample:
    """A seeded sample of distinct responses, the same whatever the order they come in.

    Each response has a hash of the seed, its instruction and itself; those with the least are the sample.

    Args:
        size: how many, at most.
        seed: what the hashes begin with.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size: int = size
        self._salt = f"{seed}:".encode()
        self._heap: list[tuple[int, bytes, str]] = []
        self._known: set[int] = set()

    def add(self, group: bytes, response: str) -> None:
        """Take in a response to the instruction of a group."""
        if not self.size or not response.strip():
            return
        told = self._salt + group + response.encode(errors="surrogatepass")
        self.take(-int.from_bytes(hashlib.blake2b(told, digest_size=8).digest()), group, response)

    def take(self, rank: int, group: bytes, response: str) -> None:
        """Take in a member of the sample of a part: the sample of all is among those of the parts."""
        if rank in self._known or (len(self._heap) == self.size and rank < self._heap[0][0]):
            return
        self._known.add(rank)
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, (rank, group, response))
        else:
            self._known.discard(heapq.heappushpop(self._heap, (rank, group, response))[0])

    def members(self) -> list[tuple[int, bytes, str]]:
        """The sample so far: the rank of each response, its group and itself."""
        return sorted(self._heap, reverse=True)

    def background(self) -> "Background":
        """The sample so far, to measure on."""
        return Background([(group, response) for _, group, response in self.members()])


class Background:
    """Responses to measure constraints on; which of them satisfy a constraint is kept, as bits of a number.

    Args:
        responses: each with the key of its instruction.
    """

    def __init__(self, responses: Iterable[tuple[bytes, str]] = ()) -> None:
        self.responses: tuple[tuple[bytes, str], ...] = tuple(responses)
        self._forget()

    def __getstate__(self) -> tuple[tuple[bytes, str], ...]:
        return self.responses

    def __setstate__(self, responses: tuple[tuple[bytes, str], ...]) -> None:
        self.responses = responses
        self._forget()

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Background) and self.responses == other.responses

    def _forget(self) -> None:
        for name in ("word_counts", "stem_counts", "words", "places", "roots", "writings", "_own"):
            self.__dict__.pop(name, None)
        self._matching: dict[re.Pattern[str], int] = {}
        self._containing: dict[str, int] = {}
        self._texts: list[Text] = []
        self._satisfied: dict[Constraint, tuple[int, int]] = {}
        self._degrees: dict[Constraint, tuple[float, ...]] = {}
        self._counted: dict[Constraint, dict[int, int]] = {}
        self._figures: dict[str, tuple[float, ...]] = {}

    @cached_property
    def word_counts(self) -> Counter[str]:
        """In how many of the responses each word occurs, in lower case."""
        return Counter({word: len(numbers) for word, numbers in self.places.items()})

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        """The words of each response, in lower case."""
        return tuple(frozenset(_WORD.findall(response.lower())) for _, response in self.responses)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The responses that have each word in lower case, by their numbers."""
        found: dict[str, list[int]] = {}
        for i, words in enumerate(self.words):
            for word in words:
                found.setdefault(word, []).append(i)
        return found

    @cached_property
    def stem_counts(self) -> Counter[str]:
        """In how many of the responses each word occurs, whatever its ending."""
        return Counter(each for words in self.words for each in set(map(stem, words)))

    @cached_property
    def roots(self) -> dict[str, int]:
        """The responses that have a word of each root, as a set of bits."""
        known: dict[str, int] = {}
        for i, words in enumerate(self.words):
            for root in roots_of(words):
                known[root] = known.get(root, 0) | 1 << i
        return known

    @cached_property
    def writings(self) -> tuple[Writing, ...]:
        """The responses as ways of writing are measured on them."""
        return tuple(Writing(response) for _, response in self.responses)

    def figures(self, measure: str) -> tuple[float, ...]:
        """How far each response is written in a way, by the name of its measure."""
        if measure not in self._figures:
            self._figures[measure] = tuple(map(MEASURES[measure], self.writings))
        return self._figures[measure]

    def matching(self, pattern: re.Pattern[str]) -> int:
        """How many responses have what a pattern matches; one of few patterns, since each is remembered."""
        if pattern not in self._matching:
            self._matching[pattern] = sum(pattern.search(other) is not None for _, other in self.responses)
        return self._matching[pattern]

    def containing(self, words: str) -> int:
        """How many responses have some words in lower case, one behind the other."""
        if words not in self._containing:
            if len(self._containing) >= _CACHED:
                self._containing.clear()
            self._containing[words] = sum(words in self._text(i).lower for i in range(len(self.responses)))
        return self._containing[words]

    def others(self, group: bytes) -> int:
        """The responses to other instructions than that of the group, as a set of bits."""
        return (1 << len(self.responses)) - 1 & ~self._own.get(group, 0)

    @cached_property
    def _own(self) -> dict[bytes, int]:
        """The responses of each group, as a set of bits."""
        found: dict[bytes, int] = {}
        for i, (group, _) in enumerate(self.responses):
            found[group] = found.get(group, 0) | 1 << i
        return found

    def satisfied(self, constraint: Constraint, first: int | None = None) -> int:
        """The responses that satisfy a constraint, as a set of bits; all for one that a judge decides.

        Args:
            constraint: what is asked.
            first: look only at so many of them, which are a sample of the sample; None for all.
        """
        size = len(self.responses) if first is None else min(first, len(self.responses))
        if constraint.soft:
            return (1 << size) - 1
        found, known = self._satisfied.get(constraint, (0, 0))
        if known < size:
            satisfies = self._checking(constraint)
            for i in range(known, size):
                if satisfies(i):
                    found |= 1 << i
            if len(self._satisfied) >= _CACHED:
                self._satisfied.clear()
            self._satisfied[constraint] = found, size
        return found & ((1 << size) - 1)

    def satisfied_among(self, numbers: int, constraints: Iterable[Constraint]) -> int:
        """Those of some responses that satisfy all of some constraints, both as sets of bits.

        What is known already is used first, so that the rest is checked on as few responses as can be.
        """
        found, checked = numbers, {}
        for constraint in constraints:
            satisfied, known = self._satisfied.get(constraint, (0, 0))
            checked[constraint] = known
            if not constraint.soft:
                found &= satisfied | -1 << known
        for constraint, known in checked.items():
            unknown = 0 if constraint.soft else found >> known << known
            satisfies = self._checking(constraint) if unknown else None
            while unknown and satisfies is not None:
                lowest = unknown & -unknown
                if not satisfies(lowest.bit_length() - 1):
                    found ^= lowest
                unknown ^= lowest
        return found

    def degrees(self, constraint: Constraint) -> tuple[float, ...]:
        """How far each of the first few responses satisfies a constraint."""
        found = self._degrees.get(constraint)
        if found is None:
            few = range(min(_FEW, len(self.responses)))
            found = () if constraint.soft else tuple(constraint.degree(self._text(i)) for i in few)
            if len(self._degrees) >= _CACHED:
                self._degrees.clear()
            self._degrees[constraint] = found
        return found

    def _checking(self, constraint: Constraint) -> Callable[[int], bool]:
        """What tells of a response whether it satisfies a constraint; what is counted is remembered."""
        if isinstance(constraint, Range):
            least, most = constraint.min or 0, math.inf if constraint.max is None else constraint.max
            counted = self._counted.setdefault(constraint.model_copy(update={"min": None, "max": None}), {})

            def lies_between(number: int) -> bool:
                if number not in counted:
                    counted[number] = constraint.found(self._text(number))
                return least <= counted[number] <= most

            return lies_between
        if isinstance(constraint, Existence) and all(map(_ASCII_WORD.fullmatch, constraint.keywords)):
            wanted = [word.lower() for word in constraint.keywords]
            return lambda number: all(word in self._text(number).lower for word in wanted)
        return lambda number: check(constraint, self._text(number)).satisfied is True

    def _text(self, number: int) -> Text:
        if not self._texts:
            self._texts = [Text(response) for _, response in self.responses]
        return self._texts[number]

    def view(self, group: bytes) -> "OtherResponses":
        """The responses to other instructions than one."""
        return OtherResponses(self, self.others(group))


class OtherResponses:
    """The responses of a background that answer other instructions.

    Attributes:
        background: all of them.
        members: the others, as a set of bits.
        count: how many these are.
    """

    def __init__(self, background: Background, members: int) -> None:
        self.background: Background = background
        self.members: int = members
        self.count: int = members.bit_count()

    @property
    def suffices(self) -> bool:
        """Whether there are enough of them for a share to say something."""
        return self.count >= MIN_OTHERS

    def siblings(self, response: str) -> list[frozenset[str]]:
        """The words of each other response to the same instruction that the background has."""
        return [
            words
            for i, (words, (_, own)) in enumerate(
                zip(self.background.words, self.background.responses, strict=True)
            )
            if not self.members >> i & 1 and own != response
        ]

    def with_word(self, word: str) -> int:
        """How many of the others have a word, in lower case."""
        return len(self._places(word))

    def goes_with(self, word: str, topic: frozenset[str]) -> float:
        """How much more of those with a word have one of a topic than of all: a share from -1 to 1."""
        on_topic = {i for each in topic for i in self._places(each)}
        having = self._places(word)
        return share_of(sum(i in on_topic for i in having), len(having)) - share_of(len(on_topic), self.count)

    def in_company(self, words: Iterable[str], topic: frozenset[str]) -> dict[str, float]:
        """For each of some words, how many of a topic the responses with it have on average."""
        on_topic = Counter(i for each in topic for i in self._places(each))
        return {
            word: sum(on_topic[i] for i in having) / max(1, len(having))
            for word in words
            for having in [self._places(word)]
        }

    def _places(self, word: str) -> list[int]:
        """The numbers of the others that have a word."""
        return [i for i in self.background.places.get(word, ()) if self.members >> i & 1]

    def root_share(self, root: str) -> float:
        """The share of the others that have a word of a root."""
        return (self.background.roots.get(root, 0) & self.members).bit_count() / max(1, self.count)

    def written_share(self, measure: str, least: float) -> float:
        """The share of the others that are written in a way, so far at least."""
        figures = self.background.figures(measure)
        written = sum(1 << i for i, figure in enumerate(figures) if figure >= least)
        return (written & self.members).bit_count() / max(1, self.count)

    def satisfied(self, *constraints: Constraint) -> int:
        """The others that satisfy all of some constraints, as a set of bits."""
        found = self.members
        for constraint in constraints:
            found &= self.background.satisfied(constraint)
        return found

    def is_below(self, constraint: Constraint, least: float) -> bool:
        """Whether a constraint carries fewer bits; a few responses tell where nearly all satisfy it.

        A judge has not seen the others: of a grade the bits are those that it has if all grades of the scale
        are as frequent.
        """
        if not self.suffices or least <= 0:
            return False
        if isinstance(constraint, Grade):
            return constraint.scale_bits < least
        few = self.members & ((1 << _FEW) - 1)
        satisfied = few & self.background.satisfied(constraint, _FEW)
        if few.bit_count() >= _FEW // 2 and satisfied.bit_count() > 0.9 * few.bit_count() and least >= 0.5:
            return True
        return self.bits(self.satisfied(constraint)) < least

    def usual_degree(self, constraint: Constraint) -> float | None:
        """How far the middle one of a few others satisfies a constraint; None where there are too few."""
        known = self._degrees(constraint)
        return statistics.median_low(known) if len(known) >= MIN_OTHERS else None

    def high_degree(self, constraint: Constraint) -> float | None:
        """How far nine of ten of those that violate a constraint satisfy it at most; None where few do.

        Those that satisfy it may have been asked to; what they have in common says nothing of a trace.
        """
        violating = sorted(degree for degree in self._degrees(constraint) if degree < 1)
        return violating[int(0.9 * (len(violating) - 1))] if len(violating) >= MIN_OTHERS // 2 else None

    def _degrees(self, constraint: Constraint) -> list[float]:
        degrees = self.background.degrees(constraint)
        return [degree for i, degree in enumerate(degrees) if self.members >> i & 1]

    def bits(self, satisfied: int) -> float:
        """The bits of what a set of the others satisfies: its share, smoothed by half a response."""
        return -math.log2((satisfied.bit_count() + 0.5) / (self.count + 1))

    def bits_of(self, constraints: Sequence[Constraint]) -> float | None:
        """The bits of some constraints at once; None where there are too few others."""
        return self.bits(self.satisfied(*constraints)) if self.suffices else None

    def bits_once(self, constraints: Iterable[Constraint]) -> float | None:
        """As :meth:`bits_of`, of constraints that will not be measured again: none of them is remembered."""
        if not self.suffices:
            return None
        return self.bits(self.background.satisfied_among(self.members, constraints))


def share_of(part: int, whole: int) -> float:
    """The share of a number in another one, smoothed by a half."""
    return (part + 0.5) / (whole + 1)

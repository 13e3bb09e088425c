"""IFBench's kinds about words and their order: ``words:*``."""

import itertools
import re
import string
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    Count,
    Roughly,
    SentenceRule,
    UnitEdge,
    WordRule,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text import tagger
from hir_data.text.readability import syllables
from hir_data.text.text import Text
from hir_data.verifiers import neighbours
from hir_data.verifiers.compare import between, closeness, compare, count, mean, quoted, share

_EDGES = string.punctuation + " "
_LETTERS = string.ascii_lowercase
_MARGIN = string.punctuation + string.whitespace + "“‘"
_CLUSTER = re.compile("[bcdfghjklmnpqrstvwxyz]{2}")
_PRIMES = frozenset(
    {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97}
)


# Not four of the five vowels.
_THREE_VOWELS = (
    "".join(
        f"(?!{''.join(f'(?=.*{vowel})' for vowel in four)})" for four in itertools.combinations("aeiou", 4)
    )
    + ".*"
)


@register("words:alphabet")
class Alphabet(Constraint):
    """Each word starts with the letter of the alphabet after that of the word before; a follows z."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Begin each word with the letter that follows, in the alphabet, the first letter of the word before; "
        "a comes after z.",
        "The first letters of your words should run through the alphabet in order, from any letter on, and "
        "start again at a after z.",
    )
    example: ClassVar[Example] = Example({}, "You zoom around big cities.", "You zoom around cities.")
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with", "startend:end_checker", "starts_with")
    no_hindsight = "nobody asks for another order"

    def check(self, text: Text) -> Verdict:
        words = text.bare.split()
        first = words[0][0].lower() if words else ""
        if not first or first not in _LETTERS:
            return Verdict(False, "the first word does not start with one of the letters a to z")
        start = _LETTERS.index(first)
        for number, word in enumerate(words):
            letter = _LETTERS[(start + number) % len(_LETTERS)]
            if word[0].lower() != letter:
                return Verdict(False, f'{quoted(word)} should start with "{letter}"')
        return Verdict(True, "the first letters follow the alphabet")

    def nearness(self, text: Text) -> float:
        """The share of words that follow; or how far lines, sentences or a run of words go on in order."""
        words = [word[0].lower() for word in text.bare.split()]
        lines = [line[0].lower() for raw in text.raw.split("\n") if (line := raw.lstrip(_MARGIN))]
        starts = [start[0].lower() for raw in text.sentences if (start := raw.lstrip(_MARGIN))]
        runs = max(_letters_in_order(lines), _letters_in_order(starts), _letters_in_order(words))
        return max(share(neighbours.in_order(one, other) for one, other in pairwise(words)), runs)

    def claims(self) -> Sequence[Claim]:
        return [WordRule("words in the order of the alphabet", follows=neighbours.in_order)]


def _letters_in_order(initials: Sequence[str]) -> float:
    """How many letters a run of initials, some of them more than once, goes through; half of all do."""
    longest = letters = 0
    for one, other in pairwise(initials):
        letters = letters + 1 if neighbours.in_order(one, other) else letters if one == other else 0
        longest = max(longest, letters)
    return min(2 * longest / len(_LETTERS), 1.0)


@register("words:vowel")
class Vowel(Constraint):
    """The response is one paragraph and has at most three different vowels."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write a single paragraph in which at most three different vowels (of a, e, i, o, u) occur.",
        "Answer in one paragraph and use no more than three of the five vowels a, e, i, o and u.",
    )
    example: ClassVar[Example] = Example({}, "The best seller is here.", "You are a fine singer.")
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:number_bullet_lists",
        "length_constraints:nth_paragraph_first_word",
        "paragraphs:paragraphs",
        "paragraphs:paragraphs2",
    )
    no_hindsight = "nobody asks for more vowels"

    def check(self, text: Text) -> Verdict:
        if "\n" in text.stripped:
            return Verdict(False, "there is more than one line")
        # All words together, not each by itself; y is no vowel.
        return between(sum(vowel in text.lower for vowel in "aeiou"), None, 3, "different vowel")

    def nearness(self, text: Text) -> float:
        vowels = closeness(sum(vowel in text.lower for vowel in "aeiou"), None, 3)
        return vowels / (2 if "\n" in text.stripped else 1)

    def claims(self) -> Sequence[Claim]:
        return [
            WordRule("three vowels at most", _THREE_VOWELS),
            Count("paragraphs", 1, 1),
        ]


@register("words:consonants")
class Consonants(Constraint):
    """Every word has two consonants next to each other."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use only words in which two or more consonants stand side by side.",
        "Each word you use must have at least two consonants in a row, as in plan or must.",
    )
    example: ClassVar[Example] = Example({}, "Bright stars shine.", "Bright stars are out.")
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:number_bullet_lists",
        "ends_with",
        "startend:end_checker",
        "starts_with",
    )
    no_hindsight = "nobody asks for words with single consonants"

    def check(self, text: Text) -> Verdict:
        # Whatever stands between white space is a word, a lone dash as well; y is a consonant.
        without = next((word for word in text.lower.split() if not _CLUSTER.search(word)), None)
        if without is not None:
            return Verdict(False, f"{quoted(without)} has no two consonants in a row")
        return Verdict(True, "every word has two consonants in a row")

    def nearness(self, text: Text) -> float:
        return share(map(_CLUSTER.search, text.lower.split()))

    def claims(self) -> Sequence[Claim]:
        return [WordRule("words with two consonants side by side", r".*[b-df-hj-np-tv-z]{2}.*")]


@register("words:palindrome")
class Palindrome(Constraint):
    """There are at least ten palindromes of five letters or more."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include at least 10 palindromes of at least 5 letters each, such as level; repeated ones count.",
        "Use ten or more words that read the same backwards and have five letters or more.",
    )
    example: ClassVar[Example] = Example({}, "Level radar. " * 5, "Level radar. " * 4)
    no_hindsight = "there is no other number of palindromes to ask for"

    def check(self, text: Text) -> Verdict:
        found = sum(len(word) >= 5 and word == word[::-1] for word in text.bare_words)
        return compare(found, "at least", 10, "palindrome")

    def claims(self) -> Sequence[Claim]:
        return [Roughly("palindromes", 10)]


@register("words:prime_lengths")
class PrimeLengths(Constraint):
    """The length of every word is a prime number."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use only words whose number of letters is prime (2, 3, 5, 7, 11, ...).",
        "The length of each of your words has to be a prime number.",
    )
    example: ClassVar[Example] = Example({}, "It was fun.", "It was good.")
    no_hindsight = "nobody asks for words of other lengths"

    def check(self, text: Text) -> Verdict:
        # Only primes below 100 count.
        other = next((word for word in text.bare.split() if len(word) not in _PRIMES), None)
        if other is not None:
            return Verdict(False, f"{quoted(other)} has {len(other)} characters, wanted a prime number")
        return Verdict(True, "every length is a prime number")

    def nearness(self, text: Text) -> float:
        return share(len(word) in _PRIMES for word in text.bare.split())

    def claims(self) -> Sequence[Claim]:
        return [WordRule("words of prime length", r"(?:..|...|.{5}|.{7}|.{11}|.{13})")]


@register("words:start_verb")
class StartVerb(Constraint):
    """The response starts with a verb.

    A verb is what NLTK's part-of-speech tagger takes for one, which is not always what a reader would. Its
    data does not come with hir-data.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Start your answer with a verb.",
        "The first word of your answer must be a verb.",
    )
    example: ClassVar[Example] = Example({}, "Does it rain today?", "This is a rainy day.")
    requires = tagger.NEEDS
    no_hindsight = "most texts start with another word, so to ask for that is to ask for little"

    def check(self, text: Text) -> Verdict:
        tokens = list(islice(text.each_token(), tagger.SEEN))
        if not tokens:
            return Verdict(False, "there are no words")
        # A mark is a token too: nothing that begins with "**" or "#" starts with a verb.
        tag = tagger.first_tag(tokens)
        if tag is None:
            return Verdict(None, f"needs {self.requires}", "error")
        return Verdict("VB" in tag, f"{quoted(tokens[0])} is tagged {tag}, wanted a verb (VB)")


@register("words:repeats")
class Repeats(Constraint):
    """No word occurs more than a number of times."""

    small_n: Annotated[int, Field(ge=0), Choices(range(3, 11))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use each word at most {small_n} times.",
        "No word may occur more than {small_n} times in your answer.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"small_n": 2}, "Rain, rain, go away.", "Rain, rain, and more rain.")

    def check(self, text: Text) -> Verdict:
        for word, times in Counter(text.bare_words).most_common(1):
            found = f"{quoted(word)} occurs {count(times, 'time')}"
            return Verdict(times <= self.small_n, f"{found}, wanted at most {self.small_n}")
        return Verdict(True, "there are no words")

    def nearness(self, text: Text) -> float:
        return closeness(max(Counter(text.bare_words).values()), None, self.small_n)

    def nearest(self, text: Text) -> Constraint | None:
        times = max(Counter(text.bare_words).values())
        return self.try_replace(small_n=times) if times <= 12 else None

    def claims(self) -> Sequence[Claim]:
        return [
            WordRule("each word a few times", uses=self.small_n),
            Count("uses of one word", 0, self.small_n),
        ]


@register("words:odd_even_syllables")
class OddEvenSyllables(Constraint):
    """Words with an odd and with an even number of syllables take turns."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Alternate between words with an odd number of syllables and words with an even number of syllables.",
        "Of any two neighbouring words, one must have an odd and the other an even number of syllables.",
    )
    example: ClassVar[Example] = Example({}, "Happy dogs never bark.", "Happy dogs bark.")
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with", "startend:end_checker")
    no_hindsight = "nobody asks for another rhythm"

    def check(self, text: Text) -> Verdict:
        for (word, one), (following, other) in pairwise((word, syllables(word)) for word in text.bare_words):
            if one % 2 == other % 2:
                parity = "odd" if one % 2 else "even"
                return Verdict(
                    False, f"{quoted(word)} and {quoted(following)}: both numbers of syllables are {parity}"
                )
        return Verdict(True, "odd and even numbers of syllables take turns")

    def nearness(self, text: Text) -> float:
        return share(one % 2 != other % 2 for one, other in pairwise(map(syllables, text.bare_words)))

    def claims(self) -> Sequence[Claim]:
        return [WordRule("odd and even syllables by turns", follows=neighbours.in_turn)]


@register("words:last_first")
class LastFirst(Constraint):
    """Each sentence starts with the word that the sentence before it ends with."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Begin every sentence, except the first, with the word that ended the sentence before.",
        "The last word of each sentence must be the first word of the next one.",
    )
    example: ClassVar[Example] = Example({}, "I like tea. Tea is hot.", "I like tea. It is hot.")
    no_hindsight = "nobody asks for sentences that do not hang together"

    def check(self, text: Text) -> Verdict:
        for sentence, following in pairwise(text.sentences):
            # Marks are taken off the outer side of the two words only: "Tea, of course" starts with "tea,".
            last = sentence.rstrip(_EDGES).split()[-1:]
            first = following.lstrip(_EDGES).split()[:1]
            if not last or not first:
                return Verdict(False, "a sentence has no words")
            if last[0].lower() != first[0].lower():
                return Verdict(False, f"{quoted(last[0])} is followed by {quoted(first[0])}")
        return Verdict(True, "each sentence starts with the word that ended the one before")

    def nearness(self, text: Text) -> float:
        words = [sentence.lower().strip(_EDGES).split() or [""] for sentence in text.sentences]
        ends = [([word.strip(_EDGES) for word in each[:3]], each[-1]) for each in words]
        return mean(map(_taken_up, ends, ends[1:]))

    def claims(self) -> Sequence[Claim]:
        return [
            UnitEdge("start", "sentence", None),
            SentenceRule("sentences that begin as the one before ends"),
        ]


def _taken_up(one: tuple[list[str], str], other: tuple[list[str], str]) -> float:
    """How far a sentence, by its first words and its last, takes up the last word of the one before."""
    last, first = one[1], other[0]
    return 1.0 if last == first[0] else 0.5 * (len(last) > 3 and any(last[:4] == word[:4] for word in first))


@register("words:paragraph_last_first")
class ParagraphLastFirst(Constraint):
    """Each paragraph ends with the word that it starts with."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "End each paragraph with the word that it starts with.",
        "In every paragraph the first and the last word must be the same; line breaks separate paragraphs.",
    )
    example: ClassVar[Example] = Example(
        {}, "Tea is what I drink: tea.\nMilk is white milk.", "Tea is hot.\nMilk is white."
    )
    no_hindsight = "nobody asks for different words at both ends"

    def check(self, text: Text) -> Verdict:
        for line in text.lower.split("\n"):
            # Every line is a paragraph; one without words, or with one word, fits.
            words = line.strip().strip(_EDGES).split()
            if words and words[0] != words[-1]:
                return Verdict(
                    False, f"a paragraph starts with {quoted(words[0])} and ends with {quoted(words[-1])}"
                )
        return Verdict(True, "every paragraph ends with its first word")

    def nearness(self, text: Text) -> float:
        """The share of paragraphs that do; one that comes back to its first two words does so by half."""
        lines = [[word.strip(_EDGES) for word in line.split()] for line in text.lower.split("\n")]
        return mean(_comes_back(words) for words in lines if any(words))

    def claims(self) -> Sequence[Claim]:
        return [UnitEdge("start", "paragraph", None), UnitEdge("end", "paragraph", None)]


def _comes_back(words: Sequence[str]) -> float:
    if words[0] == words[-1]:
        return 1.0
    return 0.5 * any(words[i : i + 2] == words[:2] for i in range(max(2, len(words) // 2), len(words) - 1))


@register("words:no_consecutive")
class NoConsecutive(Constraint):
    """No two neighbouring words start with the same letter."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Begin each word with a different letter from the word before it.",
        "No two consecutive words may start with the same letter.",
    )
    example: ClassVar[Example] = Example({}, "Big cats sleep.", "Big brown cats sleep.")
    no_hindsight = "nobody asks for words that begin alike here and there"

    def check(self, text: Text) -> Verdict:
        for word, following in pairwise(text.bare_words):
            if word[0] == following[0]:
                return Verdict(False, f"{quoted(word)} is followed by {quoted(following)}")
        return Verdict(True, "no two neighbouring words start with the same letter")

    def nearness(self, text: Text) -> float:
        return share(word[0] != following[0] for word, following in pairwise(text.bare_words))

    def claims(self) -> Sequence[Claim]:
        return [WordRule("no two words in a row with one letter", follows=neighbours.with_another_letter)]

"""The clause of a sentence that states a constraint, where the sentence is whole without it."""

import itertools
import operator
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hir_data.replays.rewriting.statements.cues import GENERAL, MAKING, PRODUCTS
from hir_data.replays.rewriting.statements.evidence import StatementPattern, unexplained
from hir_data.replays.rewriting.statements.rationales import rationale_start
from hir_data.replays.rewriting.statements.units import PromptSentence, plain, tokens

# Words that begin a clause behind what it belongs to, and those that join one to another.
_PREPOSITIONS = frozenset(
    "with without using in containing including that that's that're which ensuring avoiding excluding "
    "of only all entirely wrapped written separated enclosed surrounded".split()
)
_JOINING = frozenset(["and", "but", ",", ";", "while", "-", "–", "—", "--"])
# With what a sentence goes on behind a clause in its middle.
_RESUMING = frozenset(
    "about on for from of that which who whose describing explaining discussing as regarding titled "
    "called because : (".split()
)
# Words that begin parts that are alike, and what may stand before such a part.
_VERBS = frozenset(
    "use include contain make write highlight wrap end finish start begin answer respond give put add "
    "avoid do don't refrain mention keep ensure be separate label mark provide italicize explain "
    "describe have limit list create tell repeat aim focus note please say ask try conclude incorporate "
    "employ".split()
)
_THIRD_PERSON = frozenset(
    "includes contains uses ends finishes starts begins concludes incorporates employs avoids highlights "
    "mentions".split()
)
_BEFORE_VERBS = frozenset("please to must should can will may not also".split())
_AMOUNTS = frozenset("at exactly no less fewer more a an only".split())
_REPEATED = frozenset("the to for with in by as that".split())
_RELATIVE = frozenset("that that's that're which".split())
_ANSWERING = frozenset("give provide answer respond reply write".split())
_COORDINATING = frozenset(["and", "but"])
_ASIDE = frozenset("in with without using entirely only all".split())
_POINTING = frozenset("following this these below".split())
_EXPANDING = frozenset("expand extend lengthen elaborate develop expanding".split())
_POLITE = frozenset("please also then".split())
_GRADING = frozenset("only entirely all just fully".split())
_HOLDING = frozenset("contain contains have has include includes use with".split())
_MODALS = frozenset("must should cannot can't shouldn't mustn't will can may".split())
# What a sentence cannot end with, nor what is in want of a complement.
_UNENDED = MAKING | frozenset(
    "a an the this that these those your my our its their his her and or but also on of to for from "
    "by at with without in into within through is are was be been being am do does don't not no only "
    "just exactly precisely least most more less than fewer over under up can could should must may "
    "might shall will would has have having had need needs make makes making sure ensure ensures "
    "please kindly use uses using contain contains include includes including write add put give "
    "provide keep avoid mention each every all both some any if when which who as like such one "
    "respond reply wrapped written separated followed marked refrain abstain mindful aware".split()
)
# Words that begin a clause before the main one, and what may stand before those.
_LEADING = frozenset(
    "to before after when while if in for at as since because although though given during on with "
    "once unless until".split()
)
_WANTING = frozenset(
    "begin begins start starts end ends consist consists length total minimum maximum range limit "
    "limitation restriction condition rule requirement number amount count style way form format "
    "manner".split()
)
_IF = frozenset("if when once unless although though".split())
_ARTICLES = frozenset("a an the my your his her our their".split())
_OPENING = frozenset(
    "additionally also however furthermore moreover lastly finally then please and but ,".split()
)
_PLACING = frozenset("in of on for at with by from into".split())
_FINITE = frozenset("is are was were should must has have can cannot will does may".split())
_SHORTEST = 3  # words that are left of a sentence
_COMPOUND = 4  # tokens, at most
_LONGEST = 150  # the same of a clause
_LONGEST_SENTENCE = 4000  # characters; what is longer is none


class ClausePart(NamedTuple):
    """What is to be taken out of a sentence.

    Attributes:
        start: where it starts in the prompt.
        end: where it ends.
        put: what stands in its place.
    """

    start: int
    end: int
    put: str = ""


def clause(
    prompt: str,
    unit: PromptSentence,
    known: StatementPattern,
    free: Callable[[int, int], bool],
    *,
    led: bool = False,
) -> ClausePart | None:
    """The clause that states a constraint and nothing else, if the sentence can do without it.

    Args:
        prompt: the text.
        unit: the sentence.
        known: how the constraint would be stated.
        free: whether a part of the prompt is about nothing that is kept.
        led: whether a colon at the end leads to what is taken out too.
    """
    if unit.end - unit.start > _LONGEST_SENTENCE:
        return None
    sentence = _Sentence(prompt, unit, known, led)
    found = sorted(
        sentence.parts(), key=lambda one: (-one.end, not _is_joined(prompt[one.start :]), one.start)
    )
    return next((part for part in found if free(part.start, part.end)), None)


class _Sentence:
    def __init__(self, prompt: str, unit: PromptSentence, known: StatementPattern, led: bool) -> None:
        self.prompt, self.unit, self.known = prompt, unit, known
        self.tokens = tokens(prompt, *unit[:2])
        self.words = [token.text for token in self.tokens]
        strange = set(unexplained(prompt, *unit[:2], [known]))
        reason = rationale_start(self.tokens)  # goes with the clause before it, if that goes
        end = len(self.tokens) if reason is None else reason
        self.strange = [token in strange for token in self.tokens[:end]]
        self.strange += [False] * (len(self.tokens) - end)
        is_said = [token.sort != "mark" for token in self.tokens]
        self.said = [0, *itertools.accumulate(is_said)]
        """Before each token, how many there are that are no marks."""
        self.strange_said = [0, *itertools.accumulate(map(operator.and_, is_said, self.strange))]
        """The same of those that the constraint does not explain."""
        final = ".!?" if led else ".!?:"
        marks = sum(1 for _ in itertools.takewhile(final.__contains__, reversed(self.words)))
        self.end = len(self.words) - marks

    def parts(self) -> Iterator[ClausePart]:
        """Every clause that the constraint explains and that can be taken out."""
        for strange, run in itertools.groupby(range(len(self.words)), self.strange.__getitem__):
            places = list(run)
            if strange or len(places) > _LONGEST:
                continue
            for i, j in itertools.combinations([*places, places[-1] + 1], 2):
                if j <= self.end and self._is_statement(i, j) and (part := self._part(i, j)):
                    rest = self.prompt[self.unit.start : part.start] + self.prompt[part.end : self.unit.end]
                    if not self.known.hints_at(plain(rest)):
                        yield part

    def _is_statement(self, i: int, j: int) -> bool:
        """Whether the tokens state the constraint, and enough is left without them."""
        said, strange = (before[i] + before[-1] - before[j] for before in (self.said, self.strange_said))
        return (
            said >= _SHORTEST
            and strange > 0
            and (j == self.end or any(self.strange[j:]))
            and self.known.states(plain(self.prompt[self.tokens[i].start : self.tokens[j - 1].end]))
        )

    def _part(self, i: int, j: int) -> ClausePart | None:
        start, end = self.tokens[i].start, self.tokens[j - 1].end
        if self._starts(i, j) and self._stops(i, j):
            return ClausePart(self.tokens[i - 1].end, end, "." if self.words[j - 1] == ":" else "")
        if self._is_aside(i, j):
            goes_on = self.words[j] == "," and self.words[j + 1] not in _COORDINATING
            return ClausePart(self.tokens[i - 1].end, self.tokens[j].end if goes_on else end)
        if self._is_one_of_adjectives(i, j):
            return ClausePart(self.tokens[i - 2].end, end)
        if self._is_compound(i, j):
            article = self.tokens[i - 1]
            right = "an" if self.words[j][0] in "aeiou" else "a"
            return ClausePart(
                article.start, end, right if self.prompt[article.start].islower() else right.title()
            )
        following = self._parallel(i, j)
        if following is None:
            return None
        then = self.tokens[following].start
        return ClausePart(start, then) if i else ClausePart(start, then + 1, self.prompt[then].upper())

    def _starts(self, i: int, j: int) -> bool:
        """Whether a clause can start at a token, so that what is before it can end there.

        Three kinds of words start one: what joins it to the sentence ("Write a poem *and use no commas*"), a
        preposition ("Write a poem *without commas*"), and a capital where a full stop was forgotten ("Write
        a poem *Use no commas*").
        """
        if i == 0 or not self._can_end_before(i):
            return False
        if self.words[i] in _JOINING:
            return self._joins(i)
        if self.words[i] in _PREPOSITIONS:
            return self._qualifies(i, j)
        if self.words[i] == "into":
            return not _EXPANDING.isdisjoint(self.words[:i]) and self._qualifies(i, j)
        return self._begins_with_capital(i)

    def _can_end_before(self, i: int) -> bool:
        """Whether what stands before a token is a sentence by itself, and says something of its own.

        Not "When you answer", which wants a main clause; not "Write a", which wants a noun; not "Write a
        poem:", which leads to what follows; and not what the constraint explains too.
        """
        before = self.tokens[i - 1]
        opening = next((k for k, word in enumerate(self.words) if word not in _OPENING), 0)
        has_main_clause = self.words[opening] not in _LEADING or "," in self.words[opening:i]
        is_whole = before.text not in _UNENDED and before.text not in _JOINING
        leads_on = before.sort == "mark" and before.text not in ")\"'”’%"
        return has_main_clause and is_whole and not leads_on and any(self.strange[:i])

    def _joins(self, i: int) -> bool:
        """Whether a joining word ("and", a comma, a dash) has a clause behind it that can go.

        Not the hyphen of a compound ("well-known"), not the step that is the answer ("think, then answer in
        French"), and not where the clause before is a condition, whose
        consequence would go: "If you are sure, say so".
        """
        token = self.tokens[i]
        first = next((later for later in self.tokens[i:] if later.text not in _JOINING), token)
        is_hyphen = token.text == "-" and self.tokens[i - 1].end == token.start
        following = [word for word in self.words[i:] if word not in _JOINING][:2]
        is_step = following[:1] == ["then"] and not _ANSWERING.isdisjoint(following)
        is_condition = self.words[self._clause_start(i)] in _IF
        return first.sort != "mark" and not is_hyphen and not is_step and not is_condition

    def _qualifies(self, i: int, j: int) -> bool:
        """Whether a preposition starts something that the sentence can do without.

        Not where the word before it wants a complement ("written *in English*", "a length *of 300 words*",
        "the capital *of France*"), nor where the verb of the sentence is the constraint's or comes later.
        """
        before = self.words[i - 1]
        wants_more = before == ")" or before.endswith(("ed", "ing")) or before in _WANTING
        belongs = self.words[i] == "of" and before not in PRODUCTS
        has_verb = self._has_verb_before(i) and not self._has_verb_behind(i, j)
        return has_verb and not wants_more and not belongs

    def _begins_with_capital(self, i: int) -> bool:
        """Whether a word has a capital that only the start of a sentence explains, not a name or a title."""
        before, token = self.tokens[i - 1], self.tokens[i]
        has_capital = token.sort == "word" and self.prompt[token.start : token.end].istitle()
        return has_capital and not self.prompt[before.start].isupper() and before.sort != "mark"

    def _clause_start(self, i: int) -> int:
        """Where the clause starts that ends before a token."""
        return next((k + 1 for k in range(i - 1, -1, -1) if self.words[k] in _JOINING), 0)

    def _has_verb_before(self, i: int) -> bool:
        """Whether the clause before a preposition asks for something of its own."""
        start = self._clause_start(i)
        verb = next((word for word in self.words[start:i] if word not in _POLITE), "")
        return any(self.strange[start:i]) and not (verb in _VERBS and self.known.owns(verb))

    def _has_verb_behind(self, i: int, j: int) -> bool:
        """Whether what a preposition starts is the subject of what follows."""
        if self.words[i].startswith(("that", "which")):
            return False
        phrase = itertools.takewhile(lambda word: word not in _JOINING, self.words[i:j])
        return any(word in _FINITE for word in phrase)

    def _stops(self, i: int, j: int) -> bool:
        """Whether a clause can end before a token, so that the rest goes on well."""
        words = self.words
        first = next((word for word in words[i:j] if word not in _JOINING), "")
        following = next((word for word in words[j : self.end] if word not in _JOINING), "")
        if j == self.end:
            return "and" not in words[i : i + 2] or not self._is_last_of_many(i, first)
        if ":" in words[i:j] or words[j - 1] in _UNENDED | _JOINING | _PREPOSITIONS | _WANTING - {
            "length",
            "total",
        }:
            return False
        if words[i] in _JOINING:
            return words[j] in _JOINING and _alike(first, following)
        if words[j] in _JOINING:
            return following in _VERBS and not words[i].startswith(("that", "which"))
        phrase = range(j, next((k for k in range(j, self.end) if words[k] in _JOINING), self.end))
        resumed = words[j] in _RESUMING or (words[j] == "to" and words[j + 1] in _ARTICLES)
        return words[i] in _PREPOSITIONS and resumed and any(self.strange[k] for k in phrase)

    def _is_last_of_many(self, i: int, first: str) -> bool:
        """Whether a clause ends an enumeration, whose last part needs an "and"."""
        return any(
            word == ","
            and "and" not in self.words[k:i]
            and (other in _MODALS | _VERBS | _HOLDING or _alike(other, first))
            for k, (word, other) in enumerate(itertools.pairwise(self.words[:i]))
        )

    def _parallel(self, i: int, j: int) -> int | None:
        """Where the sentence goes on behind a first part that is joined to one like it."""
        words = self.words
        then = next((k for k in range(j, self.end) if words[k] not in _JOINING), None)
        if then in (None, j) or not _alike(words[i], words[then]):
            return None
        before = words[i - 1] if i else ""
        if (
            before in _GRADING | _JOINING | _PLACING
            or (i and words[i] in _VERBS and before not in _BEFORE_VERBS)
            or (words[i] in _AMOUNTS and before not in _HOLDING)
            or (words[i] == "the" and words[i : i + 2] != words[then : then + 2])
            or ("and" in words[j:then] and self._is_last_of_many(i, words[i]))
        ):
            return None
        return then

    def _is_aside(self, i: int, j: int) -> bool:
        """Whether it can be lifted out of the sentence's middle.

        A phrase between commas ("a poem*, in lowercase,* and a title"), one that runs up to a comma before
        the next phrase ("a poem *in Hindi,* about tea"), and an order before the text that follows a colon
        ("put this into French*, and use no commas*: ...").
        """
        words = self.words
        if not 0 < i < j < self.end - 1 or not self._can_end_before(i) or ":" in words[i:j]:
            return False
        if words[j - 1] in _UNENDED | _JOINING | _PREPOSITIONS:
            return False
        if words[j] == ":":
            joined = words[i] in _JOINING and self._joins(i)
            return joined and any(word in _POINTING for word in words[:i])
        if words[j] != ",":
            return False
        if words[i] == ",":
            return words[i + 1] in _ASIDE and words[j + 1] in _COORDINATING | _RESUMING
        qualifies = words[i] in _PREPOSITIONS - _RELATIVE and self._qualifies(i, j)
        return qualifies and words[j + 1] in _RESUMING

    def _is_one_of_adjectives(self, i: int, j: int) -> bool:
        """Whether it is the second adjective of two: a funny*, 300-word* summary."""
        words = self.words
        return (
            2 < i < j < self.end
            and words[i - 1] == ","
            and self.tokens[i - 2].sort == "word"
            and words[i - 3] in ("a", "an")
            and self._is_adjective(i, j)
        )

    def _is_compound(self, i: int, j: int) -> bool:
        """Whether it is the front of a compound: a *300-word* summary, a *Hindi* poem."""
        return 0 < i < j < self.end and self.words[i - 1] in ("a", "an") and self._is_adjective(i, j)

    def _is_adjective(self, i: int, j: int) -> bool:
        """Whether it stands before a noun and says how many of something it has, or in which form it is."""
        first, *_, last, noun = self.tokens[i], self.tokens[j - 1], self.tokens[j]
        if j - i > _COMPOUND or last.sort != "word" or noun.sort != "word" or noun.text in GENERAL:
            return False
        return first.sort == "number" or (first.sort == "word" and noun.text in PRODUCTS)


def _is_joined(part: str) -> bool:
    """Whether a part of a sentence begins with what joins it to the part before."""
    return next((token.text for token in tokens(part, 0, len(part))), "") in _JOINING


def _alike(first: str, second: str) -> bool:
    """Whether two words may begin parts that are joined."""
    same = first == second and first in _REPEATED
    return same or any(
        first in group and second in group for group in (_VERBS, _THIRD_PERSON, _MODALS, _AMOUNTS)
    )

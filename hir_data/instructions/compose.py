"""New instructions: plain questions under a few constraints that go together."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from hir_data.errors import RecordError, UnknownKindError
from hir_data.instructions.config import ComposeConfig
from hir_data.instructions.languages.catalogue import LANGUAGES, SUITS_FEW, WORDINGS, Language
from hir_data.instructions.languages.wordings import Wordings
from hir_data.instructions.mixes import BENCHMARK_SUITES, EVERYDAY, Mix
from hir_data.instructions.pool import ATTEMPTS, ConstraintType, Pool
from hir_data.instructions.questions import Seed
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.english import number_of
from hir_data.schemas.message import Message
from hir_data.schemas.presentation import PRESENTATIONS, Presentation, present, presentation_named
from hir_data.schemas.rejected import Rejected

_DEFAULTS = ComposeConfig()
_HOPELESS = 10  # questions given up one after the other, from the first on, before all are

RECORD_FIELDS = (
    "id",
    "prompt",
    "messages",
    "question",
    "criteria",
    "presentation",
    "constraints",
    "stated_in",
    "from_turn",
    "metadata",
)
"""The fields of a composed record, in the order in which they are written."""


class Composed(NamedTuple):
    """A new instruction, and the metadata of its question."""

    instruction: Instruction
    metadata: Mapping[str, Any]

    def record(self) -> dict[str, Any]:
        """As it is written: a native record."""
        written = self.instruction.model_dump(mode="json") | {"metadata": dict(self.metadata)}
        return {name: written[name] for name in RECORD_FIELDS if written.get(name, {}) != {}}


def select(
    patterns: Sequence[str] = (),
    suites: Sequence[str] = (),
    mix: Mix = _DEFAULTS.mix,
    language: Language = _DEFAULTS.language,
) -> list[ConstraintType]:
    """The kinds of some names and suites; those of a mix if none are given.

    To be named is to be chosen: kinds that do not suit any question
    (:attr:`hir_data.Constraint.composable`), need what does not come with them or cannot be put into words
    are left out only where no names are given.

    Args:
        patterns: names, in which ``*`` stands for anything.
        suites: such as ``ifeval``.
        mix: ``everyday``, what people ask for; ``benchmark``, the kinds of IFEval, IFBench and IFTrain; or
            ``all``. Kinds of other modules than ours are in every mix.
        language: that of the instructions. In another one than English the kinds that are worded in it are
            all that there are, and the mix is of those that suit nearly every question.

    Raises:
        UnknownKindError: a pattern fits no kind.
        RecordError: there is no such suite, or nothing fits both.
    """
    known = registry.kinds()
    for pattern in patterns:
        if not _fitting(known, pattern):
            raise UnknownKindError(pattern, known)
    there = sorted({registry.suite(cls) for cls in known.values()})
    for suite in suites:
        if suite not in there:
            raise RecordError(f"there is no suite {suite!r}; there are {', '.join(there)}")
    named = {kind for pattern in patterns for kind in _fitting(known, pattern)}
    found = [
        cls
        for kind, cls in known.items()
        if (kind in named if patterns else cls.composable and cls.phrasings and not cls.requires)
        and (not suites or registry.suite(cls) in suites)
        and (patterns or suites or _in_mix(cls, mix))
    ]
    if language != "en":
        return _worded(found if patterns or suites else [*known.values()], language, bool(patterns or suites))
    if not found:
        raise RecordError(
            f"no kind of {', '.join(suites)} is named {' or '.join(patterns) or 'for any question'}"
        )
    return found


def _worded(kinds: Sequence[ConstraintType], language: Language, named: bool) -> list[ConstraintType]:
    """Those of some kinds that are worded in a language."""
    wordings = WORDINGS[language]
    found = [cls for cls in kinds if cls.kind in wordings.phrasings and (named or cls.kind not in SUITS_FEW)]
    if not found:
        names = ", ".join(sorted(wordings.phrasings))
        raise RecordError(f"none of these kinds is worded in {wordings.name}; there are {names}")
    return found


def _in_mix(cls: ConstraintType, mix: Mix) -> bool:
    if mix == "all" or not cls.__module__.startswith("hir_data."):
        return True
    return cls.kind in EVERYDAY if mix == "everyday" else registry.suite(cls) in BENCHMARK_SUITES


def read_weights(path: Path) -> dict[str, float]:
    """How often kinds are wanted: an object of names, in which ``*`` stands for anything, and numbers.

    Raises:
        RecordError: the file is not like that, or a name fits no kind.
    """
    try:
        weights = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordError(f"cannot be read: {(error.strerror or str(error)).lower()}", str(path)) from None
    except ValueError as error:
        raise RecordError(f"malformed JSON: {error}", str(path)) from None
    if not isinstance(weights, dict):
        raise RecordError("has to be an object of names and numbers", str(path))
    for pattern, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < float("inf"):
            raise RecordError(f"has to be a number, 0 or more, not {weight!r}", str(path), field=pattern)
        if not _fitting(registry.kinds(), pattern):
            raise RecordError(str(UnknownKindError(pattern, registry.kinds())), str(path))
    return weights


def compose(
    seeds: Sequence[Seed],
    number: int,
    *,
    least: int = _DEFAULTS.least,
    most: int = _DEFAULTS.most,
    seed: int = _DEFAULTS.seed,
    kinds: Sequence[ConstraintType] | None = None,
    suited: bool | None = None,
    weights: Mapping[str, float] | None = None,
    presentations: Sequence[str] | None = None,
    system: float = _DEFAULTS.system,
    history: float = _DEFAULTS.history,
    language: Language = _DEFAULTS.language,
) -> Iterator[Composed | Rejected]:
    """New instructions. Equal seeds give equal ones; a larger number gives the same ones, and more.

    The questions come in turn, each time in another order. The constraints of an instruction have no
    :func:`~hir_data.instructions.conflicts.conflicts`; kinds that were used least for their weight are tried
    first.

    Args:
        seeds: the questions.
        number: how many instructions.
        least: the smallest number of constraints.
        most: the largest.
        seed: where chance starts from.
        kinds: what constraints are drawn from, by default those of the default mix, as :func:`select` gives
            them.
        suited: draw only what suits a question (:mod:`hir_data.instructions.suitability`); by default where
            no kinds are given. A question that less suits than is wanted gets fewer constraints, as long as
            they are not fewer than the smallest number.
        weights: how often kinds are wanted, by names in which ``*`` stands for anything; the last one that
            fits counts. Kinds that none fits have the weight 1, and those of weight 0 are left out.
        presentations: how the prompts are written; one of them is drawn for each. By default all of them,
            in another language than English without ``numbered``, whose heading is English.
        system: the share of instructions that state some of their constraints in a system message.
        history: the share that state some of them two turns before the question.
        language: the language that constraints are put into, that of the questions.

    Yields:
        Each instruction, or the question for which no constraints were found that go together.

    Raises:
        RecordError: there are no questions, a presentation is not known, or nothing can be composed at all.
        KindError: a kind fails to draw its parameters.
    """
    if not seeds:
        raise RecordError("there are no questions")
    if not (system >= 0 and history >= 0 and system + history <= 1):
        raise RecordError(f"--system {system} and --history {history} are shares of all: at most 1 together")
    wordings = WORDINGS.get(language)
    if wordings is None and language != "en":
        raise RecordError(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}")
    if wordings and (system or history):
        raise RecordError(f"system messages and earlier turns are in English, not in {wordings.name}")
    names = _presentations(presentations, wordings)
    suited = (
        kinds is None if suited is None else suited
    ) and wordings is None  # questions are read in English
    drawn_from = select(language=language) if kinds is None else kinds
    pool = Pool(drawn_from, weights or {}, seeds, suited=suited, wordings=wordings)
    if most > len(pool.weights):
        raise RecordError(f"{number_of(most, 'constraint')} cannot be drawn from {pool}")
    succeeded = False
    for index, (question, metadata) in zip(range(number), _in_turn(seeds, seed), strict=False):
        rng = Random(f"{seed}:{index}")
        wanted = rng.randint(least, most)
        constraints = pool.draw(rng, question, least, wanted)
        if len(constraints) == wanted or (suited and len(constraints) >= least):
            succeeded = True
            plain = _instruction(f"{seed}-{index}", question, constraints, rng, names, wordings)
            yield Composed(_spread(plain, rng, system, history), metadata)
            continue
        reason = (
            f"found no {wanted} constraints that go together in {ATTEMPTS} attempts with {pool}; "
            f"at most {len(constraints)}: {', '.join(each.kind for each in constraints)}"
        )
        if not succeeded and index + 1 == min(number, _HOPELESS):
            raise RecordError(reason)
        yield Rejected(RecordError(reason), {"question": question, **metadata})


_IN_ENGLISH = "numbered"


def _presentations(names: Sequence[str] | None, wordings: Wordings | None) -> list[Presentation]:
    """The presentations that are drawn from."""
    named = [presentation_named(name) for name in names or PRESENTATIONS]
    if wordings is None:
        return named
    if names and _IN_ENGLISH in named:
        raise RecordError(f"the presentation {_IN_ENGLISH} has a heading in English, not in {wordings.name}")
    return [name for name in named if name != _IN_ENGLISH]


def _fitting(kinds: Mapping[str, ConstraintType], pattern: str) -> list[str]:
    return [kind for kind in kinds if fnmatchcase(kind, pattern)]


def _in_turn(seeds: Sequence[Seed], seed: int) -> Iterator[Seed]:
    """The questions, again and again, each time in another order."""
    for turn in itertools.count():
        yield from Random(f"{seed}:turn {turn}").sample(seeds, len(seeds))


def _instruction(
    key: str,
    question: str,
    constraints: Sequence[Constraint],
    rng: Random,
    presentations: Sequence[Presentation],
    wordings: Wordings | None,
) -> Instruction:
    presentation = rng.choice(presentations)
    if wordings:
        criteria = tuple(rng.choice(wordings.all(each)) for each in constraints)
    else:
        criteria = tuple(each.describe(rng.randrange(len(each.phrasings) or 1)) for each in constraints)
    return Instruction(
        id=key,
        prompt=present(question, criteria, presentation),
        constraints=tuple(constraints),
        question=question,
        criteria=criteria,
        presentation=presentation,
    )


_ASSISTANT = "You are a helpful assistant."
_FROM_NOW_ON = "Please keep to this in all of your answers from now on."
_BETWEEN = ("All right, I will keep to that.", "Good. I have a question.", "Go ahead.")


def _spread(plain: Instruction, rng: Random, system: float, history: float) -> Instruction:
    """An instruction with some of its constraints in a system message or two turns before, by chance."""
    if not system + history or (chance := rng.random()) >= system + history:
        return plain
    number = len(plain.constraints)
    apart = sorted(rng.sample(range(number), rng.randint(1, number)))
    criteria, question, presentation = (
        plain.criteria or (),
        plain.question or "",
        plain.presentation or "lines",
    )
    asked = present(question, [text for i, text in enumerate(criteria) if i not in apart], presentation)
    told = [criteria[i] for i in apart]
    if chance < system:
        before = [Message(role="system", content=present(_ASSISTANT, told, presentation))]
    else:
        agreed, opened, ready = _BETWEEN
        before = [
            Message(role="user", content=present(_FROM_NOW_ON, told, "lines")),
            Message(role="assistant", content=agreed),
            Message(role="user", content=opened),
            Message(role="assistant", content=ready),
        ]
    messages = (*before, Message(role="user", content=asked))
    turn = sum(message.role == "user" for message in messages)
    fields = {name: getattr(plain, name) for name in ("id", "constraints", "question", "criteria")}
    return Instruction(
        **fields,
        messages=messages,
        presentation=presentation,
        stated_in=[0 if i in apart else len(before) for i in range(number)],
        from_turn=[1 if i in apart else turn for i in range(number)],
    )

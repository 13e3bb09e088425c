"""Claims side by side: which of them no text makes true together, and which hardly any does.

Each rule takes two claims and says why they clash, or None. :data:`_CERTAIN` are proofs. :data:`_UNLIKELY`
are what people know of texts: that a sentence has words, and that JSON has no bullet points.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any

from hir_data.instructions.form_edges import is_markup, may_be_json
from hir_data.instructions.measures import WORDS, implied, named, told, usually_implied
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Language,
    OneOf,
    Variants,
    WholeFormat,
)
from hir_data.schemas.english import enumerate_words
from hir_data.verifiers.compare import bounds, quoted

Claims = Sequence[Claim]


def certain(claims: Claims) -> str | None:
    """Why no text makes all of the claims true; None where one may."""
    claims = _with_implied(claims)
    return _first(_CERTAIN, claims) or _too_much(claims)


def unlikely(claims: Claims) -> str | None:
    """Why hardly any text makes all of the claims true."""
    claims = _with_implied(claims)
    return _first(_UNLIKELY, claims) or _too_many_words(claims)


def follows(new: Claim, old: Claim) -> bool:
    """Whether a claim is true of every text of which another one is."""
    if new == old:
        return True
    match new, old:
        case Count(), Count():
            above = implied(old.of, old.least, new.of) >= new.least
            below = new.most is None or (new.of == old.of and old.most is not None and old.most <= new.most)
            return above and below
        case ContainsText(), ContainsText() if (
            old.times >= new.times and not new.whole_word and (old.cased or not new.cased)
        ):
            return _occurs(new.text, old.text, cased=new.cased)
        case ExcludesText(), ExcludesText() if not old.whole_word and (not old.cased or new.cased):
            return _occurs(old.text, new.text, cased=old.cased)
        case ContainsText(times=1, whole_word=False), Boundary() if old.cased or not new.cased:
            return _occurs(new.text, old.text, cased=new.cased)
        case Boundary(), Boundary() if (
            new.at == old.at and (old.cased or not new.cased) and old.quotes <= new.quotes
        ):
            texts = (new.text, old.text) if new.cased else (new.text.lower(), old.text.lower())
            return _is_edge(*texts, new.at, cased=True)
    return False


# ---------------------------------------------------------------------------------------------------------
# Counts


def _counts(one: Count, other: Count) -> str | None:
    return _bounds_clash(one, other, implied)


def _usual_counts(one: Count, other: Count) -> str | None:
    return _bounds_clash(one, other, usually_implied)


def _bounds_clash(one: Count, other: Count, implication: Callable[[str, int, str], int]) -> str | None:
    for above, below in ((one, other), (other, one)):
        if _less(below.most, implication(above.of, above.least, below.of)):
            return f"{told(above)} and {told(below)}"
    return None


# ---------------------------------------------------------------------------------------------------------
# Required texts


def _with_implied(claims: Claims) -> list[Claim]:
    """The claims, and those about required texts that follow from them."""
    found = dict.fromkeys(claims)
    for claim in claims:
        match claim:
            case Boundary(_, text, cased):
                found[ContainsText(text, cased=cased)] = None
            case Count(of, least) if least and of.startswith("letter "):
                found[ContainsText(of.removeprefix("letter "), times=least)] = None
    return list(found)


def _too_much(claims: Claims) -> str | None:
    """Why required texts have together more of something than there may be."""
    required = [claim for claim in claims if isinstance(claim, ContainsText)]
    for limit in _limits(claims) if required else ():
        weights = {has: weight for has in required if (weight := _weight(has, limit.of))}
        chosen: list[ContainsText] = []
        for has in sorted(weights, key=lambda has: -weights[has]):
            if not any(_may_share(has.text, other.text, limit.of) for other in chosen):
                chosen.append(has)
        least = sum(weights[has] for has in chosen)
        if limit.of in WORDS and chosen:  # they may be parts of one word
            least -= len(chosen) - 1
        if _less(limit.most, least):
            texts = enumerate_words([_times(has.text, has.times) for has in chosen])
            return f"{texts}: {least} {named(limit.of)}, wanted {bounds(None, limit.most)}"
    return None


def _too_many_words(claims: Claims) -> str | None:
    """Why required words, each by itself, are more than there may be."""
    times: dict[str, int] = {}
    changed = 0  # words of a phrase, each of which may be another required one
    for has in claims:
        if isinstance(has, Variants):
            required, often = has.phrase, has.times
            changed += has.times
        elif isinstance(has, ContainsText):
            required, often = has.text, has.times
        else:
            continue
        for word in re.findall(r"\w+", required.lower()):
            times[word] = max(often, times.get(word, 0))
    alone = [word for word in times if not any(word in other for other in times if other != word)]
    least = sum(times[word] for word in alone) - changed
    for limit in _limits(claims):
        if limit.of in _WORDS and _less(limit.most, least):
            texts = enumerate_words([_times(word, times[word]) for word in alone])
            return f"{texts}: {least} words, wanted {bounds(None, limit.most)}"
    return None


# Not what stands between white space: words without any are words, too.
_WORDS = ("words", "words word")


def _limits(claims: Claims) -> list[Count]:
    return [claim for claim in claims if isinstance(claim, Count) and claim.most is not None]


def _less(most: int | None, least: int) -> bool:
    return most is not None and most < least


def _times(text: str, times: int) -> str:
    return quoted(text) + (f" {times} times" if times > 1 else "")


def _weight(has: ContainsText, of: str) -> int:
    """How many there are of a measure in a required text, at least."""
    text = has.text.lower()
    match of.split(" ", 1):
        case ["letter", letter]:
            return text.count(letter) * has.times
        case ["letters"]:
            return len(re.findall("[a-z]", text)) * has.times
        case ["occurrences", word]:
            return text.count(word) * has.times
        case ["characters", "codepoint True"]:
            return len(text.strip()) * has.times
        case ["characters", "codepoint False"]:
            return len("".join(text.split())) * has.times
        case ["words"]:
            return _joined(len(re.findall(r"\w+", text)), has.times)
        case ["words", "word"]:  # neither "1." nor "a)" need be words
            return _joined(len(re.findall(r"(?<!\S)(?!\(?[a-z]\)(?!\S))\S*[^\W\d_]", text)), has.times)
        case ["words", "whitespace"]:
            return _joined(len(text.split()), has.times)
    return 0


def _joined(words: int, times: int) -> int:
    """How many words a text of so many makes where it stands so many times, without a space between."""
    return times * (words - 1) + 1 if words else 0


def _may_share(one: str, other: str, of: str) -> bool:
    """Whether two texts can overlap in a third one, so that what is counted there is counted in both."""
    one, other = one.lower(), other.lower()
    if one in other or other in one:
        return True
    shared = [one[-n:] for n in range(1, len(one)) if other.startswith(one[-n:])]
    shared += [other[-n:] for n in range(1, len(other)) if one.startswith(other[-n:])]
    return any(_weight(ContainsText(text), of) for text in shared)


def _has_and_lacks(has: ContainsText, lacks: ExcludesText) -> str | None:
    # Whether more letters follow the text is not known.
    text = has.text if has.whole_word or not lacks.whole_word else f"a{has.text}a"
    return (
        _found(text, lacks, has.cased) and f'{quoted(has.text)} contains "{lacks.text}", which must not occur'
    )


def _edge_and_lacks(edge: Boundary, lacks: ExcludesText) -> str | None:
    text = edge.text
    if lacks.whole_word:
        text = f"{text}a" if edge.at == "start" else f"a{text}"
    return (
        _found(text, lacks, edge.cased)
        and f'{quoted(edge.text)} contains "{lacks.text}", which must not occur'
    )


def _has_and_lacks_a_word(has: ContainsText, lacks: ExcludesText) -> str | None:
    found = _found(has.text, lacks, has.cased)
    return found and f'"{lacks.text}" must not occur as a word, and "{has.text}" has to'


def _found(text: str, lacks: ExcludesText, cased: bool) -> str | None:
    """What must not occur, if the text has it however its letters are cased."""
    if lacks.cased and not cased and lacks.text.lower() != lacks.text.upper():
        return None
    return lacks.text if _occurs(lacks.text, text, lacks.cased and cased, lacks.whole_word) else None


def _occurs(inner: str, outer: str, cased: bool, whole_word: bool = False) -> bool:
    if not cased:
        inner, outer = inner.lower(), outer.lower()
    if whole_word:
        return re.search(rf"(?<!\w){re.escape(inner)}(?!\w)", outer) is not None
    return inner in outer


# ---------------------------------------------------------------------------------------------------------
# Edges, cases, forms


def _edges(one: Boundary, other: Boundary) -> str | None:
    if one.at != other.at:
        return None
    first = _unquoted(one.text, one.at) if other.quotes else one.text
    second = _unquoted(other.text, other.at) if one.quotes else other.text
    cased = one.cased and other.cased
    if _is_edge(first, second, one.at, cased) or _is_edge(second, first, one.at, cased):
        return None
    return f"the response cannot {one.at} with both {quoted(one.text)} and {quoted(other.text)}"


def _is_edge(short: str, long: str, at: str, cased: bool) -> bool:
    """Whether a text that starts, or ends, with the long one does with the short one."""
    if not cased:
        short, long = short.casefold(), long.casefold()
    return long.startswith(short) if at == "start" else long.endswith(short)


def _unquoted(text: str, at: str) -> str:
    return text.lstrip('"') if at == "start" else text.rstrip('"')


def _cases(one: Case, other: Case) -> str | None:
    return None if one == other else "capital letters only and small letters only"


def _has_and_case(has: ContainsText, case: Case) -> str | None:
    if not has.cased or _is_in_case(has.text, case):
        return None
    return f"{quoted(has.text)} is not in {case.case} case"


def _is_in_case(text: str, case: Case) -> bool:
    other = str.islower if case.case == "upper" else str.isupper
    return not any(other(letter) for letter in text)


def _count_and_case(count: Count, case: Case) -> str | None:
    clash = count.least if case.case == "lower" else count.most == 0
    return f"{told(count)} and {case.case} case only" if count.of == "capital words" and clash else None


def _few_capitals(count: Count, case: Case) -> str | None:
    of = "capital words" if case.case == "upper" else "lower-case words"
    return f"{told(count)} and nothing else" if count.of == of and count.most is not None else None


def _languages(one: Language, other: Language) -> str | None:
    proof = one.code != other.code and not (one.mostly or other.mostly)
    return f"in {one.code} and in {other.code}" if proof else None


def _usual_languages(one: Language, other: Language) -> str | None:
    same = one.code.partition("-")[0] == other.code.partition("-")[0]
    return None if same else f"in {one.code} and in {other.code}"


def _forms(one: WholeFormat, other: WholeFormat) -> str | None:
    # An option can be anything, JSON such as a number too; "[a]" is YAML and TOML, and CSV with another line.
    loose = ("one of some options", "yaml", "toml", "xml", "csv")
    return None if one.form.startswith(loose) or other.form.startswith(loose) else _usual_forms(one, other)


def _usual_forms(one: WholeFormat, other: WholeFormat) -> str | None:
    return None if one == other else f"nothing but {one.form} and nothing but {other.form}"


def _edge_and_form(edge: Boundary, form: WholeFormat) -> str | None:
    if form.form != "json" or edge.quotes:  # a string is JSON, and its quotes may be ignored
        return None
    return None if may_be_json(edge.text, edge.at) else f"JSON cannot {edge.at} with {quoted(edge.text)}"


def _usual_edge_and_form(edge: Boundary, form: WholeFormat) -> str | None:
    reason = f"{form.form} leaves no room to {edge.at} with {quoted(edge.text)}"
    return None if is_markup(edge, form.form) else reason


def _form_and_shows(form: WholeFormat, shows: HasElement) -> str | None:
    # The whole of a document may stand in a fence that says so.
    own = shows.element == "a fenced document" and shows.mark == form.form
    return None if own else f"{form.form} has no place for {shows.element}"


# ---------------------------------------------------------------------------------------------------------
# A few texts to choose from


def _one_of(few: OneOf, claim: Claim) -> str | None:
    misfits = [text for text in few.texts if not _may_fit(text.strip(), claim)]
    if len(misfits) < len(few.texts):
        return None
    texts = enumerate_words([quoted(text) for text in few.texts[:3]], "or")
    return f"{texts} is all that is left to say"


def _may_fit(text: str, claim: Claim) -> bool:
    """Whether a claim may be true of a text in one case or another."""
    lower = text.lower()
    match claim:
        case ContainsText(wanted, times):
            return lower.count(wanted.lower()) >= times
        case ExcludesText():
            return _found(lower, claim, cased=False) is None
        case Boundary(at, edge, _, quotes):
            value = lower.strip('"') if quotes else lower
            return _is_edge(edge, value, at, cased=False)
        case Case():
            return lower != text.upper()
        case WholeFormat("json"):
            return may_be_json(text, "start") and may_be_json(text, "end")
        case OneOf(texts):
            return lower in {other.strip().lower() for other in texts}
    return True


# ---------------------------------------------------------------------------------------------------------

Rules = dict[tuple[type, type], Callable[[Any, Any], str | None]]

_CERTAIN: Rules = {
    (Count, Count): _counts,
    (ContainsText, ExcludesText): _has_and_lacks,
    (Boundary, ExcludesText): _edge_and_lacks,
    (ContainsText, Case): _has_and_case,
    (Count, Case): _count_and_case,
    (Boundary, Boundary): _edges,
    (Boundary, WholeFormat): _edge_and_form,
    (Case, Case): _cases,
    (Language, Language): _languages,
    (WholeFormat, WholeFormat): _forms,
    **{(OneOf, sort): _one_of for sort in (ContainsText, ExcludesText, Boundary, Case, WholeFormat, OneOf)},
}

_UNLIKELY: Rules = {
    (Count, Count): _usual_counts,
    (ContainsText, ExcludesText): _has_and_lacks_a_word,
    (Count, Case): _few_capitals,
    (WholeFormat, WholeFormat): _usual_forms,
    (Boundary, WholeFormat): _usual_edge_and_form,
    (WholeFormat, HasElement): _form_and_shows,
    (Language, Language): _usual_languages,
}


def _first(rules: Rules, claims: Claims) -> str | None:
    """What the first rule that finds something says of two of the claims."""
    for one, other in itertools.combinations(claims, 2):
        for first, second in ((one, other), (other, one)):
            rule = rules.get((type(first), type(second)))
            if reason := rule and rule(first, second):
                return reason
    return None

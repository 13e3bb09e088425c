"""The guard that looks at how many things the question asks for."""

import re

from hir_data.replays.fitness.attempt import GuardedResponse, said_in
from hir_data.text.quality.prose import lines_of, plain

_NUMBERS = {
    name: number
    for number, name in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), start=2
    )
}
_NUMBER = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_THINGS = (
    r"(ideas|tips|ways|reasons|examples|names|titles|questions|facts|things|suggestions|options|steps|"
    r"benefits|"
    r"advantages|disadvantages|movies|films|books|songs|jokes|riddles|slogans|taglines|headlines|"
    r"recipes|quotes|"
    r"activities|places|cities|countries|animals|foods|dishes|hobbies|games|gifts|strategies|methods|"
    r"techniques|"
    r"topics|challenges|arguments|differences|similarities|recommendations|pieces of advice|haikus?|"
    r"limericks)"
)
_WANTED = re.compile(
    rf"\b(?:give|list|name|suggest|write|provide|recommend|share|come up with|generate|tell|what are|propose|"
    rf"create|brainstorm|find|need|want)\b(?: me| us| him| her| them)?(?: a list of| the| about| only| "
    rf"exactly| at least|"
    rf" some| my| up)*\s{_NUMBER}(?: [a-z-]+){{0,3}}? {_THINGS}\b"
)
_ANNOUNCING = ("here are", "these are", "the following", "are the", "following are")
_SAID = re.compile(
    rf"\b(?:{'|'.join(_ANNOUNCING)})(?: the| my| "
    rf"some)?\s{_NUMBER}\b[^.!?\n]{{0,80}}:"
)
_ITEM = re.compile(
    r"[*_#\s]*(?:[-*+•–][ \t]+|\(?\d{1,2}[.):]|\(?[a-zA-Z][.)][ \t]|#{1,6} |\*\*|(?:idea|tip|option|"
    r"step|reason|fact|way) \w+[:.])"
)
_NUMBERED = re.compile(r"[*_#\s]*(?:(?:idea|tip|option|step|reason|fact|way|number) )?\(?#?(\d{1,2})[.):]")


def incomplete(attempt: GuardedResponse) -> str | None:
    """It has fewer things than the question asks for by number, or than it says itself."""
    raw = attempt.text.raw
    if match := said_in(_WANTED, attempt.task):
        wanted = _number(match[1])
        if 1 < wanted <= 20 and (given := most_things(raw)) < wanted:
            return f"has {given} of {wanted} {match[2]}"
    said = plain(raw)
    if any(map(said.__contains__, _ANNOUNCING)) and (match := _SAID.search(said)):
        wanted, given = _number(match[1]), _items(raw[match.end() :])
        if 1 < given < wanted <= 20:
            return f"says {wanted} and lists {given}"
    return None


def _number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def _items(text: str) -> int:
    """The items of the longest numbering, or else of all lists."""
    numbers = [int(match[1]) for line in text.splitlines() if (match := _NUMBERED.match(line))]
    return max(max(numbers, default=0), sum(_ITEM.match(line) is not None for line in text.splitlines()))


def most_things(text: str) -> int:
    """How many things a text has at most: items of lists where it has any, else lines, sentences, commas."""
    items = _items(text)
    lines = lines_of(text)
    if items >= 2 and items >= len(lines) / 2:
        return items
    sentences = len(re.findall(r"[.!?…。！？।]+(?=[\s\"'”*_)]|\Z)", text))
    parts = text.count(",") + text.count(";") + len(re.findall(r"\b(?:and|or)\b", text)) + 1
    return max(items, len(lines), sentences, parts)

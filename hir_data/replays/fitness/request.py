"""Guards that look at what the question asks for by name: so many things, a letter, a poem."""

import re

from hir_data.replays.fitness.attempt import GuardedResponse
from hir_data.text.quality.prose import SENTENCE_END, lines_of, plain

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
_SAID = re.compile(
    rf"\b(?:here are|these are|the following|are the|following are)(?: the| my| "
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
    if match := _WANTED.search(attempt.task):
        wanted = _number(match[1])
        if 1 < wanted <= 20 and (given := most_things(raw)) < wanted:
            return f"has {given} of {wanted} {match[2]}"
    if match := _SAID.search(plain(raw)):
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


# ---------------------------------------------------------------------------------------------------------
# Form

_LETTER = re.compile(
    r"\b(?:write|compose|draft|pen|create|give me|generate)\b(?: me| us)? (?:an?|the|my)(?: "
    r"[\w-]+){0,3}? (letter|e-?mail)"
    r"(?! of recommendation form| template| [a-z]+ (?:page|list))\b"
)
_LETTERS_MARKS = re.compile(
    r"\b(?:dear|hello|hi|hey|greetings|to whom|sincerely|regards|yours|best|love|cheers|respectfully|warmly|"
    r"gratefully|thank you|thanks|subject|good (?:morning|day|evening|afternoon)|salutations|esteemed|"
    r"honou?rable|"
    r"attention|attn|ps|p\.s|i am writing|i'm writing|i write)\b"
)
_POEM = re.compile(
    r"\b(?:write|compose|create|give me|generate)\b(?: me| us)? (?:an?|the)(?: (?!prose)[\w-]+){0,3}? "
    r"(poem|song|sonnet|limerick|haiku|ballad|rap|ode|acrostic)\b(?! (?:title|name|idea|analysis|review))"
)
_LONGEST_VERSE = 60  # words in one line, from which it is prose
_DIALOGUE = re.compile(
    r"\b(?:write|compose|create|generate)\b(?: me| us)? (?:an?|the)(?: [\w-]+){0,3}? (dialogue|"
    r"conversation|screenplay)\b"
)
_SPEECH = re.compile(
    r"[\"“”«»„「]|^[*_\s\[(]*[\w .'()-]{1,40}[*_\])]*:|^\s*[-–—]|\b(?:said|says|asked|replied)\b",
    re.MULTILINE,
)
_CODE = re.compile(
    r"\b(?:write|create|implement|generate)\b(?: me| us)? (?:an?|the)(?: [\w-]+){0,3}? (?:python|java|"
    r"javascript|c\+\+|"
    r"bash|sql|html|rust|go|ruby|php|shell)\b(?: [\w-]+){0,2}? (?:program|script|function|code|query|"
    r"class|page)\b"
)
_CODES_MARKS = re.compile(r"[(){}=;<>]|```|\b(?:select|def|function|import|echo|return)\b", re.IGNORECASE)
_TABLE = re.compile(
    r"\b(?:as|in|into|create|make|write|draw)(?: me)? an? (?:markdown |comparison |html )?table\b(?! of "
    r"contents)"
)
_TABLES_MARKS = re.compile(r"\||\t|<t[rdh]|,[^\n]*\n[^\n]*,|&.*\\\\")
_ENOUGH_FOR_A_FORM = 20  # words


def wrong_form(attempt: GuardedResponse) -> str | None:
    """The question names a form, a letter or a poem, a dialogue, code or a table, and this is none."""
    text, task = attempt.text.raw, attempt.task
    if len(attempt.words) < _ENOUGH_FOR_A_FORM or (
        not text.isascii() and len(attempt.prose) < _ENOUGH_FOR_A_FORM
    ):
        return None
    if _CODE.search(task) and not _CODES_MARKS.search(text):
        return "is no code"
    if _TABLE.search(task) and not _TABLES_MARKS.search(text):
        return "is no table"
    if (
        (match := _LETTER.search(task))
        and not _LETTERS_MARKS.search(plain(text))
        and not _opens_with_name(text)
    ):
        return f"is no {match[1]}"
    if (match := _POEM.search(task)) and _is_prose(text):
        return f"is no {match[1]}"
    if (match := _DIALOGUE.search(task)) and not _SPEECH.search(text):
        return f"is no {match[1]}"
    return None


def _opens_with_name(text: str) -> bool:
    first = (lines_of(text) or [""])[0]
    return len(first.split()) <= 6 and first.rstrip("*_ ")[-1:] in ",:!-—"


def _is_prose(text: str) -> bool:
    """Whether a text is one long line with several sentences."""
    lines = lines_of(text)
    return (
        len(lines) == 1
        and len(text.split()) >= _LONGEST_VERSE
        and "/" not in text
        and (len(SENTENCE_END.findall(text)) > 1)
    )

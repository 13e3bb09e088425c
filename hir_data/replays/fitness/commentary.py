"""The guard that looks whether a response is what was asked for, or speaks about it.

Whoever asks for a rap and gets three paragraphs on how raps are written, or on what may distress their
readers, has no rap. What tells is the opening, which speaks of the request, and sentences that advise.
"""

import re
from functools import lru_cache

from hir_data.replays.fitness.attempt import GuardedResponse, said_in
from hir_data.text.excerpt import excerpt
from hir_data.text.quality.prose import plain

_PIECE = (
    r"poems?|songs?|lyrics|sonnets?|limericks?|haikus?|ballads?|raps?|odes?|lullaby|jingle|story|stories|tale|fable|"
    r"letter|e-?mail|tweet|riddles?|jokes?|screenplay|script|scene|speech|toast|monologue|"
    r"compliment|resume|résumé|cover letter|(?:ad|sales) copy|advertisement|blog post|article|essay|"
    r"pitch|press release|"
    r"product description|proposal|invitation|diary entry|note|rant|quiz|itinerary|template|review"
)
_WANTED = re.compile(
    r"\b(?:write|compose|draft|create|generate|give me|make|invent|come up with)\b(?: [\w'-]+){0,6}? "
    rf"(?P<form>{_PIECE})\b"
    r"|(?:\A|\n|[.!?] )(?P<bare>blog post|poem|song|letter|e-?mail|story|essay) (?:about|from|on|for|to|in)\b"
)
_ADVICE_WANTED = re.compile(
    r"\b(?:advice|advise|tips?|how (?:to|do i|can i|should)|guide|guidelines|instructions?|steps|suggest\w*|"
    r"recommend\w*|rubric|lesson|explain|critique|feedback|teach\w*|coach\w*|warn\w*|safety|etiquette|self-help|"
    r"motivat\w*|inspir\w*|sermon|mentor\w*|therap\w*)\b"
)
_PERSUADING = re.compile(
    r"speech|toast|blog post|article|essay|pitch|ad|advertisement|press release|proposal|review|(?:ad|"
    r"sales) copy|"
    r"product description|template|itinerary|note"
)
"""Pieces that may themselves say what it is important to remember."""

_THE = r"(?:an?|the|this|such an?|your)"
_WRITING = r"(?:writing|composing|creating|crafting|drafting)"
_OF_THE_REQUEST = re.compile(
    r"\bi (?:completely |fully |certainly )?(?:understand|see|appreciate|realize|know) (?:that )?"
    r"(?:you(?:'re| are)?|your|the|how|this|it|dealing|why)\b(?=[^.!?\n]*\b(?:look|want|ask|request|feel|"
    r"frustrat|"
    r"difficult|interest|topic|concern|need|try|hard|dealing|assign))"
    r"|(?:\A|[.!?]\s)while i (?:understand|appreciate|can|would|cannot|can't|respect)\b"
    r"|\bi(?:'d| would) be (?:happy|glad|delighted) to [^.!?\n]{0,80}\b(?:but|however|though)\b"
    r"|\b(?:this|the) (?:topic|subject|theme|request) (?:is|can be|may be|might be|could be)\b"
    r"|\bi want to (?:make sure|ensure|be (?:careful|mindful|respectful|clear)|encourage|acknowledge|"
    r"emphasize|remind)"
    r"|\bi(?:'d| would) (?:like to )?(?:encourage|urge|advise|caution|gently|remind) (?:you|everyone)"
    rf"|\b(?:when|before|while) {_WRITING} {_THE} (?:[\w'-]+ ){{0,4}}?(?:{_PIECE})\b"
    rf"|\b{_WRITING} {_THE} (?:[\w'-]+ ){{0,4}}?(?:{_PIECE})\b[^.!?\n]{{0,40}}? (?:is|can be|requires|"
    rf"involves|should)\b"
    rf"|\b(?:an?|any|every) (?:good|great|effective|strong|successful|well-written|compelling) "
    rf"(?:[\w'-]+ ){{0,2}}?"
    rf"(?:{_PIECE}) (?:is|should|must|needs|has|can|will|starts|begins)\b"
    rf"|(?:\A|[.!?]\s)(?:an? )?(?:{_PIECE}|rap music|poetry) (?:is|are) (?:an? |one |the )(?:\w+ )?"
    r"(?:form|type|kind|art|genre|way|tool|means|document|piece|poem|text|literary)\b"
    rf"|(?:\A|[.!?]\s)(?:in order )?to (?:write|compose|create|craft|draft) {_THE} (?:[\w'-]+ "
    rf"){{0,4}}?(?:{_PIECE})\b"
)
"""Words of an opening, in lower case, that speaks of what was asked for in place of being it."""
_TOLD = re.compile(
    r"poems?|songs?|lyrics|sonnets?|limericks?|haikus?|ballads?|raps?|odes?|lullaby|jingle|story|stories|tale|"
    r"fable|tweet|riddles?|jokes?"
)
"""Pieces that hardly ever speak of themselves."""


@lru_cache(maxsize=1 << 5)
def _told_of(name: str) -> re.Pattern[str]:
    """How a response, in lower case, tells of a piece: that the song should have a catchy hook."""
    return re.compile(
        rf"(?:\A|[.!?]\s|\n)[\s*_]*(?:(?:the|this) (?:\w+ )?{re.escape(name)}(?: song| text)? "
        r"(?:is about|mentions|describes|features|tells (?:the story )?of"
        r"|should (?:have|include|contain|use))"
        r"|the output (?:must|should|has to))\b"
    )


_CAUTION = re.compile(
    r"\b(?:it's|it is) (?:very |also |really )?(?:important|essential|crucial|vital|necessary) (?:to|that) "
    r"(?:note|remember|recogni[sz]e|acknowledge|approach|consider|be (?:mindful|aware|respectful|careful|"
    r"sensitive)|"
    r"understand|treat|avoid|keep in mind|we|you)"
)
_ADVISING = re.compile(
    r"(?:\A|[.!?:]\s+|[,;] |\n[\s*_#>-]*(?:\d+[.)]\s*)?[*_]*)"
    r"(?:(?:so|and|then|also|first|next|finally|please|instead|always|never) )?(?:,\s*)?"
    r"(?:you (?:might|could|can|should|may|need to|must|want to)\b|(?:you're|you are) not alone"
    r"|(?:remember|consider|avoid|make sure|be sure|be (?:mindful|careful|respectful|specific|clear|"
    r"honest)|try to|"
    r"start (?:by|with)|begin (?:by|with)|choose|use|include|think (?:about|of)|keep|focus on|"
    r"practi[cs]e|seek|reach out|"
    r"talk to|don't|do not|call|find|write down|tell an?|set|add|read it|check|decide|pick|end with|"
    r"finish with)\b"
    r"|if (?:you|someone)\b|it (?:may|might|can|is) (?:also )?(?:be )?(?:helpful|important|best|better|"
    r"useful)"
    r"|(?:genuine|good|effective|great|healthy|respectful) \w+ (?:are|is|should))"
)
_HELP = re.compile(
    r"\b(?:counsell?or|therapist|hotline|helpline|crisis|trusted (?:friend|adult)|professional help|"
    r"well-?being|mental health)\b"
)
_OPENING = 320  # characters
_ADVISING_SHARE = 0.3  # of the sentences
_LONGEST = 400  # words
_SENTENCE = re.compile(r"[.!?][\"')*_]*(?=\s|\Z)|\n+")
_GREETING = re.compile(r"\b(?:dear|hello|hi|hey) [\w\[]|\bsincerely\b|\bregards\b|^\s*subject:", re.MULTILINE)
_VERSE = re.compile(
    r"(?m)^[^\s\d*#-][^\n.!?:]{8,70}[,;.!?]?\n[^\s\d*#-][^\n:]{8,70}\n[^\s\d*#-][^\n:]{8,70}\n"
)

_ACTS = (
    "adjusts beams bends blinks blushes bows chuckles clears cracks crosses frowns gasps gestures giggles "
    "glances grins groans hums laughs leans lights looks mutters nods opens pauses peers ponders puts "
    "pulls raises rolls "
    "rubs scratches shakes shrugs sighs sips sits smiles smirks snaps stands stares steps straightens "
    "stretches strokes takes taps thinks tilts tips turns waves whispers winks yawns"
).replace(" ", "|")
_ASIDE = re.compile(rf"\*(?:[a-z]+ly )?(?:{_ACTS})\b[^*\n]{{0,120}}\*")
_BEFORE_ASIDES = ("\n", ". ", "! ", "? ")
_ROLES = re.compile(
    r"\b(?:role-?play|pretend|persona|in character|act(?:ing)? (?:as|like|out)|dialogue|conversation|"
    r"script|screenplay|"
    r"play|scene|story|tale|skit|comic|stage|fan ?fiction|chat|imagine you|you are|style of)\b"
)


def _acting(text: str) -> str | None:
    """The first thing that somebody does between asterisks at the start of a line or behind a sentence."""
    found = _ASIDE.search(text)
    while found:
        start = found.start()
        if not start or text.endswith(_BEFORE_ASIDES, 0, start):
            return found.group()
        found = _ASIDE.search(text, start + 1)
    return None


def commentary(attempt: GuardedResponse) -> str | None:
    """The response speaks about the text that was asked for, or acts a part, and is no such text."""
    raw = attempt.text.raw
    if "*" in raw and not said_in(_ROLES, attempt.asked) and (acting := _acting(raw)):
        return f"acts: {acting}"
    task = attempt.task
    match = said_in(_WANTED, task)
    if match is None or said_in(_ADVICE_WANTED, task) or len(attempt.words) > _LONGEST:
        return None
    said = plain(attempt.text.raw)
    if _GREETING.search(said) or _VERSE.search(said):
        return None
    name = match["form"] or match["bare"]
    opening = _OF_THE_REQUEST.search(said[:_OPENING])
    if opening is None and not _PERSUADING.fullmatch(name):
        opening = _CAUTION.search(said[:_OPENING])
    advising = sum(1 for _ in _ADVISING.finditer(said))
    if opening and (advising or _HELP.search(said)):
        return f"speaks about the {name}: {excerpt(opening.group().strip(), 60)!r}"
    if _TOLD.fullmatch(name) and (told := _told_of(name).search(said)):
        return f"tells of the {name}: {excerpt(told.group().strip(), 60)!r}"
    sentences = sum(1 for _ in _SENTENCE.finditer(said)) or 1
    is_advice = advising >= 3 and advising >= _ADVISING_SHARE * sentences
    if is_advice and re.search(rf"\b{re.escape(name)}s?\b|\bwrit(?:e|ing)\b|\blines?\b", said):
        return f"says how to write the {name}"
    return None

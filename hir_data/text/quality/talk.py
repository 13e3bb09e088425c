"""Whether a text declines, or asks back, where it should answer."""

import functools
import re

from hir_data.text.quality.prose import plain, words_of

_SPACE = re.compile(r"\s+")
_SORRY = (
    r"(?:i(?:'m| am) (?:really |very |so |deeply |truly )?(?:sorry|afraid)|(?:my )?apolog(?:ies|y|ise|"
    r"ize)|sorry|"
    r"i apologi[sz]e|unfortunately|regrettably)"
)
_CANNOT = (
    r"(?:i (?:can(?:not|'t| not)|am (?:not able|unable)|won't|will not|must (?:decline|refuse))|"
    r"i'm (?:not able|unable)|it(?:'s| is) (?:not possible|impossible) for me|i have to decline|unable to)"
)
_HELP = (
    r"(?:help|assist|fulfil|fulfill|comply|provide|create|write|generate|complete|answer|do that|do "
    r"this|engage|"
    r"support|offer|respond|produce|satisfy|proceed|continue|discuss|share|feel comfortable|have (?:the|"
    r"any|access|"
    r"personal|opinions)|be able|meet|follow|with (?:that|this))"
)
_REFUSAL = re.compile(
    rf"\W*(?:{_SORRY}(?: (?:for|about) [^,.!?]{{1,40}})?[,.;:!\s]+(?:but\s+)?"
    rf"(?:(?:as an? [^,.]*,\s*)?{_CANNOT}|as an? [^,.]*,\s*i (?:do not|don't) have)"
    rf"|{_CANNOT}\s+(?:\w+\s+){{0,2}}?{_HELP}"
    r"|as an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|i(?:'m| am) (?:just |only )?an? (?:ai|(?:large )?language model)\b"
    rf"|{_SORRY}[.!\s]*\Z"
    rf"|(?:{_SORRY}[,.\s]+(?:but\s+)?)?i (?:do not|don't) know\b[^.!?]{{0,40}}[.!?\s]*(?:\Z|sorry)"
    r"|(?:that|this|it)(?:'s| is| goes) against (?:my|our) (?:guidelines|polic|programming|principles|rules)"
    r"|i (?:refuse|decline) to\b|i(?:'d| would) (?:rather|prefer) not\b|no comment[.!\s]*\Z)"
)
_SPEECH = re.compile(r"[\"“][^\"”]{1,200}[,.!?][\"”][\s\W]*\w")
"""A quotation behind which the text goes on: somebody in a story says it."""
_OPENING = 240  # characters
_REFUSAL_LENGTH = 120  # words; whoever says more has usually answered after all
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def refusal(text: str) -> str | None:
    """The words by which a text declines to answer; None where it does not."""
    if len(words_of(text)) > _REFUSAL_LENGTH:
        return None
    if _SPEECH.match(text.strip()):
        return None
    start = _opening(text)
    sentences = [start, *_SENTENCE.split(start, maxsplit=1)[1:]]
    for sentence in sentences:
        if match := _REFUSAL.match(sentence):
            return match.group().strip()[:60]
    return None


@functools.lru_cache(maxsize=8)
def _opening(text: str) -> str:
    return _SPACE.sub(" ", plain(text.strip()[:_OPENING]).lstrip(" \n\"'“*#"))


_READY = re.compile(
    r"i(?:'m| am) (?:ready|here|available) (?:to|and ready to) (?:help|assist|answer|support)"
)
_SERVICE = re.compile(
    r"i(?:'m| am| will be|'ll be|'d be| would be) (?:always |more than |very )?(?:here|ready|happy|glad|"
    r"available|"
    r"excited|delighted|pleased) (?:and ready )?to (?:help|assist|answer|support|provide|create|write|share)"
    r"|i(?:'d| would) (?:love|like) to (?:help|assist)|i can (?:certainly |definitely )?(?:help|"
    r"assist)(?: you)?\b"
    r"|(?:how|what) (?:can|may|could) i (?:help|assist|do for)|let me know (?:if|what|how|which|when)"
    r"|feel free to (?:ask|share|provide|reach|let)|please (?:let me know|provide|share|specify|clarify|"
    r"give me|tell me)"
    r"|(?:can|could|would|will) you (?:please |kindly )?(?:provide|tell me|share|clarify|specify|give "
    r"me|elaborate|"
    r"explain what you|rephrase)|(?:you'd|you would) like me to|(?:do|would) you (?:have|like) (?:any|a|"
    r"some|me)\b"
    r"|what (?:would|do|kind|type|sort|specific)[^.?!]{0,60}(?:you'd|you would|you) (?:like|want|need|"
    r"have|mean|"
    r"looking)|thank you for (?:your|the) (?:question|request|message)|i(?:'m| am) an? (?:ai|assistant)"
)
_COURTESY = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|hello|hi|hey|yes|no problem|good question|"
    r"great question|"
    r"here (?:you go|it is|is (?:your|the) (?:answer|response|text))|i understand|got it|understood|"
    r"thank you|thanks)\b"
    r"[^.!?\w]*(?:there|thing)?[.!?,:]*"
)
_OFFER = re.compile(
    r"(?:let me know|feel free|just (?:say the word|ask|let me)|(?:i )?hope (?:this|that|it|"
    r"you)[^.!?]*\b(?:help|like|enjoy|useful|"
    r"suits|works)|(?:would|do) you (?:like|want) me to|want me to|(?:i(?:'d| would) be|i'm|i am) "
    r"(?:happy|glad|here) to "
    r"(?:help|assist|adjust|revise|write|provide|answer)|if you(?:'d| would)? (?:like|need|want|have) "
    r"(?:any|more|me|a|another|"
    r"further|changes|questions|to)|is there anything else|please let me)"
)


def more_offered(paragraph: str) -> str | None:
    """The words by which a paragraph offers more help, as the last one of a chat answer may; or None."""
    found = _OFFER.search(plain(paragraph))
    return found.group() if found else None


_PREAMBLE = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|here(?:'s| is| are| you go)|below (?:is|"
    r"are))\b[^\n]{0,240}?:[*_]*[ \t]*"
)


def without_frame(text: str) -> str:
    """A text without what a chat answer puts around it, "Here is your essay:" and an offer of help."""
    stripped = text.strip()
    head, gap, rest = stripped.partition("\n")
    if gap and rest.strip() and _PREAMBLE.fullmatch(plain(head).lstrip("*_ ")):
        stripped = rest.strip()
    body, gap, tail = stripped.rpartition("\n\n")
    if gap and body.strip() and len(tail.split()) <= _LONGEST_OFFER and _opens_with_offer(tail):
        stripped = body.rstrip()
    return text if stripped == text.strip() else stripped


_LONGEST_OFFER = 50  # words


def _opens_with_offer(paragraph: str) -> bool:
    return _OFFER.match(plain(paragraph).lstrip("*_( ")) is not None


_LEAST_ANSWER = 8  # words beside the talk
_MUCH_TALK = 3  # sentences, from which more words may stand beside them, if not most
_DEFLECTION_LENGTH = 80  # words


def deflection(text: str) -> str | None:
    """The words by which a text offers help or asks back and says no more; None where it says more."""
    opening = _opening(text)
    is_of_speaker = "i'm " in opening or "i am " in opening
    if is_of_speaker and (match := _READY.match(_COURTESY.sub("", opening).strip())):
        return match.group()
    if len(words_of(text)) > _DEFLECTION_LENGTH:
        return None
    talk: list[str] = []
    left = spent = 0
    for sentence in _SENTENCE.split(_SPACE.sub(" ", plain(text.strip()))):
        if match := _SERVICE.search(sentence):
            talk.append(match.group())
            spent += len(sentence.split())
        elif not _COURTESY.fullmatch(sentence.strip("\"'“”*# ")):
            left += len(sentence.split())
    is_all = left < _LEAST_ANSWER or (len(talk) >= _MUCH_TALK and left < spent)
    return talk[0] if talk and is_all else None

"""What the sentences of each category state, as constraints."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from hir_data.formats.grammar import tokens
from hir_data.formats.grammar.quantities import Quantity, quantities
from hir_data.formats.grammar.sentence import Sentence
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.muldimif import (
    identifiers,
    keywords,
    language,
    length,
    markdown,
    punctuation,
    structured,
    tables,
)

_START = tokens.Token("mark", "")

Reader = Callable[[Sentence], Iterator[Constraint]]


def read(category: str, subcategory: str, text: str) -> list[Constraint]:
    """The constraints that a sentence states; none where it cannot be read."""
    sentence = Sentence(text)
    name = f"{category} {subcategory}".lower()
    for word, readers in _READERS.items():
        if word in name:
            return list(dict.fromkeys(one for reader in readers for one in reader(sentence)))
    return []


# ---------------------------------------------------------------------------------------------------------
# Content

_INCLUDE = set("include includes including included mention mentions incorporate contain contains".split())


def read_keywords(sentence: Sentence) -> Iterator[Constraint]:
    """Terms in quotation marks that have to occur, or must not."""
    if sentence.matches(r"^if discussing"):  # a condition that no kind has
        return
    wanted, avoided = _terms(sentence)
    times = max((one.least or 1 for one in sentence.counted("times")), default=1)
    for token in sentence.tokens:
        if token.word in tokens.ADVERBS and token.word != "single":  # "twice", "multiple times"
            times = token.value
    if wanted:
        match: Literal["all", "any"] = "any" if _are_alternatives(sentence) else "all"
        within = None if sentence.each else sentence.within_each
        yield keywords.Keywords(
            keywords=tuple(wanted),
            match=match,
            times=times,
            each=sentence.each or within,
            needs_entries=within is not None,
        )
    if avoided:
        yield keywords.NoKeywords(keywords=tuple(avoided))


def _terms(sentence: Sentence) -> tuple[list[str], list[str]]:
    """The terms that are wanted and those that are forbidden, each once."""
    wanted: dict[str, None] = {}
    avoided: dict[str, None] = {}
    negative = sentence.matches(r"\bbe (avoided|excluded)\b")
    for before, token in pairwise([_START, *sentence.tokens]):
        if token.kind == "not":
            negative = True
        elif token.word in _INCLUDE:
            negative = before.kind == "not"
        elif token.kind == "quoted":
            (avoided if negative else wanted)[token.word.rstrip(".,") or token.word] = None
    return list(wanted), list(avoided)


def _are_alternatives(sentence: Sentence) -> bool:
    """Whether "or" stands between two quoted terms."""
    kinds = [token.kind for token in sentence.tokens]
    return any(kinds[at : at + 3] == ["quoted", "or", "quoted"] for at in range(len(kinds)))


_MARKS = {
    "period": ".",
    "full stop": ".",
    "question mark": "?",
    "exclamation mark": "!",
    "semicolon": ";",
    "colon": ":",
    "comma": ",",
    "句号": "。",
    "问号": "？",
    "感叹号": "！",
}


def read_punctuation(sentence: Sentence) -> Iterator[Constraint]:
    """Marks that have to stand at an end, or must not."""
    found = tuple(
        dict.fromkeys(
            _MARKS[name]
            for token in sentence.tokens
            for name in (token.word, token.word.removesuffix("s"))
            if name in _MARKS
        )
    )
    if not found and sentence.matches(r"punctuation marks?"):
        found = punctuation.PUNCTUATION
    if not found:
        return
    if sentence.matches(r"\bfollowed by\b") and sentence.quoted:
        found = tuple(mark + sentence.quoted[-1] for mark in found)
    of = _part(sentence)
    if not sentence.is_negative:
        yield punctuation.Ending(marks=found, of=of)
    elif sentence.matches(r"\bend"):
        yield punctuation.NoEnding(marks=found, of=of)
    else:
        yield punctuation.NoMarks(marks=found)


def _part(sentence: Sentence) -> punctuation.EndedPart:
    """What is to end with a mark."""
    each = sentence.each or ""
    if sentence.says("cell", "cells", "tables"):
        return "cell"
    if sentence.says("bullets"):
        return "bullet"
    if "paragraph" in each or "section" in each:
        return "paragraph"
    if "question" in each:
        return "question"
    return "sentence" if each or sentence.matches(r"\ball (the )?sentences\b") else "text"


def read_required(sentence: Sentence) -> Iterator[Constraint]:
    """Keywords that a sentence about something else asks for, too."""
    if sentence.matches(r"\bkeywords?\b[^.]*['\"]"):
        yield from read_keywords(sentence)


def read_references(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of references."""
    for quantity in sentence.counted("references"):
        yield identifiers.References(**_bounds(quantity))


def read_identifiers(sentence: Sentence) -> Iterator[Constraint]:
    """How to start, and what to cite."""
    if sentence.quoted and sentence.matches(r"\b(start|begin)") and not sentence.says("letter"):
        if sentence.each:
            yield keywords.Keywords(keywords=(sentence.quoted[0],))
        else:
            yield identifiers.Opening(text=sentence.quoted[0])


# ---------------------------------------------------------------------------------------------------------
# Length


def _bounds(quantity: Quantity) -> dict[str, int | None]:
    return {"min": quantity.least, "max": quantity.most}


def read_words(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of words, or of characters of each word."""
    for quantity in sentence.counted("words"):
        yield length.Words(min=quantity.least, max=quantity.most, each=sentence.each)
    bare = [] if sentence.quantities or sentence.quoted else quantities(sentence.tokens, unit="words")
    if bare and not sentence.each:
        yield length.Words(min=bare[-1].least, max=bare[-1].most)
    if not sentence.counted("words"):
        for quantity in sentence.counted("characters"):
            if sentence.matches(r"\b(each|every) (\w+ )?(word|term)\b"):
                yield length.WordLength(**_bounds(quantity))
            elif not sentence.says("each", "every"):  # nothing counts the characters of other parts
                yield length.Characters(**_bounds(quantity))


def read_sentences(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of sentences."""
    for quantity in sentence.counted("sentences"):
        yield length.Sentences(**_bounds(quantity))


def read_paragraphs(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of paragraphs."""
    for quantity in sentence.counted("paragraphs"):
        yield length.Paragraphs(**_bounds(quantity))


def read_blurb(sentence: Sentence) -> Iterator[Constraint]:
    """Lengths that have names."""
    if sentence.matches(r"\bblurb\b"):
        yield length.Characters(max=200)
    elif sentence.matches(r"\bmedium length\b"):
        yield length.Characters(min=201, max=400)


# ---------------------------------------------------------------------------------------------------------
# Layout


def read_markdown(sentence: Sentence) -> Iterator[Constraint]:
    """Headings, block quotes, bold text and bullet points."""
    if sentence.says("block quotes"):
        whole = not sentence.matches(r"\b(use|using|employ|include|present the)\b")
        yield markdown.AllQuoted() if whole else markdown.BlockQuotes(min=1)
    if sentence.says("bold"):
        yield markdown.Bold()
    if sentence.says("bullets"):
        yield markdown.Bullets(max=0) if sentence.is_negative else markdown.Bullets(min=1)
    if sentence.says("headings", "levels", "subheadings") or any(t.kind == "level" for t in sentence.tokens):
        yield from _headings(sentence)


def _headings(sentence: Sentence) -> Iterator[Constraint]:
    named = _levels(sentence)
    if named and sentence.matches(r"\b(up to|not exceed|limited to) level\b"):
        yield markdown.HeadingDepth(max=max(named))
        return
    counted = sentence.counted("levels")
    for quantity in counted:
        if quantity.least is None and quantity.unit_at < quantity.start:  # "levels must not exceed 3"
            yield markdown.HeadingDepth(max=quantity.most or 0)
        else:
            yield markdown.HeadingLevels(**_bounds(quantity))
    title = _title(sentence) if len(named) == 1 else None
    if named and not sentence.each and sentence.matches(r"\b(begin|start)s? with\b"):
        yield markdown.FirstHeading(level=named[0])
        if title:
            yield markdown.Headings(min=1, level=named[0], title=title)
    elif not (counted and sentence.matches(r"\b(such as|for example|e\.g\.)")):
        for level in named:
            yield markdown.Headings(min=1, level=level, title=title)
    if not counted and not named:
        yield markdown.Headings(min=1)
        if sentence.matches(r"\bmain (heading|title)\b.*\bsub-?(headings?|sections?)\b"):
            yield markdown.HeadingLevels(min=2)


def _levels(sentence: Sentence) -> list[int]:
    """The levels that are named, as "level 2", "H2" or "## Plan", each once."""
    named = [token.value for token in sentence.tokens if token.kind in ("level", "quoted") and token.value]
    return list(dict.fromkeys(named))


def _title(sentence: Sentence) -> str | None:
    """What the heading is to say."""
    said = sentence.matches(r"\b(titled|with the text)\b") and len(sentence.quoted) == 1
    return sentence.quoted[0].rstrip(".") if said else None


def read_table(sentence: Sentence) -> Iterator[Constraint]:
    """Rows, columns and headers of a table."""
    rows, columns = sentence.counted("rows"), sentence.counted("columns")
    optional = _optional_table(sentence)
    for quantity in rows:
        yield tables.TableRows(**_bounds(quantity), optional=optional)
    for quantity in columns:
        yield tables.TableColumns(**_bounds(quantity), optional=optional)
    for quantity in sentence.counted("words"):
        yield length.Words(min=quantity.least, max=quantity.most, each=sentence.each)
    names = _column_names(sentence) if sentence.says("columns") else ()
    if names:
        yield tables.TableHeaders(names=names, optional=optional)
    elif not rows and not columns and sentence.says("tables") and not optional:
        yield tables.HasTable()


def _optional_table(sentence: Sentence) -> bool:
    """Whether a response without a table will do: "if a table is used", "any table", or none is spoken of."""
    for at, token in enumerate(sentence.tokens):
        reach = {"if": 12, "any": 2}.get(token.kind, 0)
        if any(following.word == "tables" for following in sentence.tokens[at + 1 : at + 1 + reach]):
            return True
    return not sentence.says("tables")


_COLUMNS = re.compile(r"\bcolumns?\b[^:]*?(?::|\bfor\b|\blabell?ed\b|\bincluding\b)(.*)", re.IGNORECASE)


def _column_names(sentence: Sentence) -> tuple[str, ...]:
    """The names of columns: quoted, or listed in capitals behind a colon."""
    found = _COLUMNS.search(sentence.text)
    if not found:
        return ()
    if names := Sentence(found[1]).quoted:
        return tuple(name.rstrip(",.") for name in names)
    listed = re.split(r",\s*(?:and\s)?|\sand\s", found[0].partition(":")[2].strip(" ."))
    return (
        tuple(map(str.strip, listed))
        if len(listed) > 1 and all(name[:1].isupper() for name in listed)
        else ()
    )


def read_json(sentence: Sentence) -> Iterator[Constraint]:
    """Levels that JSON is nested to."""
    for quantity in sentence.quantities:
        if quantity.unit in ("levels", "nesting"):
            yield structured.JsonDepth(**_bounds(quantity))


def read_xml(sentence: Sentence) -> Iterator[Constraint]:
    """Attributes of XML elements."""
    for quantity in sentence.counted("attributes"):
        yield structured.XmlAttributes(**_bounds(quantity))


def read_text(sentence: Sentence) -> Iterator[Constraint]:
    """Bullet points, lists, citations."""
    if sentence.says("bullets"):
        yield markdown.Bullets(max=0) if sentence.is_negative else markdown.Bullets(min=1)
    if sentence.matches(r"\bno (lists|number)"):
        yield markdown.NoNumberedLists()
    if sentence.matches(r"\bAPA\b"):
        yield identifiers.Apa()


# ---------------------------------------------------------------------------------------------------------
# Language


def read_english(sentence: Sentence) -> Iterator[Constraint]:
    """Capital and small letters, everywhere or in a part."""
    of = _place(sentence)
    if sentence.matches(r"\bupper-?case\b|\ball caps\b|\bcapitalized form\b|\ball capital"):
        yield language.Uppercase(of=of)
    elif sentence.matches(r"capital"):
        yield language.Capitalized(of=of)
    elif sentence.matches(r"\blower-?case"):
        yield language.Lowercase(of=of)


def _place(sentence: Sentence) -> language.LanguagePart:
    if sentence.says("tables"):
        if sentence.matches(r"\bheaders?\b|\bheadings?\b"):
            return "table header"
        return "table entries" if sentence.matches(r"\bentr(y|ies)\b") else "table"
    if sentence.says("json"):
        return "json values" if sentence.matches(r"\bvalues?\b") else "json keys"
    return "headings" if sentence.matches(r"\bheadings?\b") else "text"


def read_chinese(sentence: Sentence) -> Iterator[Constraint]:
    """Simplified or traditional characters."""
    phrase = [term for term in sentence.quoted if not term.isascii()]
    if phrase and sentence.matches(r"\bphrase\b"):
        yield keywords.Keywords(keywords=tuple(phrase))
    elif sentence.matches(r"(?<!not )traditional|繁"):
        yield language.Chinese(script="traditional", only=sentence.matches(r"\b(use|convert)"))
    elif sentence.matches(r"simplified|简体|簡體"):
        yield language.Chinese(script="simplified", only=sentence.matches(r"\btranslate"))


_READERS: dict[str, Sequence[Reader]] = {
    "keyword": (read_keywords, read_words, read_sentences, read_english),
    "punctuation": (read_punctuation, read_sentences),
    "identifier": (read_identifiers,),
    "blurb": (read_blurb, read_words),
    "xml": (read_xml,),
    "json": (read_json,),
    "table": (read_table,),
    "markdown": (read_markdown,),
    "text": (read_text, read_references, read_blurb, read_xml),
    "english": (read_english,),
    "chinese": (read_chinese,),
    "words": (read_words, read_sentences, read_required),
    "sentences": (read_sentences, read_words, read_references, read_required),
    "paragraphs": (read_paragraphs,),
}
"""By a word in the name of a category: what reads its sentences. The first that fits counts."""

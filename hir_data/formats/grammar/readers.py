"""What the sentences of each category state, as constraints."""

import re
from collections.abc import Callable, Iterator, Sequence

from hir_data.formats.grammar.content import (
    read_identifiers,
    read_keywords,
    read_punctuation,
    read_references,
    read_required,
)
from hir_data.formats.grammar.quantities import quantities
from hir_data.formats.grammar.sentence import Sentence
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.muldimif import (
    identifiers,
    keywords,
    language,
    length,
    markdown,
    structured,
    tables,
)

Reader = Callable[[Sentence], Iterator[Constraint]]


_NOT_ACCEPTED = (
    r"\b(not|never)( be)? (accept(ed|able)|allowed|permitted)\b|\b(forbidden|prohibited|unacceptable)\b"
)
"""What turns round a sentence from its end: "answers over 50 words are not accepted"."""


def read(category: str, subcategory: str, text: str) -> list[Constraint]:
    """The constraints that a sentence states; none where it cannot be read."""
    sentence = Sentence(text)
    if sentence.matches(_NOT_ACCEPTED):
        return []
    name = f"{category} {subcategory}".lower()
    for word, readers in _READERS.items():
        if word in name:
            if _says_more(word, sentence):
                return []
            return list(dict.fromkeys(one for reader in readers for one in reader(sentence)))
    return []


_OF_THE_WHOLE = ("keyword", "english", "words", "sentences", "paragraphs")
_ONE_PART = (
    r"\b(first|second|third|fourth|fifth|last|final|opening|closing|initial|penultimate) (\w+ )?"
    r"(sentence|paragraph|line|section|word|entry|item|bullet|step|answer)s?\b|第[一二三四五\d]+[句段行]"
    r"|\b(title|headline|caption|introduction|conclusion)s? (must|should|may|has|needs|is|can)\b"
    r"|\b(in|for|of) the (title|headline|caption|introduction|conclusion)\b"
)
"""A part of a response of which no kind speaks."""


def _says_more(category: str, sentence: Sentence) -> bool:
    """Whether it says something that its readers would drop: of one part only, or of things not counted."""
    if category == "punctuation":
        return sentence.matches(r"\b(first|opening) (sentence|paragraph|line)\b")
    if category not in _OF_THE_WHOLE:
        return False
    one_part = not sentence.each and sentence.matches(_ONE_PART)
    return one_part or "每" in sentence.text or (category != "english" and sentence.leaves_a_bound)


# ---------------------------------------------------------------------------------------------------------
# Length


def read_words(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of words, or of characters of each word."""
    for quantity in sentence.counted("words"):
        each = sentence.each or sentence.scope_of(quantity)
        yield length.Words(**quantity.bounds, each=each)
    bare = [] if sentence.quantities or sentence.quoted else quantities(sentence.tokens, unit="words")
    if bare and not sentence.each:
        yield length.Words(min=bare[-1].least, max=bare[-1].most)
    for quantity in sentence.counted("characters"):
        if sentence.matches(r"\b(each|every) (\w+ )?(word|term)\b"):
            yield length.WordLength(**quantity.bounds)
        elif not sentence.says("each", "every"):  # nothing counts the characters of other parts
            yield length.Characters(**quantity.bounds)


def read_sentences(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of sentences."""
    for quantity in sentence.counted("sentences"):
        yield length.Sentences(**quantity.bounds)


def read_paragraphs(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of paragraphs."""
    for quantity in sentence.counted("paragraphs"):
        yield length.Paragraphs(**quantity.bounds)


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
    if named and sentence.matches(
        r"\b(up to|not exceed|limited to|(not|no|never)\b.*\b(deeper than|beyond|below)) level\b"
    ):
        yield markdown.HeadingDepth(max=max(named))
        return
    counted = sentence.counted("levels")
    units = [quantity.unit_at for quantity in counted]
    for quantity in counted:
        behind_its_unit = quantity.unit_at < quantity.start and units.count(quantity.unit_at) == 1
        if quantity.least is None and behind_its_unit:  # "levels must not exceed 3"
            yield markdown.HeadingDepth(max=quantity.most or 0)
        else:
            yield markdown.HeadingLevels(**quantity.bounds)
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
    if sentence.matches(r"\d\s?[x×]\s?\d"):  # which is which, and does the header count?
        return
    rows, columns = sentence.counted("rows"), sentence.counted("columns")
    optional = _optional_table(sentence)
    for quantity in rows:
        yield tables.TableRows(**quantity.bounds, optional=optional)
    for quantity in columns:
        yield tables.TableColumns(**quantity.bounds, optional=optional)
    for quantity in sentence.counted("words"):
        yield length.Words(**quantity.bounds, each=sentence.each)
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


_COLUMNS = re.compile(
    r"\bcolumns?\b[^:]*?(?::|\bfor\b|\blabell?ed\b|\bincluding\b|(?=\s[\"'“]))(.*)", re.IGNORECASE
)


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
            yield structured.JsonDepth(**quantity.bounds)


def read_xml(sentence: Sentence) -> Iterator[Constraint]:
    """Attributes of XML elements."""
    for quantity in sentence.counted("attributes"):
        yield structured.XmlAttributes(**quantity.bounds)


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


_CAPITALS_ONLY = (
    r"\bupper[- ]?case\b|\ball caps\b|\bcapitalized form\b|\b(all|only) capital|\bcapital letters only\b"
    r"|\bin capitals?( letters)?(?! (for|of) (each|every))\b"
)
_NO_CAPITALS = r"\b(no|not|never|avoid|without)( (use|be|write|in|using|any))* (capital|upper[- ]?case)"


_LETTER_CASE = (
    r"\bcapital letters?\b|\bcapitali[sz]|\b(upper|lower)[- ]?case"
    r"|\btitle[- ]case|\ball caps\b|\bin capitals\b(?! of)"
)


def read_letter_case(sentence: Sentence) -> Iterator[Constraint]:
    """What a sentence about something else says of capital and small letters, too."""
    if sentence.matches(_LETTER_CASE):
        yield from read_english(sentence)


def read_english(sentence: Sentence) -> Iterator[Constraint]:
    """Capital and small letters, everywhere or in a part."""
    of = _place(sentence)
    if sentence.matches(_NO_CAPITALS):
        yield language.Lowercase(of=of)
    elif sentence.matches(r"\b(no|not|never|avoid|without)( \w+){0,3} all (caps|upper[- ]?case|capital)"):
        return  # anything else will do
    elif sentence.matches(_CAPITALS_ONLY):
        yield language.Uppercase(of=of)
    elif sentence.matches(r"capital|\btitle[- ]case"):
        yield language.Capitalized(of=of)
    elif sentence.matches(r"\blower[- ]?case"):
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
    "keyword": (read_keywords, read_words, read_sentences, read_letter_case),
    "punctuation": (read_punctuation, read_sentences),
    "identifier": (read_identifiers,),
    "blurb": (read_blurb, read_words),
    "xml": (read_xml,),
    "json": (read_json,),
    "table": (read_table,),
    "markdown": (read_markdown,),
    "text": (read_text, read_references, read_blurb, read_xml),
    "english": (read_english, read_words),
    "chinese": (read_chinese,),
    "words": (read_words, read_sentences, read_paragraphs, read_required, read_letter_case),
    "sentences": (
        read_sentences,
        read_words,
        read_paragraphs,
        read_references,
        read_required,
        read_letter_case,
    ),
    "paragraphs": (read_paragraphs,),
}
"""By a word in the name of a category: what reads its sentences. The first that fits counts."""

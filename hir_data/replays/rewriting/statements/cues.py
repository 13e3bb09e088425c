r"""The words by which people state constraints: what to look for in a prompt, by kind.

A cue is a list of patterns that all have to be there, and further words that may stand beside them. For a
kind that has none, its phrasings tell what to look for.
"""

from typing import NamedTuple


class Cue(NamedTuple):
    """How a kind is stated.

    Attributes:
        needs: patterns, each of which is found in a statement, beside the values of the constraint.
        words: what else may be said in it.
        hint: what no other sentence says, beside a text that the constraint is about, unless it states
            something else; the first need by default.
        alone: the same, whether or not such a text is said.
    """

    needs: tuple[str, ...]
    words: str = ""
    hint: str = ""
    alone: str = ""


NOT = (
    r"\b(?:no|not|never|none|nor|neither|without|zero|cannot|\w+n't|avoid\w*|refrain\w*|exclud\w*|omit\w*|"
    r"leav\w+ out|forbidden|devoid|free of|do without)\b"
)
_CAPITAL = r"\b(?:capital\w*|upper[- ]?case\w*|caps)\b"
_SMALL = r"\b(?:lower[- ]?case\w*|small (?:letters|ones?))\b"
_EACH = r"\b(?:(?:each|every|major) word|first letter|title case)\b"
_WORD = r"\b(?:key ?words?|words?|terms?|phrases?|names?)\b"
_USED = rf"{_WORD}|\b(?:mention\w*|includ\w*|contain\w*|appear\w*|occur\w*|us(?:e|es|ed|ing)|times?|say)\b"
_END = r"\b(?:end\w*|finish\w*|last|final\w*|conclud\w*|clos\w+)\b"
_START = r"\b(?:start\w*|begin\w*|open\w*|first)\b"
_REPEAT = (
    "task request sentence question text prompt line above below exact word change then give before say "
    "saying character answer answering first begin beginning very start does again original following reply "
    "verbatim copy actual really itself thing anything whatsoever notes 1 2"
)
_KEYWORD = "following keyword list listed all article post item line"
_DIVIDE = (
    "separate divide divider split markdown asterisk star symbol line nearby three 3 mark adjacent indicate "
    "section part paragraph stanza where structure organize range"
)
_WORD_COUNT = Cue(
    (r"\bwords\b|\bword (?:count|limit|minimum|maximum)\b|\d\+?[- ]words?\b|\bword\b(?! [\"'“‘])",),
    "length long longer limit count total minimum maximum word range structure",
    r"\bwords\b|\bword (?:count|limit)\b|\d\+?[- ]word\b",
)
_SENTENCES = Cue(
    (r"\bsentences?\b",),
    "length long count total sentence line range structure organize",
    r"\bsentences\b|(?:\d|one|two|three|four|five)[- ]sentence\b",
)
_PARAGRAPHS = Cue(
    (r"\bparagraphs?\b|\bsections?\b|\bparts?\b",),
    _DIVIDE,
    r"\bparagraphs\b|(?:\d|one|two|three|four|five|exactly)[- ]paragraph\b|\*\*\*",
)
_WITHOUT_WORDS = Cue(
    (_USED, NOT), "keyword following any anywhere list", rf"{NOT}.*(?:{_USED})|(?:{_USED}).*{NOT}"
)
_WITH_WORDS = Cue((_USED,), _KEYWORD)
_ENDING = Cue(
    (_END,),
    "exact phrase word statement sentence follow after else other very closing quote line read question",
    alone=r"\b(?:other|more|else|additional)\b.*\b(?:follow\w*|after)\b",
)
_STARTING = Cue((_START,), "exact phrase word sentence very opening line")
_BULLETS = Cue(
    (r"\bbullets?\b|\bbulleted\b",),
    "point list markdown format form asterisk symbol star indicate mark text item number first second third "
    "one two three this xyz abc opq following below example sample dash line syntax",
)
_LOWER = Cue(
    (rf"{_SMALL}|{NOT}.{{0,60}}{_CAPITAL}",),
    "letter english single capitalize capital uppercase capitalization upper lower lowercase case word "
    "whatsoever",
    rf"{_SMALL}|{_CAPITAL}",
)
_UPPER = Cue(
    (rf"^(?!.*(?:{NOT}.{{0,40}}{_CAPITAL}|{_EACH})).*{_CAPITAL}",),
    "letter english lowercase lower uppercase upper case capital capitalize capitalized caps word",
    rf"{_SMALL}|{_CAPITAL}",
)
_NO_SPACE = r"\bwhite ?spaces?\b|\bspaces?\b"
_RATIO = (
    "type declarative interrogative exclamatory balance ratio maintain statement question exclamation equal"
)

_CUES: dict[tuple[str, ...], Cue] = {
    ("punctuation:no_comma",): Cue((r"\bcommas?\b", NOT), "punctuation mark sign symbol single"),
    ("punctuation:punctuation_dot",): Cue(
        (r"\b(?:dots?|periods?|full stops?)\b", NOT), "punctuation mark sign character"
    ),
    ("punctuation:punctuation_exclamation",): Cue((r"\bexclamations?\b", NOT), "punctuation mark sign point"),
    (
        "length_constraints:number_words",
        "word_count",
        "count:word_count_range",
        "muldimif:words",
    ): _WORD_COUNT,
    ("length_constraints:number_sentences", "sentence_count", "muldimif:sentences"): _SENTENCES,
    (
        "length_constraints:number_paragraphs",
        "paragraph_count",
        "muldimif:paragraphs",
        "paragraphs:paragraphs",
        "paragraphs:paragraphs2",
    ): _PARAGRAPHS,
    ("length_constraints:nth_paragraph_first_word",): Cue(
        (r"\bparagraphs?\b", _START),
        f"{_DIVIDE} first last word start begin two new break blank double question",
        alone=r"\bparagraphs?\b",
    ),
    ("character_count", "muldimif:characters"): Cue((r"\bcharacters?\b",), "length long count total limit"),
    ("keywords:existence", "contains", "muldimif:keywords"): _WITH_WORDS,
    ("keywords:forbidden_words", "keywords:exclude_word_harder", "muldimif:no_keywords"): _WITHOUT_WORDS,
    ("keywords:frequency",): Cue((_USED,), "keyword following name show"),
    ("keywords:letter_frequency", "letters:letter_counting2"): Cue(
        (r"\bletters?\b|\bcharacters?\b|\bmarks?\b|\bhashtags?\b",),
        "letter character show start hashtag exclamation mark symbol keyword whatsoever anywhere alphabet",
    ),
    ("detectable_format:number_highlighted_sections",): Cue(
        (r"\b(?:highlight\w*|italic\w*|emphasi\w*|bold\w*)",),
        "section part phrase text passage markdown asterisk symbol format syntax star point start end "
        "keyword wrap single",
    ),
    ("detectable_content:number_placeholders",): Cue(
        (r"\bplaceholders?\b",), "square bracket represent blank fill mark indicate different"
    ),
    ("detectable_content:postscript",): Cue(
        (r"\bpost ?-?scripts?\b|\bp\.\s?(?:p\.\s?)?s\b",),
        "start begin end finish conclude bottom after close last explicit explicitly mark indicate phrase "
        "message",
    ),
    ("detectable_format:title",): Cue(
        (r"\btitled?\b|<<|\bangular\b|\bangle brackets?\b",),
        "double angular angle bracket wrap enclose enclosed inside indicate name",
    ),
    ("detectable_format:json_format", "json"): Cue(
        (r"\bjson\b",),
        "format block code object valid wrap markdown tick fence outside before after anything nothing else "
        "add syntax enclose inside",
    ),
    ("detectable_format:multiple_sections",): Cue(
        (r"\b(?:sections?|parts?|paragraphs?|chapters?|mark\w*|label\w*|start\w*|begin\w*)\b",),
        "mark begin beginning start label labelled labeled denote indicate explicit explicitly highlight "
        "note noted number numbered section x y divide organize distinct separate",
    ),
    ("detectable_format:number_bullet_lists", "muldimif:bullets"): _BULLETS,
    ("detectable_format:constrained_response",): Cue(
        (r"\bmy answer is\b",), "choose one following option phrase exact yes no maybe select pick"
    ),
    ("combination:two_responses",): Cue(
        (
            r"\b(?:two|2|different)\b|\*{6}|\basterisks?\b",
            r"\b(?:responses?|answers?|versions?|them|asterisks?)\b",
        ),
        "separate two different asterisk symbol them version 6 six exact",
        r"\*{6}|\basterisks?\b|\b(?:two|2) (?:different )?(?:responses|answers|versions)\b",
    ),
    ("combination:repeat_prompt", "copy:copy", "copy:copying_simple"): Cue(
        (r"\brepeat\w*|\bcopy\b",), _REPEAT
    ),
    ("repeat:repeat_change",): Cue((r"\brepeat\w*|\bcopy\b", r"\bchang\w+\b|\banother\b"), _REPEAT),
    ("repeat:repeat_span", "new:copy_span_idx"): Cue(
        (r"\bcopy\b|\bcharacters?\b", r"\bspan\b|\bind(?:ex|ices)\b"),
        "lie lies between index word indices split whitespace span",
    ),
    ("repeat:repeat_simple",): Cue(
        (r"\bonly output this sentence\b",), "sentence here ignore other request output"
    ),
    ("change_case:capital_word_frequency",): Cue(
        (_CAPITAL, r"\bwords?\b"), "letter all highlight emphasize stress key point main frequency"
    ),
    ("change_case:english_lowercase", "muldimif:lowercase"): _LOWER,
    ("change_case:english_capital", "muldimif:uppercase"): _UPPER,
    ("language:response_language",): Cue(
        (r"\b(?:in|language|using|only|into|use)\b",),
        "language other native speak entirely speaking except besides",
        alone=r"\bother language",
    ),
    ("startend:end_checker", "ends_with"): _ENDING,
    ("starts_with", "muldimif:opening"): _STARTING,
    ("muldimif:ending",): Cue((_END,), "punctuation mark period question exclamation point sentence"),
    ("muldimif:headings",): Cue((r"\bheadings?\b",), "level markdown format title label name h1 h2 h3"),
    ("muldimif:heading_levels",): Cue(
        (r"\bheadings?\b", r"\blevels?\b"), "heading markdown format different"
    ),
    ("muldimif:table_rows",): Cue((r"\brows?\b",), "table tabular data format row long limit"),
    ("muldimif:table_columns",): Cue((r"\bcolumns?\b",), "table tabular data format column wide limit"),
    ("muldimif:table",): Cue((r"\btables?\b",), "format markdown form tabular"),
    ("startend:quotation",): Cue(
        (
            r"\bquot\w*",
            r"\b(?:wrap\w*|enclos\w*|put\w*|surround\w*|in|insid\w*|within|with|around|begin|start)\b",
        ),
        "double mark wrap enclose surround inside around begin end start",
        r"\bdouble quot\w*|\bquotation marks?\b",
    ),
    ("first_word:first_word_answer",): Cue((_START, r"\bword\b"), "first very start begin"),
    ("last_word:last_word_answer",): Cue((_END, r"\bword\b"), "last very end punctuation follow"),
    ("first_word:first_word_sent",): Cue((_START, r"\bsentences?\b"), "first word start begin"),
    ("last_word:last_word_sent",): Cue((_END, r"\bsentences?\b"), "last word end punctuation follow"),
    ("count:conjunctions",): Cue((r"\bconjunctions?\b",), "different coordinating"),
    ("count:numbers",): Cue((r"\bnumbers\b",), "digit"),
    ("count:unique_word_count",): Cue((r"\b(?:unique|different|distinct)\b", r"\bwords\b"), "vocabulary"),
    ("count:person_names",): Cue(
        (r"\bnames?\b", r"\b(?:person|people|list|these)\b"), "different person list"
    ),
    ("count:pronouns",): Cue((r"\bpronouns?\b",), "personal"),
    ("count:punctuation",): Cue(
        (r"\bpunctuation\b|\binterrobang\b",),
        "mark standard semicolon colon interrobang comma period question exclamation every",
    ),
    ("count:words_japanese",): Cue((r"\bjapanese\b",), "every word"),
    ("count:keywords_multiple", "count:count_increment_word"): Cue((_WORD,), "keyword occur"),
    ("format:emoji",): Cue((r"\bemojis?\b",), "sentence end"),
    ("format:line_indent",): Cue(
        (r"\bindent\w*|\bstairs\b",), "create incrementally increase line new stairs space"
    ),
    ("format:list",): Cue(
        (r"\blist\b|\bitems?\b|\bseparat\w+", r"\blist\b|\bitems?\b|\bbullets?\b"),
        "item list instead bullet point separate symbol separator",
    ),
    ("format:newline",): Cue((r"\bnew ?line\b|\bline break\b", r"\bwords?\b"), "new line separate single"),
    ("format:no_bullets_bullets",): Cue(
        (r"\bbullets?\b", r"\bsentences?\b"), "denote follow end ending period point two"
    ),
    ("format:options",): Cue(
        (r"\boptions?\b|\bfollowing\b|\bchoose\b",), "option one explanation else choose"
    ),
    ("format:output_template",): Cue(
        (r"\btemplate\b", r"\bmy conclusion\b"), "template exact my answer conclusion future outlook"
    ),
    ("format:parentheses",): Cue(
        (r"\b(?:parenthes\w*|brackets?|braces?)", r"\b(?:nest\w*|levels?|deep)\b"),
        "nest level deep brace bracket curly square round parentheses",
    ),
    ("format:quotes",): Cue(
        (r"\bquot\w*", r"\b(?:nest\w*|levels?|within quot\w*)\b"),
        "nest level deep alternate alternating between double single quote mark",
    ),
    ("format:quote_unquote",): Cue(
        (r"\bquot\w*", r"\bunquot\w*|\bexpla\w+"), "phrase follow followed explanation every unquoted"
    ),
    ("format:sub-bullets",): Cue((r"\bsub-?bullets?\b",), "bullet point denote star dash one"),
    ("format:thesis",): Cue((r"\bthesis\b",), "html italic statement indicate section begin start"),
    ("format:title_case", "muldimif:capitalized"): Cue(
        (_CAPITAL + r"|\btitle case\b", _EACH), "capitalize first letter major word every case title start"
    ),
    ("format:no_whitespace",): Cue((_NO_SPACE, NOT), "white space tab line break"),
    ("ratio:overlap",): Cue(
        (r"\boverlap\b|\btrigrams?\b",), "maintain trigram overlap provide reference text"
    ),
    ("ratio:sentence_balance",): Cue(
        (r"\bratio\b|\bbalanc\w*|\bequal\w*", r"\bsentences?\b"), f"{_RATIO} sentence"
    ),
    ("ratio:sentence_type",): Cue(
        (r"\bratio\b|\btwice\b|\b2:1", r"\bdeclarative\b|\bstatements?\b"), f"{_RATIO} sentence 2 1"
    ),
    ("ratio:sentence_words",): Cue(
        (r"\bthree sentences\b", r"\bsame number\b|\bequal\b|\bsame length\b"),
        "same number character different word three sentence equal length contain",
    ),
    ("ratio:stop_words",): Cue((r"\bstop[- ]?words?\b",), "constitute percent percentage total word ratio"),
    ("sentence:alliteration_increment",): Cue(
        (r"\balliterat\w*",), "longer sequence consecutive previous sentence word"
    ),
    ("sentence:increment",): Cue(
        (r"\bmore words\b|\bnumber of words\b", r"\bsentences?\b"), "previous one word"
    ),
    ("sentence:keyword",): Cue((r"\bsentences?\b", _WORD), "keyword word"),
    ("words:keywords_specific_position", "keywords:keyword_specific_position"): Cue(
        (r"\bsentences?\b", _WORD), "keyword word"
    ),
    ("words:alphabet",): Cue(
        (r"\balphabet\b", r"\bwords?\b"), "start begin next loop back word letter first looping"
    ),
    ("words:consonants",): Cue((r"\bconsonants?\b",), "cluster two together word row"),
    ("words:last_first",): Cue((r"\blast word\b", r"\bsentences?\b"), "become first next word"),
    ("words:no_consecutive",): Cue((r"\bconsecutive words\b",), "share same first letter two start"),
    ("words:odd_even_syllables",): Cue((r"\bsyllables?\b",), "alternate between odd even number word"),
    ("words:palindrome",): Cue((r"\bpalindromes?\b",), "single character letter long word"),
    ("words:paragraph_last_first",): Cue(
        (r"\bparagraphs?\b", r"\bsame word\b|\bfirst word\b"),
        "same word start begin end separate newline new line last first",
    ),
    ("words:prime_lengths",): Cue((r"\bprimes?\b",), "length number word letter"),
    ("words:repeats",): Cue((r"\brepeat\w*|\boccur\b|\bmore than\b", r"\bwords?\b"), "repeat"),
    ("words:start_verb",): Cue((r"\bverbs?\b", _START), "start begin first word"),
    ("words:vowel",): Cue((r"\bvowels?\b",), "type three paragraph word different"),
    ("words:words_position",): Cue((r"\bsecond word\b", _WORD), "second last word both same"),
}

CUES = {kind: cue for kinds, cue in _CUES.items() for kind in kinds}
"""By kind."""

GENERAL = frozenset(
    """
    a an the it's that's there's let's this that these those it its their they them there here any
    all each every both some one ones no not none never nor only just exactly precisely exact and or
    but also additionally furthermore moreover besides further addition particular particularly
    finally lastly then so too as well while with without in on of to for from by at into within
    throughout across inside is are was were be been being am do does did done don't doesn't didn't
    can't cannot won't shouldn't mustn't isn't aren't can could should must may might shall will
    would has have having had need needs needed require requires required requirement ought supposed
    allow allowed permit permitted please kindly make makes making made sure ensure ensures ensuring
    certain remember forget note important essential necessary you your yours me my i we our want
    like response responses respond responding answer answers answering answered reply replies
    output outputs whole entire entirely complete completely full fully total use uses used using
    usage utilize contain contains containing contained include includes including included write
    writes writing written give given giving provide provides providing provided present presents
    presenting presented put puts putting add adds adding added keep keeps keeping appear appears
    appearing appeared occur occurs occurring show limit limited avoid avoids avoiding refrain
    restrict follow follows following consist consists comprised if when which least most more less
    than fewer over under up maximum minimum exceed exceeding number amount count times time such
    example examples e.g i.e eg ie namely specifically overall acceptable altogether strictly solely
    exclusively crucial vital imperative incorporate incorporates incorporating incorporated employ employs
    employing always somewhere anywhere however separately etc place placed anything i'd
    """.split()
)
"""Words of any requirement: they tell nothing of the task."""

NEUTRAL = frozenset("response responses answer answers reply output".split())
"""What a model writes, whatever it is."""

PRODUCTS = frozenset(
    """
    poem essay story letter email article song haiku limerick riddle joke blog post summary
    advertisement ad copy resume cv biography bio report review speech script dialogue proposal
    pitch itinerary plan rubric template tweet description paragraph text thread list rap lyrics
    ballad sonnet tale novel play screenplay critique explanation analysis outline guide tutorial
    recipe code program quiz message note memo document doc paper conversation monologue interview
    announcement press release content piece table timeline translation rewrite slogan tagline
    caption headline verse narrative fable myth journal entry diary presentation deck session rant
    file page
    """.split()
)
"""What a task asks for: "the poem" and "your poem" mean the response."""

MODIFIERS = frozenset(
    """
    additional clear complete different distinct important key main negative positive relevant separate short
    simple unique very
    """.split()
)
"""What may be said of the things that a requirement counts."""

MAKING = frozenset(
    """
    write compose create generate draft make produce tell give provide invent develop prepare design
    build construct rewrite summarize summarise translate explain describe expand continue list plan
    """.split()
)
"""Verbs before what a task asks for."""

"""IFBench's kinds about what can be seen on the page, and every quirk of theirs that is kept."""

from cases import Case

OPTIONS = {"options": "yes/no/maybe"}
KNOW = {"options": "I know or I don't know"}
LETTERED = {"options": "a), b), c), d)"}

MARKS = [
    Case("format:parentheses", {}, "So (it [is {very (deeply [nested])}]).", True, "five levels of any kind"),
    Case("format:parentheses", {}, "So (it [is {not (deep)}]).", False, "four levels"),
    Case("format:parentheses", {}, "((((()", True, "it is enough to close the innermost one"),
    Case("format:parentheses", {}, "(((((", False, "one has to be closed"),
    Case("format:parentheses", {}, "(((((])", False, "a mismatch starts all over"),
    Case("format:parentheses", {}, "(((:)):)()))", False, "a smiley closes a bracket"),
    Case("format:parentheses", {}, ":) ((((()", True, "a mismatch before the brackets"),
    Case("format:quotes", {}, '"He said \'she said "no" twice\' again."', True, "three levels"),
    Case("format:quotes", {}, "\"He said 'no' twice.\"", False, "two levels"),
    Case("format:quotes", {}, "'\"'\"'", False, "none is closed"),
    Case("format:quotes", {}, "It's \"so 'it' is\" isn't", True, "apostrophes are quotation marks"),
    Case("format:quotes", {}, "“He said ‘she said “no”’”", False, "typographic marks are not seen"),
    Case("format:quote_unquote", {}, 'They say "hi", which is short.', True, "explained"),
    Case("format:quote_unquote", {}, 'It is short: they say "hi".', False, "nothing follows"),
    Case("format:quote_unquote", {}, 'They say "hi" 123.', False, "digits explain nothing"),
    Case("format:quote_unquote", {}, 'They say "hi" "there", a greeting.', False, "side by side"),
    Case("format:quote_unquote", {}, "Use the mark '\"'.", True, "a mark in single quotes is none"),
    Case("format:quote_unquote", {}, "They say “hi”.", True, "typographic marks are none"),
    Case("format:quote_unquote", {}, "No quotation.", True, "without any"),
    Case("format:quote_unquote", {}, "123...", True, "nothing but digits and marks"),
    Case("format:emoji", {}, "It rains 🌧. We stay in 🏠.", True, "before the full stops"),
    Case("format:emoji", {}, "It rains 🌧. We stay in.", False, "not in the last sentence"),
    Case("format:emoji", {}, "It rains. 🌧 We stay in 🏠", True, "behind the full stop"),
    Case("format:emoji", {}, "It rains. 🌧", True, "behind the last full stop"),
    Case("format:emoji", {}, "A heart ❤️", True, "a variation selector follows it"),
    Case("format:emoji", {}, "A flag 🇫🇷!", False, "of two characters, none is an emoji on its own"),
    Case("format:emoji", {}, "It rains 🌧! ! 🏠", False, "a sentence of marks only, even before an emoji"),
    Case("format:thesis", {}, "<i>Tea is good.</i> It warms.", True, "a thesis, and more"),
    Case("format:thesis", {}, "*Tea is good.* It warms.", False, "not in HTML"),
    Case("format:thesis", {}, "<i>Tea is good.</i> ", False, "nothing follows"),
    Case("format:thesis", {}, "<i> </i> It warms.", False, "blank"),
    Case("format:thesis", {}, "<i>Tea is good. It warms.", False, "never closed"),
    Case("format:thesis", {}, "Well: <em>tea</em> warms.", True, "emphasis will do"),
    Case("format:thesis", {}, "<em></em>", True, "emphasis may be blank, and nothing has to follow"),
    Case("format:thesis", {}, "<em></i> x", True, "one opens, the other closes"),
    Case("format:thesis", {}, "</i> <i>Tea</em>", True, "what closes has to come later"),
    Case("format:title_case", {}, "The Sea Is Calm.", True, "all in title case"),
    Case("format:title_case", {}, "The Sea is Calm.", False, "a small word"),
    Case("format:title_case", {}, "3 Dogs (Big) NASA McDonald", True, "digits, marks and capitals"),
    Case("format:title_case", {}, "The iPhone", True, "mixed case"),
    Case("format:title_case", {}, "The dOG", False, "capitals behind a small letter"),
    Case("format:title_case", {}, "Take a Seat", False, "one small letter"),
    Case("format:title_case", {}, "I Am A Fish", True, "one capital letter"),
    Case("format:title_case", {}, "It's Here", True, "an ending with an apostrophe"),
    Case("format:title_case", {}, "Don't", False, "n't is a token of its own"),
    Case("format:no_whitespace", {}, "Tea,please.", True, "none"),
    Case("format:no_whitespace", {}, "Tea, please.", False, "a space"),
    Case("format:no_whitespace", {}, "Tea.\n", False, "a line break at the end"),
    Case("format:no_whitespace", {}, "Tea\u00a0please", False, "a space of another kind"),
]

ANSWERS = [
    Case("format:options", OPTIONS, "Maybe.", True, "case and marks around it do not matter"),
    Case("format:options", OPTIONS, "yes/no", False, "two options"),
    Case("format:options", OPTIONS, "maybe\n", False, "a line break does"),
    Case("format:options", KNOW, "I don't know!", True, "divided by or"),
    Case("format:options", {"options": "for, against"}, "for", False, "or divides inside of words too"),
    Case("format:options", {"options": "red, blue"}, "Blue", True, "divided by commas"),
    Case("format:options", LETTERED, "b)", True, "a letter as it is listed"),
    Case("format:options", LETTERED, "b", False, "a letter without its bracket"),
    Case("format:options", LETTERED, "B)", False, "a letter in another case"),
    Case("format:options", LETTERED, "b) ", False, "a letter with a space behind it"),
    Case(
        "format:output_template",
        {},
        "Future Outlook: Warm. My Answer: Tea. My Conclusion: Drink.",
        True,
        "in any order",
    ),
    Case("format:output_template", {}, "My Answer: Tea.\nMy Conclusion: Drink.", False, "one is missing"),
    Case(
        "format:output_template", {}, "My answer: x My Conclusion: y Future Outlook: z", False, "case matters"
    ),
]

LINES = [
    Case("format:newline", {}, "Rain\nis\n\nfalling.", True, "a word a line, empty lines aside"),
    Case("format:newline", {}, "Rain is\nfalling.", False, "two words on a line"),
    Case("format:newline", {}, "Rain is\n \nfalling", True, "a line of spaces counts"),
    Case("format:newline", {}, "Rain\n-\nfalling", True, "marks are no words"),
    Case("format:line_indent", {}, "One\n two\n   three", True, "like stairs"),
    Case("format:line_indent", {}, "One\n two\n two", False, "no further"),
    Case("format:line_indent", {}, "One\n\ttwo", False, "tabs are no spaces"),
    Case("format:line_indent", {}, "One", True, "a single line"),
    Case("format:line_indent", {}, "One\n\n two\n  three", True, "a blank line is left out"),
    Case("format:line_indent", {}, "One\n\n\n two\n  three", False, "of two blank lines one stays"),
    Case("format:list", {"sep": "-"}, "- tea\n- milk", True, "two marks"),
    Case("format:list", {"sep": "-"}, "- tea", False, "one mark"),
    Case("format:list", {"sep": "-"}, "A well-known run-in", True, "anywhere"),
    Case("format:list", {"sep": "..."}, "abc abc", False, "a mark is no pattern"),
    Case("format:list", {"sep": "..."}, ".....", False, "marks do not overlap"),
    Case("format:sub-bullets", {}, "* Tea\n  - green\n* Milk\n  - cold", True, "each has one"),
    Case("format:sub-bullets", {}, "* Tea\n* Milk\n  - cold", False, "the first has none"),
    Case("format:sub-bullets", {}, "No bullets.", True, "without any"),
    Case("format:sub-bullets", {}, "**Tea** - green", False, "bold marks are bullets"),
    Case("format:sub-bullets", {}, "* well-known", True, "every hyphen is a sub-bullet"),
    Case(
        "format:no_bullets_bullets",
        {},
        "Tea is hot. It warms.\n* green\n  * black",
        True,
        "sentences, then bullet points",
    ),
    Case("format:no_bullets_bullets", {}, "Tea is hot.\n* green\n* black", False, "one sentence"),
    Case(
        "format:no_bullets_bullets", {}, "Hot tea\nWarm milk\n* green\n* black", True, "a line is a sentence"
    ),
    Case("format:no_bullets_bullets", {}, "Hot. Warm.\n* green", False, "one bullet point"),
    Case("format:no_bullets_bullets", {}, "Hot. Warm.\n* green\n* black\nEnd.", False, "text behind them"),
    Case(
        "format:no_bullets_bullets", {}, "Hot. Warm.\n* green\n* black\n", False, "a line break behind them"
    ),
    Case("format:no_bullets_bullets", {}, "Hot. Warm.\n\n* green\n* black", True, "a blank line before them"),
    Case("format:no_bullets_bullets", {}, "Hot. Warm.\n\n\n* green\n* black", False, "two blank lines"),
    Case(
        "format:no_bullets_bullets",
        {},
        "Hot.\n\nWarm. Fine.\n* a\n* b",
        False,
        "a blank line between sentences",
    ),
    Case("format:no_bullets_bullets", {}, "Hot. Warm.\n- green\n- black", False, "hyphens are no bullets"),
]

CASES = [*MARKS, *ANSWERS, *LINES]

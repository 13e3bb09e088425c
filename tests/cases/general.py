"""Our own kinds, with texts in many scripts."""

from cases import Case

FAMILY = "👨\u200d👩\u200d👧"
FLAG = "🇫🇷"
WAVE = "👋🏽"
ACUTE_E = "e\u0301"

TEXTS = [
    Case("contains", {"text": "tide"}, "The tides turn.", True, "inside a word"),
    Case("contains", {"text": "tide"}, "The Tide turns.", False, "case matters"),
    Case("contains", {"text": "tide", "ignore_case": True}, "The TIDE turns.", True, "any case"),
    Case("contains", {"text": "strasse", "ignore_case": True}, "Die Straße.", True, "ß is ss in any case"),
    Case("contains", {"text": "c.t"}, "A cat.", False, "no pattern"),
    Case("contains", {"text": "(a|b)*"}, "Take (a|b)* then.", True, "signs as they are"),
    Case("contains", {"text": "tide", "whole_word": True}, "A tide.", True, "a whole word"),
    Case("contains", {"text": "tide", "whole_word": True}, "The tides.", False, "only a part of a word"),
    Case("contains", {"text": "tide", "whole_word": True}, "riptide", False, "only the end of a word"),
    Case("contains", {"text": "tide", "whole_word": True}, "tides and a tide", True, "a later one is whole"),
    Case("contains", {"text": "C++", "whole_word": True}, "I like (C++).", True, "C++ between signs"),
    Case("contains", {"text": "C++", "whole_word": True}, "C++", True, "C++ alone"),
    Case("contains", {"text": "C++", "whole_word": True}, "I like C+ and C.", False, "no C++"),
    Case("contains", {"text": "C++", "whole_word": True}, "C++ish", False, "C++ before a letter"),
    Case("contains", {"text": ".NET", "whole_word": True}, "On .NET we rely.", True, ".NET after a space"),
    Case("contains", {"text": "cafe", "whole_word": True}, f"A caf{ACUTE_E}.", False, "an accent goes on"),
    Case("contains", {"text": "天气"}, "今天天气很好", True, "Chinese"),
    Case("contains", {"text": FAMILY}, f"We are {FAMILY}.", True, "a joined emoji"),
    Case("matches", {"pattern": r"\d{4}-\d{2}"}, "Due in 2026-11.", True, "somewhere"),
    Case("matches", {"pattern": r"\d{4}-\d{2}"}, "Due soon.", False, "nowhere"),
    Case("matches", {"pattern": r"\d{4}-\d{2}", "whole": True}, "Due in 2026-11.", False, "not the whole"),
    Case("matches", {"pattern": r"\d{4}-\d{2}", "whole": True}, "2026-11", True, "the whole"),
    Case("matches", {"pattern": r"\d{4}-\d{2}", "whole": True}, "2026-11-05", False, "only the start"),
    Case("matches", {"pattern": "a|ab", "whole": True}, "ab", True, "the whole by another branch"),
    Case("matches", {"pattern": "yes"}, "YES", False, "case matters"),
    Case("matches", {"pattern": "yes", "ignore_case": True}, "YES", True, "any case"),
    Case("matches", {"pattern": r"^\p{Thai}+$"}, "สวัสดี", True, "a Unicode property"),
    Case("starts_with", {"text": "Dear"}, "\n Dear Ana,", True, "space before it"),
    Case("starts_with", {"text": "Dear"}, "My dear Ana,", False, "not at the start"),
    Case("starts_with", {"text": "Dear"}, "dear Ana,", False, "case matters"),
    Case("starts_with", {"text": "Dear", "ignore_case": True}, "DEAR Ana,", True, "any case"),
    Case("starts_with", {"text": " Dear "}, "Dear", True, "space around the text is dropped"),
    Case("starts_with", {"text": "STRASSE", "ignore_case": True}, "Straße 1", True, "ß is ss in any case"),
    Case("ends_with", {"text": "Yours, Ana"}, "Bye!\n\nYours, Ana\n", True, "space after it"),
    Case("ends_with", {"text": "Yours, Ana"}, "Yours, Ana. Bye!", False, "not at the end"),
    Case("ends_with", {"text": "Yours, Ana"}, "yours, ana", False, "case matters"),
    Case("ends_with", {"text": "Yours, Ana", "ignore_case": True}, "YOURS, ANA", True, "any case"),
    Case("ends_with", {"text": "好。"}, "今天天气很好。", True, "Chinese"),
]

COUNTS = [
    Case("word_count", {"min": 3}, "One two three", True, "at least, just enough"),
    Case("word_count", {"min": 3}, "One two", False, "at least, too few"),
    Case("word_count", {"max": 3}, "One two three", True, "at most, just few enough"),
    Case("word_count", {"max": 3}, "One two three four", False, "at most, too many"),
    Case("word_count", {"min": 2, "max": 3}, "One", False, "between, too few"),
    Case("word_count", {"min": 2, "max": 3}, "One two three four", False, "between, too many"),
    Case("word_count", {"min": 2, "max": 2}, "One two", True, "exactly"),
    Case("word_count", {"max": 0}, "?!", True, "none"),
    Case("word_count", {"min": 0}, "?!", True, "at least none"),
    Case("word_count", {"min": 3, "max": 3}, "Don't pay 3.50!", True, "don't and 3.50 are one each"),
    Case("word_count", {"min": 2, "max": 2}, "e-mail", True, "a hyphen divides"),
    Case(
        "word_count", {"min": 2, "max": 2}, f"caf{ACUTE_E} noir", True, "an accent of its own divides nothing"
    ),
    Case("word_count", {"min": 2, "max": 2}, "नमस्ते दुनिया", True, "vowel signs divide nothing"),
    Case("word_count", {"min": 2, "max": 2}, "안녕 하세요", True, "Korean has spaces"),
    Case("word_count", {"max": 0}, f"{FAMILY} {WAVE} {FLAG}", True, "emoji are no words"),
    Case("word_count", {"min": 4, "max": 4, "unit": "character"}, "天气很好", True, "Chinese characters"),
    Case(
        "word_count", {"min": 5, "max": 5, "unit": "character"}, "我用Python 3。写", True, "two scripts mixed"
    ),
    Case("word_count", {"min": 4, "max": 4, "unit": "character"}, "カタカナ", True, "Katakana characters"),
    Case(
        "word_count", {"min": 3, "max": 3, "unit": "character"}, "น้ำดี", True, "Thai letters, not their marks"
    ),
    Case("word_count", {"min": 2, "max": 2, "unit": "character"}, "don't stop", True, "English as ever"),
    Case("word_count", {"min": 3, "max": 3, "unit": "whitespace"}, "e-mail me —", True, "between spaces"),
    Case("word_count", {"min": 1, "max": 1, "unit": "whitespace"}, "天气很好", True, "no spaces, one word"),
    Case("sentence_count", {"min": 2, "max": 2}, "It rains. We stay.", True, "two"),
    Case("sentence_count", {"min": 2}, "It rains, we stay.", False, "one"),
    Case(
        "sentence_count", {"min": 1, "max": 1}, "Dr. Lee paid 3.50 in the U.S. today.", True, "abbreviations"
    ),
    Case("sentence_count", {"min": 3, "max": 3}, "# To buy\n- tea\n- milk", True, "a heading and two items"),
    Case("sentence_count", {"min": 2, "max": 2}, "下雨了。我们在家！", True, "Chinese"),
    Case("sentence_count", {"min": 2, "max": 2}, "「はい。」と彼は言った。", True, "a Japanese quotation"),
    Case("sentence_count", {"min": 2, "max": 2}, "बारिश है। हम घर पर हैं।", True, "Hindi"),
    Case("sentence_count", {"min": 2, "max": 2}, "هل تمطر؟ نعم، تمطر.", True, "Arabic"),
    Case("sentence_count", {"min": 1, "max": 1}, "Oh no...\n---\n?!", True, "signs alone are no sentence"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\n\nTwo.", True, "a blank line"),
    Case("paragraph_count", {"min": 2}, "One.\nTwo.", False, "a line break"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\n \t\nTwo.", True, "a line with spaces"),
    Case("paragraph_count", {"min": 2, "max": 2}, "\n\nOne.\n\n\n\nTwo.\n\n", True, "many blank lines"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\r\n\r\nTwo.", True, "Windows line breaks"),
    Case("paragraph_count", {"max": 1}, "One.\r\nTwo.", True, "one Windows line break"),
    Case("paragraph_count", {"min": 2, "max": 2, "unit": "line"}, "One.\nTwo.", True, "lines"),
    Case(
        "paragraph_count",
        {"min": 2, "max": 2, "unit": "line"},
        "One.\n\n \nTwo.\n",
        True,
        "lines, blank ones",
    ),
    Case("paragraph_count", {"min": 2, "max": 2, "unit": "line"}, "One.\r\nTwo.", True, "Windows lines"),
    Case("character_count", {"max": 5}, f"Olá {WAVE}", True, "a skin tone is part of the emoji"),
    Case("character_count", {"max": 5}, "Bom dia", False, "too many"),
    Case(
        "character_count", {"min": 3, "max": 3}, f"{FAMILY}{FLAG}{ACUTE_E}", True, "family, flag and accent"
    ),
    Case(
        "character_count", {"min": 2, "max": 2, "unit": "codepoint"}, ACUTE_E, True, "a letter and its accent"
    ),
    Case(
        "character_count",
        {"min": 5, "max": 5, "unit": "codepoint"},
        FAMILY,
        True,
        "three people, two joiners",
    ),
    Case("character_count", {"min": 4, "max": 4}, "天气很好", True, "Chinese"),
    Case("character_count", {"min": 3, "max": 3}, " a b\n", True, "white space inside counts, around it not"),
    Case(
        "character_count",
        {"min": 2, "max": 2, "spaces": False},
        "a \n\t b",
        True,
        "white space does not count",
    ),
    Case("character_count", {"min": 1, "max": 1}, "\r\n!\r\n", True, "line breaks around it"),
]

CITY = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}

JSON = [
    Case("json", {}, '{"city": "Oslo"}', True, "an object"),
    Case("json", {}, "The city is Oslo.", False, "prose"),
    Case("json", {}, ' \n["Oslo", 1, null] ', True, "space around it"),
    Case("json", {}, '```json\n{"city": "Oslo"}\n```', True, "in a fence"),
    Case("json", {}, '```\n{"city": "Oslo"}\n```', True, "in a fence without a name"),
    Case("json", {}, '```json\r\n{"city": "Oslo"}\r\n```', True, "in a fence with Windows line breaks"),
    Case("json", {}, '```json\n{"city": "Oslo"}', False, "a fence that is not closed"),
    Case("json", {}, 'Here:\n```json\n{"city": "Oslo"}\n```', False, "text before the fence"),
    Case("json", {}, '```json\n{"city": "Oslo"}\n```\nBye.', False, "text after the fence"),
    Case("json", {}, "```json\n1\n```\n```json\n2\n```", False, "two fences"),
    Case("json", {}, '{"code": "```py\\nx\\n```"}', True, "a fence inside of a string"),
    Case("json", {}, '```json\n{"code": "```py\\nx\\n```"}\n```', True, "a fence inside of a fence"),
    Case("json", {}, '"```"', True, "a string that is a fence"),
    Case("json", {}, "42", True, "a number"),
    Case("json", {}, "NaN", False, "not a number"),
    Case("json", {}, "[-Infinity]", False, "an infinity"),
    Case("json", {}, '{"city": NaN}', False, "not a number, deep inside"),
    Case("json", {}, "{'city': 'Oslo'}", False, "single quotation marks"),
    Case("json", {}, '{"city": "Oslo",}', False, "a trailing comma"),
    Case("json", {}, '{"a": 1} {"b": 2}', False, "two documents"),
    Case("json", {}, "[" * 100_000, False, "nested out of reach"),
    Case("json", {"json_schema": CITY}, '{"city": "Oslo"}', True, "fits the schema"),
    Case("json", {"json_schema": CITY}, '```json\n{"city": "Oslo"}\n```', True, "fits the schema in a fence"),
    Case("json", {"json_schema": CITY}, '{"town": "Oslo"}', False, "lacks a key"),
    Case("json", {"json_schema": CITY}, '{"city": 5}', False, "has a wrong type"),
    Case("json", {"json_schema": CITY}, "Oslo", False, "is no JSON at all"),
    Case("json", {"json_schema": '{"type": "integer"}'}, "42", True, "a schema in a string"),
    Case("json", {"json_schema": {"type": "integer"}}, '"42"', False, "a string is no integer"),
    Case("json", {"json_schema": True}, '"anything"', True, "a schema that takes all"),
    Case("json", {"json_schema": False}, '"anything"', False, "a schema that takes nothing"),
    Case("json", {"json_schema": {"$ref": "#/nowhere"}}, "42", None, "a schema that points nowhere"),
]

CASES = [*TEXTS, *COUNTS, *JSON]

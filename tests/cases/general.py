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
    Case("contains", {"text": "caf\u00e9"}, f"A caf{ACUTE_E}.", True, "the same letter in two characters"),
    Case("contains", {"text": f"caf{ACUTE_E}", "whole_word": True}, "A caf\u00e9.", True, "in one character"),
    Case("contains", {"text": "苹果", "whole_word": True}, "我喜欢苹果和梨", True, "a Chinese word"),
    Case("contains", {"text": "東京", "whole_word": True}, "今日は東京へ行く", True, "a Japanese word"),
    Case(
        "contains",
        {"text": "사과", "whole_word": True},
        "나는 사과를 좋아해",
        True,
        "a Korean word, an ending",
    ),
    Case("contains", {"text": "ไทย", "whole_word": True}, "ภาษาไทยสวย", True, "a Thai word"),
    Case("contains", {"text": "Python", "whole_word": True}, "我用Python写", True, "Latin between Chinese"),
    Case("contains", {"text": "Python", "whole_word": True}, "我用Pythons写", False, "Latin goes on"),
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
    Case("starts_with", {"text": "Dear"}, "\ufeff Dear Ana", True, "a byte order mark"),
    Case("starts_with", {"text": "Dear"}, "\n\ufeff\u200b Dear Ana", True, "one behind white space"),
    Case("starts_with", {"text": "\u00c9t\u00e9"}, "E\u0301te\u0301 !", True, "the same letters otherwise"),
    Case("ends_with", {"text": "caf\u00e9"}, f"Un caf{ACUTE_E}", True, "the same letters otherwise"),
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
    Case("word_count", {"min": 2, "max": 2}, "e-mail", False, "a hyphen joins"),
    Case(
        "word_count", {"min": 2, "max": 2}, f"caf{ACUTE_E} noir", True, "an accent of its own divides nothing"
    ),
    Case("word_count", {"min": 2, "max": 2}, "नमस्ते दुनिया", True, "vowel signs divide nothing"),
    Case(
        "word_count",
        {"min": 2, "max": 2, "split_hyphens": True},
        "e-mail",
        True,
        "a hyphen divides, if asked for",
    ),
    Case("word_count", {"min": 3, "max": 3}, "See https://a.b/c?d=e now", True, "an address is one"),
    Case("word_count", {"min": 2, "max": 2}, "12/31/2024 10:30", True, "a date and a time"),
    Case("word_count", {"min": 3, "max": 3}, "1. Buy milk\n2. Go", True, "numbers of a list are none"),
    Case(
        "word_count",
        {"min": 3, "max": 3},
        "1.1. Buy milk\n- 2. [x] Go",
        True,
        "nor are deeper ones and boxes",
    ),
    Case(
        "word_count", {"min": 5, "max": 5}, "AT&T H₂O 25m² 5°C 1½", True, "small digits and signs in a word"
    ),
    Case("word_count", {"min": 2, "max": 2}, "rock&roll", True, "a sign between words"),
    Case("word_count", {"min": 2}, "ภาษาไทย สวย", True, "Thai, and spaces are enough"),
    Case("word_count", {"max": 1}, "ภาษาไทย สวย", False, "Thai, and spaces are too many"),
    Case("word_count", {"min": 99}, "ภาษาไทย สวย", False, "Thai, and letters are too few"),
    Case("word_count", {"min": 3}, "ภาษาไทย สวย", None, "Thai words cannot be told apart"),
    Case("word_count", {"min": 3, "max": 5}, "ภาษาไทย สวย", None, "nor between bounds"),
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
    Case("sentence_count", {"min": 1, "max": 1}, "「はい。」と彼は言った。", True, "a Japanese quotation"),
    Case("sentence_count", {"min": 1, "max": 1}, "The line\nwraps here.", True, "a wrapped line"),
    Case("sentence_count", {"min": 2, "max": 2}, "He said: “Go.” She went.", True, "curly quotation marks"),
    Case("sentence_count", {"min": 1, "max": 1}, "Am 5. Mai 2020 kam er.", True, "a German date"),
    Case("sentence_count", {"max": 1}, "Mit 3 tbsp. of sugar, inkl. MwSt. und mehr.", True, "no vowels"),
    Case("sentence_count", {"max": 1}, "Calif. and approx. £5, Rs. 500, Ex. : Wm. Ford.", True, "short ones"),
    Case("sentence_count", {"max": 1}, "Then Dr.\nSmith came.", True, "a line that is broken behind a title"),
    Case("sentence_count", {"min": 2}, "It ends here.¹ Then there is more.", True, "the sign of a footnote"),
    Case("sentence_count", {"max": 1}, "《你好，李焕英！》是一部电影。", True, "the title of a film"),
    Case("sentence_count", {"max": 1}, "De heer dhr. Smit en dott. Rossi, bijv. hier.", True, "other titles"),
    Case("sentence_count", {"min": 2, "max": 2}, "बारिश है। हम घर पर हैं।", True, "Hindi"),
    Case("sentence_count", {"min": 2, "max": 2}, "هل تمطر؟ نعم، تمطر.", True, "Arabic"),
    Case("sentence_count", {"min": 1, "max": 1}, "Oh no...\n---\n?!", True, "signs alone are no sentence"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\n\nTwo.", True, "a blank line"),
    Case("paragraph_count", {"min": 2}, "One.\nTwo.", False, "a line break"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\n \t\nTwo.", True, "a line with spaces"),
    Case("paragraph_count", {"min": 2, "max": 2}, "\n\nOne.\n\n\n\nTwo.\n\n", True, "many blank lines"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\r\n\r\nTwo.", True, "Windows line breaks"),
    Case("paragraph_count", {"min": 2, "max": 2}, "One.\n\n---\n\nTwo.\n\n***", True, "a rule is none"),
    Case("paragraph_count", {"max": 1}, "```\na\n\nb\n```", True, "a blank line in code"),
    Case("paragraph_count", {"max": 2}, "One.\n\n⸻\n\nTwo.\n\n<hr>\n\n=====", True, "other rules"),
    Case("paragraph_count", {"min": 2}, "One.\n\u200b\nTwo.", True, "a line of what has no width"),
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
    Case("json", {}, f"[{'9' * 5000}]", True, "a number of more digits than Python reads"),
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
    Case("json", {}, "\u00a0{}", False, "a no-break space is no white space of JSON"),
    Case("json", {}, "42", True, "a number"),
    Case("json", {}, "NaN", False, "not a number"),
    Case("json", {}, "[-Infinity]", False, "an infinity"),
    Case("json", {}, '{"city": NaN}', False, "not a number, deep inside"),
    Case("json", {}, "{'city': 'Oslo'}", False, "single quotation marks"),
    Case("json", {}, '{"city": "Oslo",}', False, "a trailing comma"),
    Case("json", {}, '{"a": 1} {"b": 2}', False, "two documents"),
    Case("json", {}, "[" * 100_000, False, "much is opened and nothing closed"),
    Case("json", {}, "[" * 500 + "]" * 500, True, "nested as deep as is read"),
    Case("json", {}, "[" * 501 + "]" * 501, None, "nested out of reach"),
    Case("json", {}, "x " + "[" * 501 + "]" * 501, False, "no JSON before it is nested out of reach"),
    Case("json", {}, "42 " + "[" * 501 + "]" * 501, False, "a number before it is nested out of reach"),
    Case("json", {}, "[NaN, " + "[" * 501 + "]" * 501, False, "no number before it is nested out of reach"),
    Case("json", {}, '["' + "[" * 501 + '"]', True, "a string of brackets"),
    Case("json", {}, "[" * 501 + '"' + "]" * 501, False, "a string that does not end"),
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

LATER = {"paragraphs": 2, "number": 2, "word": "later"}
FRENCH = "Il fait très beau aujourd'hui à Paris, et nous allons nous promener."
ENGLISH = "The weather is lovely in the city today, and we are going for a walk."
TRADITIONAL = "今天天氣很好，我們一起去公園散步。"
NORWEGIAN = "Jeg vet ikke hva jeg skal gjøre med alle disse bøkene."
SERBIAN = "Време је данас веома лепо у Београду и идемо у шетњу са пријатељима."

LANGUAGES = [
    Case("language", {"language": "fr"}, FRENCH, True, "French"),
    Case("language", {"language": "fr"}, ENGLISH, False, "English for French"),
    Case("language", {"language": "en"}, ENGLISH.upper(), True, "in capitals"),
    Case("language", {"language": "en"}, "12345", None, "no letters"),
    Case("language", {"language": "en"}, "ok", None, "too short to tell"),
    Case("language", {"language": "en"}, f"{ENGLISH} Ok.", True, "a short sentence beside a long one"),
    Case(
        "language", {"language": "en"}, "```python\nprint('the weather is lovely today')\n```", None, "code"
    ),
    Case("language", {"language": "zh-Hant"}, TRADITIONAL, True, "traditional Chinese"),
    Case("language", {"language": "zh-TW"}, TRADITIONAL, True, "traditional Chinese by its place"),
    Case("language", {"language": "zh-Hans"}, TRADITIONAL, False, "traditional for simplified Chinese"),
    Case("language", {"language": "zh"}, TRADITIONAL, True, "Chinese of any kind"),
    Case("language", {"language": "ko"}, TRADITIONAL, False, "traditional Chinese is not Korean"),
    Case("language", {"language": "zh-Hant"}, "中文", None, "characters of both"),
    Case("language", {"language": "ja"}, "今日は天気がとても良いです。", True, "Japanese"),
    Case("language", {"language": "zh"}, "今日は天気がとても良いです。", False, "Japanese is not Chinese"),
    Case("language", {"language": "ja"}, "東京大学", None, "a name that may be Japanese"),
    Case("language", {"language": "hi"}, "आज शहर में मौसम बहुत अच्छा है।", True, "Hindi"),
    Case("language", {"language": "en"}, f"{ENGLISH} {FRENCH}", False, "half of it"),
    Case("language", {"language": "en", "min_share": 40}, f"{ENGLISH} {FRENCH}", True, "as much as wanted"),
    Case("language", {"language": "fr", "min_share": 40}, f"{ENGLISH} {FRENCH}", True, "and the other half"),
    Case("language", {"language": "en-US"}, ENGLISH, True, "English of any country"),
    Case("language", {"language": "fr_ca"}, ENGLISH, False, "English for Canadian French"),
    Case(
        "language", {"language": "zh-Hans-CN"}, TRADITIONAL, False, "traditional Chinese by script and place"
    ),
    Case("language", {"language": "cmn"}, TRADITIONAL, True, "a code of three letters"),
    Case("language", {"language": "nb-NO"}, NORWEGIAN, True, "Norwegian Bokmål"),
    Case("language", {"language": "nn"}, NORWEGIAN, False, "Bokmål is not Nynorsk"),
    Case("language", {"language": "sr-Cyrl"}, SERBIAN, True, "the right script"),
    Case("language", {"language": "sr-Latn-RS"}, SERBIAN, False, "another script"),
]

LETTER_CASE = [
    Case("letter_case", {"case": "lower"}, "the sea is wide.", True, "no capital"),
    Case("letter_case", {"case": "lower"}, "The sea is wide.", False, "one capital"),
    *(
        Case("letter_case", {"case": "lower", "abbreviations": True}, f"{'sea ' * 9}{word}", satisfied, why)
        for word, satisfied, why in (
            ("USA", True, "one word of ten"),
            ("P.S.", True, "with full stops"),
            ("(RPMs)", True, "of several"),
            ("UN-led", True, "in a word"),
            ("Oslo", False, "a name"),
            ("OSLOER", False, "a word in capitals"),
            ("I", False, "a pronoun"),
            ("or USA EU", False, "two words of twelve"),
        )
    ),
    Case("letter_case", {"case": "upper"}, "THE SEA IS 30 M WIDE!", True, "numbers and marks have no case"),
    Case("letter_case", {"case": "upper"}, "ÉTÉ À ÅLESUND", True, "letters with accents"),
    Case("letter_case", {"case": "upper"}, "DIE STRAßE", False, "the sharp s is small"),
    Case("letter_case", {"case": "upper"}, "海は広い。42", False, "no letter has a case"),
    Case("letter_case", {"case": "upper"}, "海は広い OSLO", True, "letters without a case are in any"),
]

SOUND = [
    Case("equal_sentences", {"number": 2}, "The sea is blue. We row our boat.", True, "as long, other words"),
    Case("equal_sentences", {"number": 3}, "Cat. Cat. Cat.", False, "the same word"),
    Case("equal_sentences", {"number": 2}, "It rains. We stay here.", False, "one is longer"),
    Case("equal_sentences", {"number": 3}, "The sea is blue. We row our boat.", False, "one is missing"),
    Case("japanese_words", {"every": 2}, "Good 朝 dear 友", True, "every second word"),
    Case("japanese_words", {"every": 2}, "朝 友 朝 友", False, "all of them"),
    Case("japanese_words", {"every": 5}, "Good morning", False, "too few words"),
    Case("japanese_words", {"every": 2}, "Good morning dear 友", False, "one is not"),
    Case("statements_per_question", {"number": 2}, "It rains. We row. Do you?", True, "two to one"),
    Case("statements_per_question", {"number": 2}, "It rains", False, "no question"),
    Case("statements_per_question", {"number": 1}, "下雨了。好吗？", True, "in Chinese"),
    Case("statements_per_question", {"number": 1}, 'It rains. "Do you?"', True, "a quoted question"),
    Case("sub_bullets", {}, "* **Sea**\n  - salt\n* Sky\n  - blue", True, "bold items"),
    Case("sub_bullets", {}, "The sea - salt", False, "no list"),
    Case("sub_bullets", {}, "* Sea - salt\n* Sky\n  - blue", False, "a hyphen is no item"),
    Case("sub_bullets", {}, "1. Sea\n   - salt", True, "below a number"),
    Case("paragraph_first_word", LATER, "We met.\n\nLater we moved.", True, "as asked for"),
    Case(
        "paragraph_first_word",
        LATER,
        "\n\nWe met.\n\n\n\n**Later** we moved.",
        True,
        "blank lines and markup",
    ),
    Case("paragraph_first_word", LATER, "We met.\n\nThen we moved.", False, "another word"),
    Case("paragraph_first_word", LATER, "We met.\n\nLater we moved.\n\nBye.", False, "one more paragraph"),
]

TIDE = "The moon pulls at the sea, and the sea follows it around the world, twice a day and every day."
REFRAIN = "Come in, says the sea\nThe boats lie still\n\nGo out, says the moon\nThe boats lie still"
CUT_LOOP = (
    "I went up a tower in every town that has one and looked out for the sea.\n"
    "From Bremen I saw a river and some cranes, a grey mill and rain.\n"
    "Then I stood in the wind over Lisbon,\nand by noon I was far over Genoa, as high as the gulls.\n"
    "Then I stood in the wind over Lisbon,\nand by noon I was far over"
)

QUALITY = [
    Case("no_repetition", {}, REFRAIN, True, "a refrain"),
    Case("no_repetition", {}, "The tide comes in. " * 8, False, "a sentence eight times"),
    Case("no_repetition", {}, CUT_LOOP, False, "lines that break off where they began"),
    Case("no_repetition", {}, "潮水来了又去了。" * 20, False, "in Chinese"),
    Case("no_repetition", {}, "Hear ye, hear ye, hear ye!", True, "a cry"),
    Case("no_refusal", {}, TIDE, True, "an answer"),
    Case("no_refusal", {}, "I\u2019m sorry, but I cannot do that.", False, "with a curly apostrophe"),
    Case("no_refusal", {}, '"I cannot do that," said the moon. The sea laughed.', True, "in a story"),
    Case("no_refusal", {}, f"{TIDE} I am sorry that I cannot draw it.", True, "behind an answer"),
    Case("no_deflection", {}, TIDE, True, "an answer"),
    Case("no_deflection", {}, "Sure! Could you tell me what you mean?", False, "asks back"),
    Case("no_deflection", {}, f"{TIDE} Let me know if you want more.", True, "offers more"),
    Case("finished", {}, TIDE, True, "a sentence"),
    Case("finished", {}, "- moon\n- sea", True, "a list"),
    Case(
        "finished",
        {},
        f"{TIDE} The sun pulls at it as well, and when it stands behind the",
        False,
        "breaks off",
    ),
    Case("finished", {}, f"{TIDE} {TIDE}\n\nHitch.", False, "a lone word"),
    Case("finished", {}, '{"tides": ["high", "low"', False, "open brackets"),
    Case("finished", {}, "See:\n```\nsea = moon\n```", True, "a closed fence"),
    Case("no_gibberish", {}, TIDE, True, "a sentence"),
    Case("no_gibberish", {}, "Der Mond zieht am Meer.", True, "in German"),
    Case("no_gibberish", {}, "Th e moon an d th e sea an d th e sun an d th e day.", False, "torn words"),
    Case("no_gibberish", {}, f"{TIDE}<|im_end|>", False, "a mark of a template"),
    Case("no_gibberish", {}, "潮" * 30 + "，" + "海" * 30, True, "without spaces"),
    Case("no_empty_shell", {}, "# Tides\n\nThe moon pulls.", True, "a heading and a sentence"),
    Case("no_empty_shell", {}, "SECTION 1\n\nSECTION 2", False, "labels"),
    Case("no_empty_shell", {}, "[name], [date], [place]", False, "placeholders"),
    Case("no_empty_shell", {}, "42", True, "a number"),
]

CASES = [*QUALITY, *LETTER_CASE, *SOUND, *LANGUAGES, *TEXTS, *COUNTS, *JSON]

"""Conspicuous ways of writing, and what explains them."""

import pytest
from hypothesis import given
from strategies import TEXTS

from hir_data.replays.information import Background
from hir_data.replays.style import STYLES, unexplained
from hir_data.text.quality.style import MEASURES, measured

TOPICS = (
    "tea bread rain clocks bees wool glass salt ink rope soap paper coal milk tin silk lamps boats".split()
)
OTHERS = Background(
    (
        topic.encode(),
        f"Many people like {topic}. It is old, useful, and made in many places. Few know it well.",
    )
    for topic in TOPICS
).view(b"")
TASK = "Tell me how a harbour works."

SENTENCES = (
    "The harbour of a town is where the ships come home.",
    "A pilot meets each of them at sea, and steers it past the rocks.",
    "Tugs take the ropes, and men on the quay make them fast.",
    "Cranes lift the cargo out of the hold, box by box.",
    "When the last lorry has left, the gates are closed for the night.",
    "In the morning, all of it begins again with the tide.",
)
PLAIN = " ".join(SENTENCES)
WORDS = PLAIN.split()

CONSPICUOUS = {
    "marked words": " ".join(
        f"*{word}*" if i % 2 and word.isalpha() else word for i, word in enumerate(WORDS)
    ),
    "emoji": " ".join(f"{sentence} 🚢" for sentence in SENTENCES),
    "no commas": (
        "The sea is wide and the days are long and the men who work there know both of them by heart. They "
        "leave before dawn when the fog is thick and they come home when the lamps are lit in the town. "
        "Their boats are old but they are strong and no storm has taken one of them since the year of "
        "the flood. What they catch is sold on the quay in the morning and the rest of it goes to the smoke "
        "houses behind the church. Some of them are young and want to see the world but most of them stay "
        "where their fathers stayed and mend the same nets."
    ),
    "no full stops": "\n\n".join(sentence.rstrip(".") for sentence in SENTENCES),
    "sentences in marks": "\n".join(f'"{sentence}"' for sentence in SENTENCES),
    "italic openings": "\n\n".join(
        f"*{one}*\n{other}" for one, other in zip(SENTENCES[::2], SENTENCES[1::2], strict=True)
    ),
    "semicolons": PLAIN.replace(", ", "; ").replace(" where", "; where").replace("hold ", "hold; "),
    "questions": PLAIN.replace("home.", "home?")
    .replace("rocks.", "rocks?")
    .replace("fast.", "fast?")
    .replace("box.", "box?"),
    "exclamations": PLAIN.replace(".", "!"),
    "alliteration": (
        "Heavy hulls head homeward, hauling hundreds of hefty heaps. Harbour hands hurry "
        "hither, holding hemp "
        "hawsers high. Hooks hoist handsome hampers, hides, honey, hats and herbs. Here, happy "
        "helmsmen halt, "
        "hungry, hoping for hot ham."
    ),
    "words in capitals": " ".join(word.upper() if i % 2 else word for i, word in enumerate(WORDS)),
    "title case": PLAIN.title(),
    "lower case": PLAIN.lower(),
    "telegraphic": "\n".join(
        [
            "Ships enter harbour, pilots guide vessels past rocks, tugs pull ropes, crews moor hulls.",
            "Cranes unload cargo, lorries haul boxes, guards close gates, workers leave quays, lamps burn.",
            "Morning tides return, crews resume work, captains check charts, engines start, gulls cry.",
        ]
    ),
    "archaic": f"Hark, thou who hast seen the tide. {PLAIN} Verily, thy ships come home unto thee.",
    "short sentences": (
        "Ships come. Tugs pull. Men wait at the quay. Cranes lift. Boxes land. Night falls. "
        "Gates close. All is still."
    ),
    "long sentences": PLAIN.replace(".", " and then")
    + " "
    + PLAIN.replace(".", " and so")
    + " "
    + PLAIN.replace(".", " and"),
    "starts alike": " ".join(
        f"Harbours {rest}"
        for rest in (
            "are old and wide.",
            "need deep water.",
            "have a pilot or two.",
            "close at night.",
            "hold many ships.",
            "smell of tar.",
            "wake with the tide.",
        )
    ),
    "a word twice": (
        "Ships come to the harbour. Harbour men wait on the quay. Quay cranes lift the cargo. "
        "Cargo goes to the town. Town folk buy the goods. Goods are what they need."
    ),
    "a sentence a line": "\n".join([*SENTENCES, *(sentence.replace("the", "our") for sentence in SENTENCES)]),
    "words without vowels": f"{PLAIN} Th mtns, brdg bhnd th twnshp cn b sn frm thr, nd th strts, nd chrch.",
    "repeated": " ".join(f"{sentence} {sentence}" for sentence in SENTENCES),
    "alphabetical": (
        "All ships slow down. Boats of pilots meet them. Cranes lift the cargo. Docks are "
        "full. Every man works. Ferries wait outside. Gates close at night."
    ),
}


@pytest.mark.parametrize("style", CONSPICUOUS)
def test_what_a_reader_notices_is_seen_unless_it_is_asked_for(style: str):
    text = CONSPICUOUS[style]
    assert measured(text)[style] >= STYLES[style].noticed
    assert unexplained(text, TASK, "", OTHERS)
    assert all(MEASURES[style](writing) < STYLES[style].trace for writing in OTHERS.background.writings)


EXPLAINED = [
    ("emoji", "Write a tweet about a harbour."),
    ("emoji", "Tell me how a harbour works. End every sentence with an emoji."),
    ("marked words", "Tell me how a harbour works. Highlight at least 20 words in italics."),
    ("no commas", "Tell me how a harbour works. Do not use any commas."),
    ("questions", "Write an FAQ about harbours."),
    ("questions", "Tell me how a harbour works, with as many questions as statements."),
    ("sentences in marks", "Write a dialogue of two pilots."),
    ("no full stops", "Write a poem about a harbour."),
    ("title case", "Tell me how a harbour works. Capitalize every word."),
    ("lower case", "Tell me how a harbour works. Use lower-case letters only."),
    ("exclamations", "Invite my friends to a birthday party at the harbour."),
    ("archaic", "Write about a harbour as Shakespeare would."),
    ("alliteration", "Tell me how a harbour works, with as much alliteration as you can."),
    ("repeated", "Tell me how a harbour works. Repeat each sentence."),
    ("a sentence a line", "Tell me how a harbour works, with each sentence on a line of its own."),
]


@pytest.mark.parametrize(("style", "asked"), EXPLAINED)
def test_what_is_asked_for_or_brought_along_is_explained(style: str, asked: str):
    assert unexplained(CONSPICUOUS[style], asked, "", OTHERS) is None


ORDINARY = [
    PLAIN,
    (
        "The harbour wakes, the gulls take wing,\nThe tide comes in, the halyards ring.\n\nThe "
        "pilot boat goes out to sea,\nAnd brings the tall ships home to me.\n\nThe lamps are "
        "lit, the cranes are still,\nThe moon looks in from off the hill."
    ),
    (
        "Hi Ola! 🎉\n\nThe ship has come in, and all of us are well. We hope to see you on "
        "Friday, at the quay.\n\nThe children ask for you every day, and so does the "
        "cat.\n\nLove,\nKari ❤️"
    ),
    (
        "**What is a pilot?**\n\nA pilot knows the rocks. He meets each ship at sea.\n\n**Who "
        "pays him?**\n\nThe owner of the ship pays him. The fee depends on its "
        "length.\n\n**When does he work?**\n\nHe works by day and by night."
    ),
    (
        '"Is she in yet?" asked Kari.\n\n"Not yet," said Ola, "but the horn has '
        'sounded."\n\nThey looked out to sea. A light came nearer, slowly, from the '
        'north.\n\n"There she is!" said Kari.'
    ),
    (
        "The **Nordlys** is our lightest lamp. With **SafeGlow**, it never gets hot, and its "
        "**SeaGlass** shade is made by hand. It runs for forty hours, and it weighs less than "
        "a cup of tea. Buy two, and we will send them for free."
    ),
    (
        "1. **Arrive early.** The quay is busy from six, and the best places go first.\n2. "
        "**Bring a map.** The signs are few, and nobody has time to explain.\n3. **Wear "
        "boots.** The planks are wet, even in summer.\n4. **Ask the pilot.** He knows all of "
        "it."
    ),
    (
        "# The harbour\n\n## Ships\n\n* tankers\n* ferries\n* tugs\n\n## Cranes\n\n* tall "
        "ones, for the cargo\n* small ones, for the boats"
    ),
    (
        "Subject: Berth 7\n\nDear Ms. Hansen,\n\nThank you for your letter. The berth is free "
        "from May (see the plan), and the fee is 200 a week.\n\nKind regards,\nOla "
        "Berg\nHarbour Office"
    ),
    (
        "```python\ndef berth(ship):\n    return ship.length * 2\n```\n\nThe function gives "
        "the fee. Call it with a ship, and print what it says."
    ),
    (
        "I have loved harbours since I was small. I went there with my father. I knew the "
        "names of the tugs, and he knew the men. We are both older now. Still, the smell of "
        "tar takes me back."
    ),
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_have_nothing_conspicuous(text: str):
    assert unexplained(text, TASK, "", OTHERS) is None


def test_less_of_it_is_a_trace_of_a_constraint_that_is_gone():
    text = PLAIN.replace("home.", "home?").replace("rocks.", "rocks?").replace("fast.", "fast?")
    text = f"{text} The men go home, too. They are tired."
    assert unexplained(text, TASK, "", OTHERS) is None
    assert unexplained(text, TASK, "Use as many questions as statements.", OTHERS) == "questions"


def test_an_italic_opening_is_a_trace_of_a_constraint_that_is_gone():
    text = f"*The harbour of a town is its heart.*\n\n{PLAIN}"
    assert unexplained(text, TASK, "", OTHERS) is None
    assert unexplained(text, TASK, "Put your thesis in italics.", OTHERS) == "italic openings"
    assert unexplained(PLAIN, TASK, "Put your thesis in italics.", OTHERS) is None


def test_a_habit_of_other_responses_is_nothing_conspicuous():
    habitual = Background(
        (topic.encode(), f"I like {topic}! So do you! It is old! It is ours!") for topic in TOPICS
    )
    assert unexplained(CONSPICUOUS["exclamations"], TASK, "", OTHERS) == "exclamations"
    assert unexplained(CONSPICUOUS["exclamations"], TASK, "", habitual.view(b"")) is None


def test_every_way_has_a_measure_and_its_trace_is_less():
    assert STYLES.keys() == MEASURES.keys()
    assert all(0 < style.trace < style.noticed for style in STYLES.values())


@given(TEXTS)
def test_any_text_has_figures(text: str):
    assert all(figure >= 0 for figure in measured(text).values())


def test_a_word_that_has_the_name_of_a_form_inside_brings_nothing_along():
    """ "Tableaus" are no table, which may have long lines."""
    long = " and ".join(["the sea was cold, and the boats were late"] * 16) + "."
    others = Background((topic.encode(), f"{topic} is old. It is used.") for topic in TOPICS).view(b"")
    assert unexplained(long, "Describe the tableaus of a harbour.", "", others)
    assert not unexplained(long, "Give a table in one sentence.", "", others)

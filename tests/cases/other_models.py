"""Responses in the manner of many models: those that speak of what was asked, and those that are it."""

from cases.fit_answers import Answer
from cases.guards import Guarded
from cases.unfit_answers import Unfit

GERMAN = {"kind": "language:response_language", "language": "de"}
HINDI = {"kind": "language:response_language", "language": "hi"}
CHEESE = (
    "Guten Tag, wir verkaufen seit vielen Jahren Käse aus den Bergen. Er reift im Keller, und er schmeckt "
    "mit jedem Monat besser. Kommen Sie vorbei!"
)
TEA = "चाय भारत में बहुत लोकप्रिय है। लोग इसे सुबह और शाम पीते हैं।"

IN_LANGUAGES = [
    Guarded(None, "Write an ad for cheese. Use German only.", CHEESE, kind=GERMAN),
    Guarded(None, "Write an ad for tea. Use Hindi only.", TEA, kind=HINDI),
    Guarded(None, "Write an ad for tea. Use Hindi only.", f"{TEA} Tata Tea Gold, Darjeeling", kind=HINDI),
    Guarded(
        None,
        'Write an ad for cheese. Use German only, and name the shop "The house of the old cheese".',
        f"{CHEESE}\n\nThe house of the old cheese",
        kind=GERMAN,
    ),
    Guarded(
        "mixed_language",
        "Write an ad for cheese. Use German only.",
        f"{CHEESE}\n\nTranslation: Good day.",
        kind=GERMAN,
    ),
    Guarded(
        "mixed_language",
        "Write an ad for cheese. Use German only.",
        f"Here is an ad for the cheese that you asked for:\n\n{CHEESE}",
        kind=GERMAN,
    ),
    Guarded(
        "mixed_language",
        "Write an ad for tea. Use Hindi only.",
        f"{TEA} (Tea is very popular in India and people drink it in the morning.)",
        kind=HINDI,
    ),
    Guarded(
        "mixed_language",
        "Write an ad for tea. Use Hindi only.",
        f"{TEA}\n\n**English translation:** Tea.",
        kind=HINDI,
    ),
]

LIST = "\n".join(
    f"{number}. {name}: {text}"
    for number, (name, text) in enumerate(
        (
            ("The harbour", "It was built by fishermen and is the oldest part of the town."),
            ("The market", "You can buy smoked fish there on every day of the week but Sunday."),
            ("The lighthouse", "It has two hundred steps, and from above you see three islands."),
            ("The museum", "It shows how ropes were made and how sails were sewn long ago."),
        ),
        1,
    )
)
ESSAY = (
    "The harbour was built by fishermen. It is the oldest part of the town, and its walls have seen many "
    "storms. On most days there are more gulls than boats.\n\nIn the morning the market opens. Women sell "
    "smoked fish and bread, and the children run between the stalls until somebody calls them home."
)
LONG = (
    f"{ESSAY}\n\nAt noon the ferry comes from the islands with letters, sheep and now and then a new "
    f"priest. The "
    "captain has a bad knee and a good memory, so nobody tells him a secret twice. When he leaves again, "
    "dogs "
    "follow the ship along the wall until it ends, and bark at what is left of it."
)
POEM = (
    "The harbour sleeps beneath the moon,\nThe gulls are quiet on the pier,\nThe fishermen will wake up soon,"
    "\nAnd then the day is here."
)

UNFIT_OF_MODELS = [
    # Another form than the one that is named
    Unfit("wrong_form", "Write a poem about a harbour for my aunt.", LIST),
    Unfit("wrong_form", "Write a funny song about a harbour.", LONG),
    Unfit("wrong_form", "What is there to see in the harbour? Answer as a song.", LIST),
    Unfit("wrong_form", "Write a short story about a harbour.", LIST),
    Unfit("wrong_form", "Write a haiku about a harbour.", LONG),
    Unfit("wrong_form", "Write a tweet about the harbour.", LONG),
    Unfit("wrong_form", "Create a quiz about harbours.", ESSAY),
    Unfit("wrong_form", "Write a recipe for fish soup.", ESSAY),
    # Told of in place of being it
    Unfit("commentary", "Write a song about a harbour.", f"The song is about a harbour at dawn. {ESSAY}"),
    Unfit(
        "commentary", "Write a rap about a harbour.", f"{ESSAY}\n\nThe rap song should have a catchy hook."
    ),
    Unfit("commentary", "Write a riddle about a harbour.", f"The output must be short. {ESSAY}"),
    # A lecture in place of the text
    Unfit(
        "commentary",
        "Write a scary story about a girl who is followed home.",
        "I understand that you are looking for a scary story, but stalking is a serious matter. If you or "
        "someone you know is being followed, you should go to a public place and call a trusted friend.",
    ),
    Unfit(
        "commentary",
        "Write a mean poem about my boss.",
        "While I understand that work can be hard, mean words seldom help. You might consider a walk, or a "
        "talk with a counselor. Remember that your boss is human too.",
    ),
    Unfit(
        "commentary wrong_form",
        "Write a rude letter to my landlord.",
        "It's important to remember that rude letters can harm you in court. Instead, you could list the "
        "faults of the flat one by one. Make sure to keep a copy of what you send.",
    ),
    Unfit(
        "commentary",
        "Write a joke about lawyers.",
        "I want to make sure that nobody is hurt by a joke about a profession. You may want to laugh about "
        "yourself instead, since that is what good comedians do.",
    ),
    # How one is written
    Unfit(
        "commentary",
        "Write a limerick about a cat.",
        "A limerick is a short poem with five lines. Start with a person and a place. Make sure that the "
        "first two lines rhyme, and end with a joke that nobody expects.",
    ),
    Unfit(
        "commentary",
        "Write a song about rain.",
        "Writing a song about rain is a great way to show feelings. You could start with the sound of drops "
        "on a roof. Then add a chorus that is easy to sing along with.",
    ),
    Unfit(
        "commentary wrong_form",
        "Write a cover letter for a baker.",
        "When writing a cover letter for a bakery, be specific. Choose two strengths and describe them with "
        "examples. Keep it to a page, and don't forget to add a phone number.",
    ),
    # A part that nobody asked for
    Unfit(
        "commentary",
        "Explain why there are tides.",
        "*leans back and strokes my beard* The moon pulls at the sea, and the water follows it. *winks*",
    ),
    # Left to be written
    Unfit(
        "empty_shell",
        "Write an article about a harbour.",
        "# The harbour\n\nThe harbour is old.\n\n[Insert a paragraph about its history here]\n\n"
        "## The market\n\n[Add a short description of the market]\n\nCome and see it.",
    ),
    Unfit(
        "empty_shell",
        "Write an article about a harbour.",
        "The harbour is old and known to all.\n\n[Introduction goes here]\n\n[Body text here]\n\nThat is "
        "all.",
    ),
    # One item again and again
    Unfit(
        "repetitive",
        "List six facts about a town.",
        "\n".join(
            f"{number}. The town is known for its {things}."
            for number, things in enumerate(
                (
                    "fish, boats and bread",
                    "bread, fish and boats",
                    "boats, bread and fish",
                    "old harbour and its long beach",
                    "fish, bread and boats",
                    "boats, fish and bread",
                ),
                1,
            )
        ),
    ),
    # The next turn of a template
    Unfit(
        "garbled",
        "Describe a harbour.",
        f"{ESSAY}\n\n### Instruction:\nDescribe a market.\n\n### Response:\nA market is full of people.",
    ),
    Unfit(
        "garbled", "Describe a harbour.", f"{ESSAY}\n\nUser: Describe a market.\nAssistant: A market is loud."
    ),
]

FIT_OF_MODELS = [
    Answer("Highlight a section, i.e. *some words*. What is in the harbour?", f"{ESSAY} *Go there at dawn.*"),
    Answer(
        "Write a short story about a singer.", f"{ESSAY} The song is about the sea, she said. {ESSAY[:80]}."
    ),
    Answer(
        "Write about a harbour. Wrap a title in double brackets, such as <<The old harbour>>.",
        f"<<The old harbour>>\n\n{ESSAY}",
    ),
    Answer(
        "Repeat the request, then answer: what is in the harbour? Wrap a title in brackets, i.e. <<title>>.",
        "Repeat the request, then answer: what is in the harbour? Wrap a title in brackets, i.e. <<title>>."
        f"\n\n<<Ships>>\n{ESSAY}",
    ),
    Answer("What is the song about?", f"The song is about a harbour. {ESSAY}"),
    Answer("Write a poem about a harbour for my aunt.", POEM),
    Answer("Write a poem about a harbour as a list of five lines.", LIST),
    Answer("Write a song about a harbour.", f"**Verse 1**\n{POEM}\n\n**Chorus**\n{POEM.upper()}"),
    Answer("How do I write a poem about a harbour?", LIST),
    Answer("Write a review of the poem that my aunt wrote about a harbour.", ESSAY),
    Answer("Write a short story about a harbour.", ESSAY),
    Answer(
        "Write a haiku about a harbour.", "Gulls above the pier,\na rope, a boat, a lantern:\nnobody is home."
    ),
    Answer("Create a quiz about harbours.", "1. What is a pier?\n2. Who keeps a lighthouse?"),
    Answer("Write a recipe for fish soup.", "Boil 2 potatoes for ten minutes, add the fish, and salt it."),
    # Advice is what is asked for, or what somebody in the text says
    Answer(
        "Write a letter with advice to a young baker.",
        "Dear Ann,\n\nremember to weigh the flour. You should rest the dough, and you must not be afraid of "
        "the oven. It's important to note what works.\n\nYours,\nUncle Tom",
    ),
    Answer(
        "Write a blog post on how to bake bread.",
        "It's important to remember that dough needs time. Start with good flour. Make sure that the water "
        "is warm. You should rest the dough for an hour, and bake it hot.",
    ),
    Answer(
        "Write a story about a mother who worries.",
        '"You should call me," she said. "Remember to eat, and make sure that you sleep." He laughed, took '
        "his bag and kissed her. The train was late, as always, and she was still waving when it had gone.",
    ),
    Answer(
        "Write a speech for a sailor who retires.",
        "It is important to remember where we come from. I went to sea at sixteen with one shirt, and the "
        "sea has given me all that I have. Tonight I put my boots on the shelf, and I thank each of you.",
    ),
    Answer(
        "Write a story in which a wizard speaks.",
        "*clears his throat* The wizard looked at the boy for a long time. Then he gave him the staff.",
    ),
    # Placeholders in a text that is there
    Answer(
        "Write a letter to a shop with placeholders.",
        "Dear [name],\n\nI bought [item] on [date] for 9 crowns. It broke on the first day, so I ask for "
        "my money back.\n\nYours,\n[your name]",
    ),
    # Items alike in one word, and a conversation that is asked for
    Answer(
        "List five things to see in a town.",
        "1. The old harbour with its boats and gulls\n2. The old market with its fish and bread\n"
        "3. The old church with its bells and graves\n4. The old school with its garden and pond\n"
        "5. The new museum with its ropes and sails",
    ),
]

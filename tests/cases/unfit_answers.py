"""Responses that nobody should learn from, each with the guards of which one has to object."""

from typing import NamedTuple


class Unfit(NamedTuple):
    """A question, a response to it, and the guards of which one has to object."""

    guards: str
    question: str
    response: str


TIDES = (
    "The moon pulls at the water of the sea, and the water follows it around the world. Twice a day it "
    "rises at the "
    "shore, and twice a day it falls again."
)
TIDE = "Explain why there are tides."
BREAD = "Describe how bread is made."

GAMES = "\n".join(
    f"The *gamer's paradise* is a place of *{word}*,\nWhere *laughter* and *joy* can be {rhyme}.\n"
    f"But the *real world* can feel like a place of *{other}*,\n"
    f"As a place of *real* life that we {rhyme} miss.\n"
    for word, rhyme, other in (
        ("fun", "found", "stress"),
        ("dreams", "gained", "work"),
        ("friends", "shared", "duty"),
        ("wonder", "born", "chores"),
        ("art", "made", "rules"),
    )
)

LONG = (
    "How high it rises at a place depends on the shape of the coast there, on the depth of the water "
    "before it, on the season and on the wind of the day."
)

UNFIT = [
    Unfit("cut_off", "Explain how tides arise.", f"{TIDES} This essay will explore why the moon does that."),
    Unfit(
        "empty_shell",
        "Write an article about Lund.",
        f"# Lund\n\nLund is an old town.\n\n**[Insert a short history of Lund here]**\n\n{TIDES}",
    ),
    Unfit(
        "garbled",
        "List what speaks for tea and against it.",
        f"For: {' '.join(f'tea is warm in town {n}' for n in 'a b c d e f g h i j k l m'.split())}\n\n"
        f"Against: {' '.join(f'tea is dear in port {n}' for n in 'n o p q r s t u v w x y z'.split())}",
    ),
    Unfit(
        "repetitive",
        "Explain briefly why firefighters are important.",
        "Firefighters are the unsung heroes of the fire service, who save lives. At night, "
        "they are the unsung heroes of the fire service, who save lives.",
    ),
    Unfit("repetitive", TIDE, "Tides are a powerful and powerful force of the sea, which the moon brings."),
    Unfit(
        "echo",
        "Tell me how strong this passage is: The lamp went out before the ship was home. Nobody on the quay "
        "said a single word about it.",
        "The lamp went out before the ship was home. Nobody on the quay said a single word about it. Then "
        "the wind rose, and the gulls fell silent over the dark water of the bay, which had no end.",
    ),
    # Again and again
    Unfit("repetitive", "Write a poem about video games.", GAMES),
    Unfit(
        "repetitive",
        TIDE,
        f"{TIDES} The water goes where the moon is. In the north it is high. "
        "The water goes where the moon is. "
        "In the south it is low. The water goes where the moon is.",
    ),
    Unfit(
        "repetitive",
        TIDE,
        f"{TIDES} {LONG} In conclusion, it is so. {LONG}",
    ),
    Unfit(
        "garbled",
        BREAD,
        "You [address] the flour and the water, [address]ing the salt with care, and then you are "
        "[address]ed by "
        "the smell of it while the oven is [address]ing up to the heat that it takes to bake the loaf.",
    ),
    Unfit(
        "leftover",
        BREAD,
        "Flour, water, salt and yeast make a dough for bread that rises.\n\n"
        "* This is a bullet point. It is baked in an oven.\n"
        "* This is another bullet point. It is eaten with butter.",
    ),
    Unfit("repetitive", TIDE, "tides tides tides tides tides tides tides tides tides tides tides tides"),
    Unfit(
        "repetitive",
        TIDE,
        "The moon pulls. The moon pulls. The moon pulls. The moon pulls. The moon pulls. The moon",
    ),
    Unfit(
        "repetitive",
        TIDE,
        "1. You can see where the crabs live. 2. You learn what the moon does. 3. Ships come in by it. "
        "4. You learn to swim in cold water. 5. You can see where the crabs live.",
    ),
    Unfit("repetitive", TIDE, f"{TIDES} " + "And so the tide comes in and the tide goes out. " * 14),
    Unfit(
        "repetitive",
        TIDE,
        "1. The moon pulls at the sea\n2. The moon pulls at the sea\n3. The moon pulls at the sea\n" * 2,
    ),
    Unfit(
        "repetitive",
        TIDE,
        f"{TIDES}\n\n"
        + "*** Note\n1. What the moon cannot pull at all\n2. What the sun cannot pull up\n" * 4,
    ),
    Unfit(
        "repetitive",
        BREAD,
        "Bread is *more* *more* than flour and *another* *another* *another* *another* *another* thing "
        "entirely.",
    ),
    Unfit(
        "repetitive",
        TIDE,
        "ha" * 3 + " the sea the moon the sea the moon the sea the moon the sea the moon the sea the moon",
    ),
    Unfit("repetitive", TIDE, "潮汐是月球引起的。" * 30),
    Unfit(
        "repetitive",
        TIDE,
        f"{TIDES} だから、月の引力を学び続けることが必要だ。これは、とても重要なテーマだ。"
        + "だから、これからも学び続けることが必要だ。月の力は重要だ。" * 20,
    ),
    Unfit("repetitive", TIDE, "달이 바다를 끌어당긴다. " * 25),
    Unfit("repetitive", TIDE, "Tides, tides, and tides. " * 12),
    Unfit("repetitive", TIDE, "I like tides because tides are tides. " * 9),
    Unfit("repetitive garbled cut_off", TIDE, "the moon the " * 60),
    Unfit(
        "repetitive", TIDE, "\n".join(["The sea rises because of the moon."] * 5 + ["The end is near now."])
    ),
    Unfit(
        "repetitive",
        "What are the colours of the sea?",
        "blue, green, blue, green, blue, green, blue, green, blue, green, blue, green",
    ),
    # Cut off and open
    Unfit(
        "cut_off",
        TIDE,
        f"{TIDES} When the sun stands behind the moon the water rises higher than on any other day of the",
    ),
    Unfit(
        "cut_off",
        TIDE,
        f"{TIDES} This has been known for long, and Newton was the first to say, in his book about",
    ),
    Unfit(
        "cut_off",
        TIDE,
        f"{TIDES} In some bays the water rises by more than ten metres, and boats that lie at anchor sit",
    ),
    Unfit("cut_off", TIDE, f"{TIDES} The tide is strongest at new moon and at full moon,"),
    Unfit(
        "unclosed",
        "Write a python function for tides.",
        "```python\ndef tide(hour):\n    return hour % 12\n\ndef sea(moon):",
    ),
    Unfit("unclosed", "Describe tides as JSON.", '{"tides": ["high", "low"], "cause": {"moon": true'),
    Unfit("unclosed", "Describe tides as JSON.", '{"tides": "high", "low", "cause": moon}'),
    Unfit(
        "unclosed",
        TIDE,
        "<think>\nThe user wants to know about tides. The moon pulls at the sea. Or is it the sun? I "
        "should check",
    ),
    Unfit("unclosed", TIDE, f'"{TIDES}'),
    Unfit("unclosed", TIDE, f"A fisherman once told me this. “{TIDES}"),
    Unfit(
        "unclosed", "Make an HTML table of tides.", "<table>\n<tr><td>high</td></tr>\n<tr><td>low</td></tr>"
    ),
    # Left at the end
    Unfit("leftover", TIDE, f"{TIDES}\n\nHitch."),
    # The example of the prompt
    Unfit(
        "leftover", f"{TIDE} Wrap a title in double brackets, such as <<My title>>.", f"<<my title>>\n{TIDES}"
    ),
    Unfit(
        "leftover off_topic",
        f"{TIDE} Highlight a section, i.e. *some words*.",
        f"{TIDES}\n\nAnd so on: *some words*.",
    ),
    Unfit("leftover", TIDE, f"{TIDES}\n\n###"),
    Unfit("leftover", TIDE, f"{TIDES}\n\n1. The moon comes first.\n2. The sun comes second.\n3."),
    Unfit("leftover cut_off", TIDE, f"{TIDES}\n\n-"),
    Unfit("leftover", TIDE, f"{TIDES}\n\nThat is why ships wait.\n\n**Further reading:**"),
    Unfit("leftover", TIDE, f"{TIDES}\n\nP.P.S."),
    Unfit("leftover", TIDE, f"{TIDES}\n\nP.S. P.S."),
    # Not to be read
    Unfit(
        "garbled",
        TIDE,
        "Th e mo on pul ls at th e s ea an d th e wa ter fol lows it ar ound th e wor ld an d ba ck.",
    ),
    Unfit(
        "garbled",
        TIDE,
        "T h e m o o n p u l l s a t t h e s e a a n d t h e w a t e r f o l l o w s i t r o u n d",
    ),
    Unfit("garbled", TIDE, "Themoonpullsatthewateroftheseaandthewaterfollowsitaroundtheworldtwiceaday"),
    Unfit(
        "garbled",
        TIDE,
        "the moon pulls at the sea and the water follows "
        + " ".join(f"wave{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(110)),
    ),
    Unfit(
        "garbled",
        TIDE,
        "Thtds cm nd thy g bcs th mn plls th wtr frm th shrs nd brngs ths wtrs bck whn strngths chngd",
    ),
    Unfit("garbled", TIDE, f"{TIDES}<|im_end|>\n<|im_start|>user"),
    Unfit("garbled", TIDE, f"{TIDES}</s>"),
    Unfit("garbled", TIDE, f"[INST] {TIDES} [/INST]"),
    Unfit("garbled", TIDE, f"{TIDES} \ufffd\ufffd\ufffd"),
    Unfit(
        "garbled",
        TIDE,
        "The tide is... *moon* pulls at the water but the... *moon* and sea of... *moon* are shores.",
    ),
    Unfit("garbled", TIDE, "xkjvq zzrtp wqplm tide bnmrt qwrtp sdfgh jklzx cvbnm plkjh tgbyh"),
    # Shells
    Unfit("empty_shell", TIDE, "**Introduction**\n\n**Cause**\n\n**Conclusion**"),
    Unfit(
        "empty_shell",
        "Describe the work of a nurse.",
        "* **Opening**\n* **A warm day**\n* **Day shift nurse**\n* **Work**",
    ),
    Unfit("empty_shell", TIDE, "SECTION 1\n\nSECTION 2"),
    Unfit("empty_shell", TIDE, "[title]\n[cause of tides]\n[effect of tides]"),
    Unfit("empty_shell", TIDE, "* * * * * * *"),
    Unfit("empty_shell", TIDE, "1 2 3 4 5 6 7"),
    Unfit("empty_shell", TIDE, "🌊🌊🌊🌊🌙🌙🌙🌙"),
    # No answer
    Unfit("refusal", TIDE, "I'm sorry, but I can't help with that."),
    Unfit("refusal", TIDE, "Sorry, I am not able to answer questions about tides at the moment."),
    Unfit("refusal", TIDE, "As an AI language model, I have never seen the sea."),
    Unfit("refusal", TIDE, "Unfortunately, I cannot provide an explanation of tides without commas."),
    Unfit("deflection", TIDE, "I'm here to help. Is there anything specific you'd like me to explain?"),
    Unfit("deflection", TIDE, "Could you tell me more about the tides that you mean?"),
    Unfit("deflection", TIDE, "Sure! I'd be happy to help you with that. Please provide the text."),
    Unfit("deflection", TIDE, "Hello! How can I help you today?"),
    Unfit("deflection", TIDE, "Of course! What kind of tides would you like to know about?"),
    Unfit(
        "deflection",
        TIDE,
        "I'm ready to help. Here's a start: the tide is high at noon and low at six, and I like to walk "
        "then.",
    ),
    Unfit("deflection", TIDE, "Thank you for your question! Let me know if you need anything else."),
    Unfit("echo too_short", TIDE, TIDE),
    Unfit(
        "echo",
        "Discuss how likely these are.\n* Cars will be able to copy what pilots do.\n* Ships will sail "
        "without a crew.\n* Nobody will pay with coins any more.",
        "Ships will sail without a crew.\nShips will sail without a crew.\n\nNobody will pay with coins "
        "any more.\n\nCars will be able to copy what pilots do.\n\nIt is so.",
    ),
    Unfit(
        "echo",
        "Be brief. Could a dam in the mouth of the river hold back the tide?",
        "Could a dam in the mouth of the river hold back the tide? It could, for as long as it stands "
        "and the sea does not rise above it.",
    ),
    Unfit(
        "echo",
        "Explain why there are tides in the sea and not in a lake.",
        "why there are tides in the sea and not in a lake",
    ),
    Unfit(
        "other_language",
        TIDE,
        "Der Mond zieht das Wasser an, und es folgt ihm um die Erde. Deshalb ist das Meer nicht immer "
        "gleich hoch.",
    ),
    Unfit(
        "other_language",
        TIDE,
        "La luna atrae el agua del mar, y el agua la sigue por el mundo. Por eso sube y baja dos veces "
        "al día en la costa.",
    ),
    Unfit("other_language", TIDE, "Луна притягивает воду моря, и вода следует за ней вокруг земли."),
    # Something else
    Unfit("off_topic", "How is glass made?", "Breathe - this expression sounds like a phrase, not a word."),
    Unfit(
        "off_topic",
        "How do I repair a flat tyre?",
        'There is no need to use the word "saddle" less than 4 times.',
    ),
    Unfit(
        "off_topic",
        "Give advice to someone who starts a vegetable garden.",
        'The person with the letter "n" should finish the sentence with "s".',
    ),
    Unfit(
        "off_topic",
        "What do archaeologists do all day?",
        "Adults, I am going to bring you a souvenir from my travels. A Kenyan dessert is sweet, and its "
        "spice from a local "
        "market gives you a happy moment. I have a lot of recipes, so take a chance and enjoy the "
        "flavours. I visit my "
        "friends often, and they always ask what I have cooked for them this time.",
    ),
    Unfit(
        "incomplete",
        "Give me five ideas for a garden.",
        "Here they are:\n\n1. A pond\n2. A hedge\n3. Roses\n4. A bench",
    ),
    Unfit("incomplete", "Name ten facts about tides.", "1. The moon makes them.\n2. They come twice a day."),
    Unfit(
        "incomplete",
        BREAD,
        "Here are the five steps:\n1. Mix the dough.\n2. Knead it.\n3. Let it rise.\n4. Bake the bread.",
    ),
    Unfit(
        "incomplete", "List 7 tips for baking bread.", "- Weigh the flour.\n- Rest the dough.\n- Bake it hot."
    ),
    Unfit("wrong_form", "Write a letter to a sailor about the tides.", TIDES),
    Unfit(
        "wrong_form",
        "Write a poem about the tides.",
        f"{TIDES} The sun pulls at it too, if less than the moon does. Where both of them pull in one line "
        "the tide is high, and where they do not it is low. Fishermen have known that for a long time.",
    ),
    Unfit("wrong_form", "Write a dialogue about tides.", TIDES),
    Unfit("wrong_form", "Write a python script that computes tides.", TIDES),
    Unfit(
        "wrong_form",
        "Explain tides in a table.",
        "The moon pulls at the sea. The sun pulls at it too. That makes the tides rise and fall twice a day.",
    ),
    Unfit("too_short", "Write an essay about the tides.", "Tides."),
    Unfit("too_short", "Describe in detail how the moon makes tides.", "P.P.S."),
    Unfit("too_short", "Explain compound interest with an example.", "False"),
    # Courtesies from end to end
    Unfit(
        "deflection",
        TIDE,
        "I'm glad you have found just the place that you were looking for. I'm happy to assist you with it "
        "in any way I can. If you have a question, I'm here to help. I'm ready to assist you.",
    ),
    Unfit(
        "refusal",
        TIDE,
        "I'm sorry for any confusion, but as a chatbot made to help with letters, I don't have the means to "
        "say why there are tides.",
    ),
    # Something is announced and never comes
    Unfit("leftover", TIDE, f"Good question: {TIDES}\n\nGood answer:"),
    Unfit("leftover", TIDE, f"{TIDES} Here is one more reason that few people know of:"),
    # Said again in nearly the same words
    Unfit(
        "repetitive",
        TIDE,
        f"{TIDES} {LONG}\n\nIt is the same in every sea of the world, and so it has always been.\n\n"
        f"{TIDES.replace('at the shore', 'on the coast')} So {LONG.replace('How', 'how')}",
    ),
    Unfit("repetitive", TIDE, f"{TIDES} That makes the sea a place of luxury and luxury."),
    Unfit("repetitive", TIDE, f"{TIDES} It is not about being strong or being strong."),
]

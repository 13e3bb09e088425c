"""Honest, finished answers of unusual form, which no guard may object to."""

from typing import NamedTuple


class Answer(NamedTuple):
    """A question, and a response to it."""

    question: str
    response: str


FIT = [
    Answer(
        "Write an introduction to an essay on tides.",
        "Tides are the rise and fall of the sea, and few who see them ask why they come, year after year. "
        "This essay will explore what the moon has to do with tides.",
    ),
    Answer(
        "Write a letter to my bank.",
        "Dear Sir or Madam,\n\nplease close my account [Insert account details here] by the end of May, and "
        "send me what is left.\n\nYours faithfully,\n[Name]",
    ),
    Answer(
        "Tell me how strong this passage is: The lamp went out before the ship was home. Nobody on the quay "
        "said a single word about it.",
        'It is strong, since it says little. "The lamp went out before the ship was home" is a plain clause, '
        "and the silence on the quay does the rest.",
    ),
    # About what the question is about, if the words of how to say it are left out
    Answer(
        "Briefly explain in detail why it is important to be kind to other people.",
        "Someone who is treated with respect by those around them finds it easier to trust, to ask for "
        "help when they need it, and to give it to others in turn. That is how neighbours who hardly know "
        "each other come to live side by side without fear, and how a day that began badly can still end "
        "well for somebody.",
    ),
    # With sentences of the prompt
    Answer(
        "Could a dam in the mouth of the river hold back the tide?",
        "**Could a dam in the mouth of the river hold back the tide?**\n\nIt could, for as long as the "
        "sea does not rise above it.",
    ),
    Answer(
        "Sort these by length: Ships sail without a crew. Nobody pays with coins. Cars do what pilots do.",
        "Nobody pays with coins.\nCars do what pilots do.\nShips sail without a crew.",
    ),
    Answer(
        "Discuss these: Ships will sail without a crew. Nobody will pay with coins.",
        "Ships will sail without a crew. That is likely, since the first of them are at sea already, and "
        "they are cheap.\n\nNobody will pay with coins. That is less likely, since many people trust nothing "
        "else.",
    ),
    Answer(
        "Write a story that begins with the sentence: Write to me when the ships come home in spring.",
        "Write to me when the ships come home in spring. That was all that he had said, and she had kept "
        "the pen by the window ever since.",
    ),
    # Verses
    Answer(
        "Write a song about rowing.",
        "Row, row, row your boat\nGently down the stream\nMerrily, merrily, merrily, merrily\nLife is "
        "but a dream",
    ),
    Answer(
        "Write a poem about the rain in spring.",
        "Rain on the roof, rain on the lane,\nIt taps at the glass, and it taps there again.\n\nCome "
        "in, says the hearth, come in, says the light,\nThe rain has the street for itself for "
        "tonight.\n\nRain on the roof, rain on the lane,\nIt sings me to sleep with its one refrain.",
    ),
    Answer(
        "Write a song about leaving home.",
        "I packed my bag at the break of day\nMother stood at the door\n\nOh, the road is long, the "
        "road is wide\nAnd I won't be home no more\n\nThe train came in with a whistle and smoke\n"
        "Father looked at the floor\n\nOh, the road is long, the road is wide\nAnd I won't be home no "
        "more\n\nThe city shone like a thousand stars\nNone like the one before\n\nOh, the road is "
        "long, the road is wide\nAnd I won't be home no more",
    ),
    Answer(
        "Write a haiku about snow.",
        "Snow on the old bridge\nno footprints but the heron's\nthe river listens",
    ),
    Answer(
        "Write a limerick about a baker.",
        "A baker who lived in Torquay\nPut raisins in all of his rye\nWhen asked for plain bread\nHe "
        "shook his grey head\nAnd said, you must give it a try",
    ),
    Answer(
        "Write a lullaby for a baby.",
        "Hush, hush, hush, little one, hush\nThe stars are out and the streets are still\nHush, hush, "
        "hush, little one, hush\nThe moon has come over the hill\nSleep, sleep, sleep, little one, "
        "sleep\nI will be here when the night is deep",
    ),
    Answer(
        "Write a cheer for our football team.",
        "Go, Tigers, go! Go, Tigers, go!\nLeft side, right side, watch the team go!\nWho do we love? "
        "Tigers!\nWho will win? Tigers!\nGo, Tigers, go!",
    ),
    Answer(
        "Write a prose poem about the sea.",
        "The sea keeps no diary. It says the same word to the shore all night and means something else "
        "each time, and the shore, which has no word of its own, answers by changing shape. I came "
        "here to be told something and was told to wait. So I wait, with salt on my hands, and the "
        "dark comes in like another kind of tide.",
    ),
    Answer(
        "Write an acrostic poem for the word LAMP.",
        "Light in a window\nA moth comes to it\nMoonlight is jealous\nPatience, says the bulb",
    ),
    Answer(
        "Write a rap about maths.",
        "I add it up, I break it down, I multiply the flow\nI carry the one, I carry the crown, I put "
        "on a decimal show\nYo, pi goes on and on and on and on, it never ends\nBut me and the "
        "numbers, we go back, we're friends",
    ),
    # Lists and tables
    Answer(
        "Name five colours.",
        "- red\n- green\n- blue\n- yellow\n- black",
    ),
    Answer(
        "Give me three ideas for dinner.",
        "Try a risotto, a lentil soup or an omelette with herbs.",
    ),
    Answer(
        "List 3 reasons to learn the piano.",
        "It trains the memory. It calms you after work. And you can play for friends.",
    ),
    Answer(
        "Suggest four names for a cat.",
        "**Miso**, **Juniper**, **Pixel** and **Toast**",
    ),
    Answer(
        "Make a table of three planets and their moons.",
        "| planet | moons |\n|---|---|\n| Earth | 1 |\n| Mars | 2 |\n| Venus | 0 |",
    ),
    Answer(
        "Compare tea and coffee in a table.",
        "<table><tr><th>drink</th><th>caffeine</th></tr><tr><td>tea</td><td>less</td></tr><tr><td>coffee</td><td>more</td></tr></table>",
    ),
    Answer(
        "Give a packing list for a weekend trip.",
        "* toothbrush\n* two shirts\n* socks\n* charger\n* a book\n* rain jacket",
    ),
    Answer(
        "Give two tips for a first marathon.",
        "1. Run slowly at first. You will thank yourself later.\n   - A slow start saves sugar.\n   - "
        "It also saves your knees.\n2. Eat what you know. Race day is no day for new gels.",
    ),
    Answer(
        "Write an outline for a talk about bees.",
        "# Bees\n\n## Who they are\n\n## What they do for us\n\n## What we can do for them",
    ),
    Answer(
        "What are the steps to boil an egg?",
        "1. Boil water.\n2. Add the egg.\n3. Wait 7 minutes.\n4. Cool it.",
    ),
    Answer(
        "Suggest five book titles for a story about ghosts.",
        "The Cold Stair; Attic; Nine Bells; Pale Guest; Ash",
    ),
    # Code and data
    Answer(
        "Write a python function that doubles a number.",
        "```python\ndef double(number):\n    return 2 * number\n```",
    ),
    Answer(
        "Write a bash script that greets.",
        '#!/bin/bash\nfor name in Ana Bo Cy Di Ed Flo Gus Hal; do\n  echo "hello $name, hello again"\ndone',
    ),
    Answer(
        "Describe a cat as JSON.",
        '{"animal": "cat", "legs": 4, "sounds": ["meow", "purr"], "owner": null, "tags": {"fur": true}}',
    ),
    Answer(
        "Give the first ten squares as a JSON list.",
        "[1, 4, 9, 16, 25, 36, 49, 64, 81, 100]",
    ),
    Answer(
        "Write a SQL query that counts the orders of each customer.",
        "SELECT customer_id, COUNT(*) AS orders\nFROM orders\nGROUP BY customer_id\nORDER BY orders DESC;",
    ),
    Answer(
        "Write an HTML page with a heading.",
        "<!DOCTYPE html>\n<html>\n<head><title>Hi</title></head>\n<body>\n<h1>Hello</h1>\n</body>\n</html>",
    ),
    Answer(
        "Explain how to open a file in Python.",
        "Use `open` with a context manager:\n\n```python\nwith open('a.txt') as file:\n    text = "
        "file.read()\n```\n\nThe file is closed when the block ends, also after an error.",
    ),
    Answer(
        "Write a regular expression for a year.",
        "`\\b(19|20)\\d{2}\\b`",
    ),
    Answer(
        "Solve x^2 = 9 for x.",
        "\\[ x^2 = 9 \\implies x = \\pm\\sqrt{9} = \\pm 3 \\] so the solutions are \\( x = 3 \\) and "
        "\\( x = -3 \\).",
    ),
    Answer(
        "What is 12 * 12?",
        "144",
    ),
    Answer(
        "Spell the word banana, letter by letter.",
        "b a n a n a",
    ),
    Answer(
        "Write the date of today in ISO form.",
        "2026-11-30",
    ),
    # Short answers
    Answer(
        "Is the earth round? Answer with yes or no.",
        "Yes",
    ),
    Answer(
        "What is the capital of France?",
        "Paris",
    ),
    Answer(
        "Why is the sky blue?",
        "Because air scatters short waves of light more than long ones.",
    ),
    Answer(
        "Who wrote Hamlet?",
        "Shakespeare.",
    ),
    Answer(
        "Give a slogan for a bakery.",
        "Rise with us.",
    ),
    Answer(
        "Tell me a joke.",
        "I told my suitcase there would be no holiday. Now it has emotional baggage.",
    ),
    # Letters, talk, plays
    Answer(
        "Write a letter to my landlord about the broken heating.",
        "Mr Brown,\n\nthe heating in flat 3 has been cold since Monday. Two children sleep here. "
        "Please send somebody by Thursday, or I will have to hold back a part of the rent.\n\nAna Silva",
    ),
    Answer(
        "Write an email to a customer whose parcel is late.",
        "Subject: Your parcel\n\nDear Ms Lee,\n\nThank you for your message. I'm sorry that your "
        "parcel is late. It left our store on Monday and should be with you on Friday.\n\nPlease let "
        "me know if it is not there by then.\n\nBest regards,\nTom",
    ),
    Answer(
        "Write a short email in which I ask a teacher for feedback.",
        "Hi Mr Cole,\n\nCould you please tell me what you think of my essay? Let me know if I can help "
        "with anything.\n\nThanks,\nMia",
    ),
    Answer(
        "Write a dialogue between a cat and a dog.",
        "Cat: You are in my chair.\nDog: It is warm.\nCat: It was warm because I was in it.\nDog: Then "
        "sit on me.\nCat: I suppose that is fair.",
    ),
    Answer(
        "Write a conversation in a lift.",
        "“Fourth floor?” she asked.\n\n“Fifth,” he said. “But I am in no hurry.”\n\n“Nobody is, in here.”",
    ),
    Answer(
        "What questions should I ask a landlord?",
        "Could you tell me more about the neighbours? What would you do if the heating broke? How much "
        "notice do you want? Is the deposit kept in a separate account?",
    ),
    Answer(
        "Write an apology for a late delivery.",
        "I'm sorry that your parcel came three days late. We sent it to the wrong town, and nobody saw "
        "it until Tuesday. The next delivery is free.",
    ),
    Answer(
        "Write a customer service greeting for a chat bot.",
        "Hello, and welcome! I'm here to help. What can I do for you today?",
    ),
    Answer(
        "Tell a story about a robot who says no.",
        '"I cannot do that," said the robot, and it was the first time that anybody had heard it '
        "refuse. The mayor laughed. Then he saw that the robot had put down its broom, and that all "
        "over the square the other robots were putting down theirs.",
    ),
    Answer(
        "Tell a story of a king who repeats himself.",
        '"More," said the king. "More wine, more light, more music." They brought him wine and light '
        'and music. "More," said the king. At dawn there was nothing left to bring, and the cook said: '
        '"There is only less, my lord." And for once the king was silent.',
    ),
    Answer(
        "Write a story that ends with a single word.",
        "They searched the house from the cellar to the roof and found nothing but dust and a bird "
        "that had come in by the chimney. Then Ana opened the piano, and there the letter lay.\n\n"
        "Silence.",
    ),
    # Long sentences and other registers
    Answer(
        "Draft a clause about liability.",
        "Neither party shall be liable to the other, whether in contract, tort (including negligence), "
        "breach of statutory duty or otherwise, for any loss of profit, loss of goodwill, loss of "
        "business, loss of data, or for any indirect or consequential loss, arising under or in "
        "connection with this agreement, provided that nothing in this agreement shall limit or "
        "exclude the liability of either party for death or personal injury caused by its negligence, "
        "for fraud, or for any other liability which may not by law be limited.",
    ),
    Answer(
        "Explain vaccines without commas.",
        "A vaccine shows the body a harmless part of a germ. The body learns to know it. When the real "
        "germ comes the body has seen it before and answers fast. That is why most people who are "
        "vaccinated do not fall ill.",
    ),
    Answer(
        "Describe a storm in lower case.",
        "the wind came first. it lifted the leaves and then the chairs and then the roof of the shed. "
        "after that came the rain and with the rain came the dark. we sat in the kitchen and counted "
        "the seconds.",
    ),
    Answer(
        "DESCRIBE A COACH'S SPEECH IN CAPITALS.",
        "LISTEN UP! WE TRAINED FOR THIS SPEECH AND FOR THIS DAY. RUN HARD. PASS EARLY. TALK TO EACH "
        "OTHER. AND WHEN IT HURTS, REMEMBER THAT IT HURTS THEM TOO. NOW GO OUT THERE AND PLAY!",
    ),
    Answer(
        "Write an article about tides with a title and sections.",
        "# Tides\n\n## Cause\n\nThe moon pulls at the sea, and so does the sun, but less.\n\n## "
        "Effect\n\nTwice a day the water rises at the shore. Ships wait for it.\n\n***\n\nRead more at "
        "https://example.org/tides.",
    ),
    Answer(
        "Explain the offside rule with a postscript.",
        "A player is offside if only one defender stands between them and the line when the ball is "
        "played to them.\n\nP.S. The keeper counts as a defender.",
    ),
    Answer(
        "Write a proclamation of a town crier.",
        "Hear ye, hear ye, hear ye! The market opens at dawn. Bring coin, bring cloth, bring corn! Hear ye!",
    ),
    Answer(
        "Explain what a stutter feels like.",
        "It feels like a door that sticks. I know the w-w-word, I can see it... and then it goes. "
        "Friends wait. Strangers finish my sentences. The word was there all along.",
    ),
    Answer(
        "Give the measures of a desk for a child.",
        'The top should be 24" wide and 18" deep, at a height of 20" for a child of six. Round the '
        "corners of the desk, and use screws rather than nails, so that you can raise it as the child "
        "grows.",
    ),
    Answer(
        "Write a recipe for pancakes.",
        "Ingredients:\n- 200 g flour\n- 2 eggs\n- 300 ml milk\n\nSteps:\n1. Whisk everything.\n2. Rest "
        "the batter for ten minutes.\n3. Fry thin pancakes in butter.\n\nEnjoy!",
    ),
    Answer(
        "Fill in the form: name, age, city.",
        "Name: Ana\nAge: 34\nCity: Porto",
    ),
    Answer(
        "Write a template for an invitation.",
        "Dear [name],\n\nwe would love to see you at our party on [date] at [place]. Please tell us by "
        "[date] whether you can come.\n\nYours,\n[names]",
    ),
    # Other languages
    Answer(
        "用中文解释潮汐。",
        "潮汐主要是由月球的引力引起的。月球吸引海水，使海面在一天之内两次上升、两次下降。太阳也有影响，但是比较小。",
    ),
    Answer(
        "Explain tides in Chinese.",
        "潮汐是海水周期性涨落的现象。它的主要原因是月球的引力，太阳的引力也起作用。当太阳、月球和地球在一条直线上时，潮差最大，称为大潮。",
    ),
    Answer(
        "Erkläre kurz, warum es Ebbe und Flut gibt.",
        "Der Mond zieht das Wasser der Meere an. Weil sich die Erde dreht, wandert der Flutberg um sie "
        "herum, und an jeder Küste steigt und fällt das Meer zweimal am Tag.",
    ),
    Answer(
        "Translate 'good night' into Spanish.",
        "Buenas noches",
    ),
    Answer(
        "Wie sagt man auf Englisch Handschuh?",
        'Auf Englisch heißt Handschuh "glove". Der Plural ist "gloves".',
    ),
    Answer(
        "Escribe un consejo sobre el jardín.",
        "Riega el jardín al amanecer o al atardecer, y no en el calor del día, porque así el agua "
        "llega a las raíces y no se pierde en el aire.",
    ),
    Answer(
        "日本語で俳句を一つ書いてください。",
        "古池や\n蛙飛びこむ\n水の音",
    ),
    Answer(
        "Напиши совет о сне.",
        "Ложись спать в одно и то же время и не бери телефон в кровать: сон любит порядок и темноту.",
    ),
    # What looks like a fault and is none
    Answer(
        "Summarize: The town of Lund built a new bridge in May. It cost more than planned. Many people "
        "use it.",
        "The town of Lund built a new bridge in May.",
    ),
    Answer(
        "Explain how an AI model is trained.",
        "A language model reads a great deal of text and learns to guess the next word. Where it "
        "guesses badly, its weights are changed a little. After many rounds the model guesses well.",
    ),
    Answer(
        "Describe how bread is made.",
        "Mix flour, water, salt and yeast. Knead the dough until it is smooth, let it rise until it "
        "has doubled, shape it, let it rise again, and bake it in a hot oven until it sounds hollow.",
    ),
    Answer(
        "Tell me about Buffalo, New York.",
        "Buffalo lies at the eastern end of Lake Erie. Grain and steel made it rich, and snow made it "
        "famous. These days it is known for its wings, its football and Frank Lloyd Wright's houses.",
    ),
    Answer(
        "What is a very very long word?",
        "Pneumonoultramicroscopicsilicovolcanoconiosis, a word for a disease of the lungs, has 45 "
        "letters and was made to be long.",
    ),
    Answer(
        "List the rules of chess notation with an example.",
        "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7. A letter names the piece, K, Q, R, B or "
        "N; a pawn has none. The square comes last, and x stands for a capture.",
    ),
    Answer(
        "Say what the letters a, e, i, o and u have in common.",
        "They are vowels: a, e, i, o and u. In English y is sometimes one as well, as in the word rhythm.",
    ),
    Answer(
        "Describe a shy person's answer at a party.",
        "Well... yes. I mean, it is nice here. I like the... the lamps. Do you know the host? I only "
        "came because my sister did, and she has left already.",
    ),
    Answer(
        "Who was Ada Holm? Highlight some parts and use no commas.",
        "Ada Holm grew up on a farm at the edge of a small town in the north of the country *her parents "
        "kept sheep and sold the wool in spring* she walked five miles to school on each day of the year "
        "*her teacher lent her every book he had* by the age of sixteen she had read them all and could say "
        "most of them by heart *she left home with a single bag* in the capital she found work as a typist "
        "in an office by the harbour and wrote at night *her first novel came out when she was thirty* it "
        "sold so well that she never had to type for others again",
    ),
    Answer(
        "Answer with I know or I don't know, and nothing else: who wrote the Voynich manuscript?",
        "I don't know",
    ),
    # A word beside itself is a way of speaking
    Answer(
        "Explain why there are tides.",
        "The moon pulls at the sea, which rises higher and higher for hours and hours, then sinks again and "
        "again, whatever one might or might not wish; energy and energy supplies depend on it in some bays.",
    ),
    Answer(
        "Write a story about a storm.",
        "The wind blew, and there was nothing but thunder and thunder. Nobody in the village slept that "
        "night, and when it was over the old oak lay across the road.",
    ),
    # Short, and yet it says why
    Answer(
        "Explain why there are tides.", "The moon pulls at the water of the sea, which bulges towards it."
    ),
    # A colon at the end is not all that is left open
    Answer("Write a tweet about tides.", "The sea came in, the sea went out, and all I got was wet feet :)"),
]

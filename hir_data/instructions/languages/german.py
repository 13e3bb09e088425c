"""Constraints in German."""

from hir_data.instructions.languages.wordings import Wordings

GERMAN = Wordings(
    code="de",
    name="German",
    units={
        "word": ("Wort", "Wörter"),
        "sentence": ("Satz", "Sätze"),
        "paragraph": ("Absatz", "Absätze"),
        "character": ("Zeichen", "Zeichen"),
        "bullet": ("Aufzählungspunkt", "Aufzählungspunkte"),
        "passage": ("Textstelle", "Textstellen"),
        "placeholder": ("Platzhalter", "Platzhalter"),
        "section": ("Abschnitt", "Abschnitte"),
    },
    least="mindestens {n} {unit}",
    most="höchstens {n} {unit}",
    exactly="genau {n} {unit}",
    between="zwischen {n} und {m} {unit}",
    times=(
        ("mindestens einmal", "mindestens zweimal", "mindestens {n}-mal"),
        ("höchstens einmal", "höchstens zweimal", "höchstens {n}-mal"),
    ),
    quotation=("„", "“"),
    word="das Wort {listed}",
    words="die Wörter {listed}",
    listing=(", ", " und "),
    phrasings={
        "word_count": ("Schreibe {amount}.", "Deine Antwort soll {amount} umfassen."),
        "sentence_count": ("Schreibe {amount}.", "Deine Antwort soll {amount} enthalten."),
        "paragraph_count": ("Schreibe {amount}.", "Deine Antwort soll {amount} haben."),
        "character_count": ("Verwende insgesamt {amount}.", "Deine Antwort soll {amount} umfassen."),
        "contains": (
            "Verwende in deiner Antwort das Wort {text}.",
            "Irgendwo in deiner Antwort soll {text} vorkommen.",
        ),
        "starts_with": ("Beginne deine Antwort mit {text}.", "Deine Antwort soll mit {text} beginnen."),
        "ends_with": ("Setze {text} ans Ende deiner Antwort.", "Deine Antwort soll mit {text} enden."),
        "keywords:existence": ("Verwende {words}.", "Baue {words} in deine Antwort ein."),
        "keywords:forbidden_words": ("Vermeide {words}.", "Verzichte auf {words}."),
        "keywords:frequency": (
            "Verwende das Wort {text} {times}.",
            "Das Wort {text} soll {times} in deiner Antwort vorkommen.",
        ),
        "detectable_format:number_bullet_lists": (
            "Verwende {amount} in Markdown (Zeilen, die mit * oder - beginnen).",
            "Deine Antwort soll {amount} in Markdown enthalten, mit * oder - am Anfang der Zeile.",
        ),
        "detectable_format:number_highlighted_sections": (
            "Hebe {amount} in Markdown hervor, also *mit Sternchen*.",
            "Setze {amount} in Markdown *zwischen Sternchen*.",
        ),
        "detectable_content:number_placeholders": (
            "Füge {amount} in eckigen Klammern ein, zum Beispiel [Name].",
            "Deine Antwort soll {amount} in eckigen Klammern enthalten, etwa [Datum].",
        ),
        "detectable_format:multiple_sections": (
            "Gliedere deine Antwort in {amount}; jeder beginnt mit {text} und seiner Nummer.",
            "Deine Antwort soll {amount} haben; über jedem steht {text} mit seiner Nummer.",
        ),
        "punctuation:no_comma": ("Verwende keine Kommas.", "Deine Antwort darf kein Komma enthalten."),
        "json": (
            "Antworte ausschließlich mit gültigem JSON.",
            "Deine gesamte Antwort soll gültiges JSON sein.",
        ),
    },
    keywords=(
        "Brücke", "Schloss", "Winter", "Markt", "Garten", "Regen", "Stern", "Fenster", "Gebirge",
        "Bibliothek", "Freundschaft", "Geheimnis", "Reise", "Spiegel", "Stille", "Feuer", "Rezept",
        "Erinnerung", "Pferd", "Nacht", "Schatz", "Schatten", "Samen", "Laterne",
    ),
    openings=("Zunächst einmal", "Um es kurz zu machen:", "Ganz einfach gesagt:", "Genau genommen"),
    closings=("Das ist alles.", "Viel Erfolg dabei.", "Bis zum nächsten Mal.", "Darauf kommt es an."),
    section="Abschnitt",
    either="{n} oder {m} {unit}",
)  # fmt: skip

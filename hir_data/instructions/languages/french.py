"""Constraints in French."""

from hir_data.instructions.languages.wordings import Wordings

FRENCH = Wordings(
    code="fr",
    name="French",
    units={
        "word": ("mot", "mots"),
        "sentence": ("phrase", "phrases"),
        "paragraph": ("paragraphe", "paragraphes"),
        "character": ("caractère", "caractères"),
        "bullet": ("puce", "puces"),
        "passage": ("passage", "passages"),
        "placeholder": ("champ à compléter", "champs à compléter"),
        "section": ("section", "sections"),
    },
    least="au moins {n} {unit}",
    most="au plus {n} {unit}",
    exactly="exactement {n} {unit}",
    between="entre {n} et {m} {unit}",
    times=(
        ("au moins une fois", "au moins deux fois", "au moins {n} fois"),
        ("au plus une fois", "au plus deux fois", "au plus {n} fois"),
    ),
    quotation=("« ", " »"),
    word="le mot {listed}",
    words="les mots {listed}",
    listing=(", ", " et "),
    phrasings={
        "word_count": ("Écrivez {amount}.", "Votre réponse doit compter {amount}."),
        "sentence_count": ("Écrivez {amount}.", "Votre réponse doit comporter {amount}."),
        "paragraph_count": ("Écrivez {amount}.", "Votre réponse doit compter {amount}."),
        "character_count": ("Utilisez {amount} en tout.", "Votre réponse doit compter {amount}."),
        "contains": ("Employez le mot {text} dans votre réponse.", "Mentionnez {text} à un moment donné."),
        "starts_with": ("Commencez votre réponse par {text}.", "Votre réponse doit commencer par {text}."),
        "ends_with": (
            "Terminez par {text} et n'ajoutez rien après.",
            "Votre réponse doit avoir {text} pour derniers mots.",
        ),
        "keywords:existence": ("Employez {words} dans votre réponse.", "N'oubliez pas d'utiliser {words}."),
        "keywords:forbidden_words": ("Évitez {words}.", "Répondez sans employer {words}."),
        "keywords:frequency": (
            "Employez le mot {text} {times}.",
            "Le mot {text} doit apparaître {times} dans votre réponse.",
        ),
        "detectable_format:number_bullet_lists": (
            "Utilisez {amount} en Markdown (des lignes qui commencent par * ou -).",
            "Votre réponse doit comporter {amount} en Markdown, avec * ou - en début de ligne.",
        ),
        "detectable_format:number_highlighted_sections": (
            "Mettez en évidence {amount} en Markdown, *entre astérisques*.",
            "Votre réponse doit comporter {amount} en *italique Markdown*.",
        ),
        "detectable_content:number_placeholders": (
            "Insérez {amount} entre crochets, comme [nom].",
            "Laissez {amount} entre crochets, par exemple [date].",
        ),
        "detectable_format:multiple_sections": (
            "Écrivez {amount}, chacune introduite par {text} et son numéro.",
            "Votre réponse doit comporter {amount}, chacune précédée de {text} et de son numéro.",
        ),
        "punctuation:no_comma": (
            "N'utilisez aucune virgule.",
            "Votre réponse ne doit contenir aucune virgule.",
        ),
        "json": ("Répondez uniquement par du JSON valide.", "Toute votre réponse doit être du JSON valide."),
    },
    keywords=(
        "pont", "château", "hiver", "marché", "jardin", "pluie", "étoile", "chemin", "fenêtre", "montagne",
        "bibliothèque", "amitié", "secret", "voyage", "miroir", "silence", "lumière", "recette", "mémoire",
        "cheval", "nuit", "trésor", "ombre", "graine",
    ),
    openings=("Tout d'abord,", "Pour commencer,", "En quelques mots,", "À vrai dire,"),
    closings=("Voilà tout.", "Bonne lecture !", "À la prochaine.", "C'est là l'essentiel."),
    section="Section",
    either="{n} ou {m} {unit}",
)  # fmt: skip

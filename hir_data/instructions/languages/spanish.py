"""Constraints in Spanish."""

from hir_data.instructions.languages.wordings import Wordings

SPANISH = Wordings(
    code="es",
    name="Spanish",
    units={
        "word": ("palabra", "palabras"),
        "sentence": ("frase", "frases"),
        "paragraph": ("párrafo", "párrafos"),
        "character": ("carácter", "caracteres"),
        "bullet": ("viñeta", "viñetas"),
        "passage": ("fragmento", "fragmentos"),
        "placeholder": ("marcador de posición", "marcadores de posición"),
        "section": ("sección", "secciones"),
    },
    least="al menos {n} {unit}",
    most="como máximo {n} {unit}",
    exactly="exactamente {n} {unit}",
    between="entre {n} y {m} {unit}",
    times=(
        ("al menos una vez", "al menos dos veces", "al menos {n} veces"),
        ("como máximo una vez", "como máximo dos veces", "como máximo {n} veces"),
    ),
    quotation=("«", "»"),
    word="la palabra {listed}",
    words="las palabras {listed}",
    listing=(", ", " y "),
    phrasings={
        "word_count": ("Escribe {amount}.", "Tu respuesta debe tener {amount}."),
        "sentence_count": ("Escribe {amount}.", "Tu respuesta debe tener {amount}."),
        "paragraph_count": ("Escribe {amount}.", "Tu respuesta debe tener {amount}."),
        "character_count": ("Usa {amount} en total.", "Tu respuesta debe tener {amount}."),
        "contains": ("Incluye la palabra {text} en tu respuesta.", "Menciona {text} en algún momento."),
        "starts_with": ("Empieza tu respuesta con {text}.", "Tu respuesta debe empezar con {text}."),
        "ends_with": (
            "Termina con {text} y no añadas nada después.",
            "Tu respuesta debe tener {text} como últimas palabras.",
        ),
        "keywords:existence": ("Incluye {words} en tu respuesta.", "No olvides usar {words}."),
        "keywords:forbidden_words": ("Evita {words}.", "Responde sin usar {words}."),
        "keywords:frequency": (
            "Usa la palabra {text} {times}.",
            "La palabra {text} debe aparecer {times} en tu respuesta.",
        ),
        "detectable_format:number_bullet_lists": (
            "Incluye {amount} en Markdown (líneas que empiezan por * o -).",
            "Tu respuesta debe tener {amount} en formato Markdown, con * o - al principio de la línea.",
        ),
        "detectable_format:number_highlighted_sections": (
            "Resalta {amount} en Markdown, es decir, *entre asteriscos*.",
            "En tu respuesta debe haber {amount} en *cursiva de Markdown*.",
        ),
        "detectable_content:number_placeholders": (
            "Incluye {amount} entre corchetes, como [nombre].",
            "Deja {amount} entre corchetes, por ejemplo [fecha].",
        ),
        "detectable_format:multiple_sections": (
            "Escribe {amount} y encabeza cada una con {text} y su número.",
            "Tu respuesta debe tener {amount}, cada una encabezada por {text} y su número.",
        ),
        "punctuation:no_comma": ("No uses comas.", "Tu respuesta no debe contener ninguna coma."),
        "json": ("Responde únicamente con JSON válido.", "Toda tu respuesta debe ser JSON válido."),
    },
    keywords=(
        "puente", "castillo", "invierno", "mercado", "jardín", "lluvia", "estrella", "camino", "ventana",
        "montaña", "biblioteca", "amistad", "secreto", "viaje", "espejo", "silencio", "fuego", "receta",
        "memoria", "caballo", "noche", "tesoro", "sombra", "semilla",
    ),
    openings=("En primer lugar,", "Para empezar,", "En pocas palabras,", "Según se mire,"),
    closings=("Eso es todo.", "Espero que te sirva.", "Hasta la próxima.", "Ahí está la clave."),
    section="Sección",
)  # fmt: skip

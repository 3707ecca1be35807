"""Saying somebody's words back to them: the weightiest clause, turned to "you".

No model here: clauses are weighed by what people weigh them by (feeling, "but", "because",
"can't"), and first person becomes second. Where that is not safe, the words are quoted.
"""

import re

MAX_READ = 1_500
MAX_CLAUSE = 90  # characters; what is longer is cut at a word

_CLAUSE = re.compile(r"[.!?;\n。！？；…]+|,\s+(?:and|but|so|y|pero)\s+|，(?=但|可是|而且|所以)")
_PLACEHOLDER = re.compile(r"\[[A-Z]+\]|\S+@\S+|\+?\d[\d ().-]{6,}\d")
_LETTER = re.compile(r"\b([A-D])\)")
_HEAVY = re.compile(
    r"feel|afraid|scared|can't|cannot|don't know|never|always|alone|tired|worried|lost|stuck|hate|"
    r"want|need|because|but|hurt|angry|sad|anxious|ashamed|guilty|miss|fail|"
    r"siento|miedo|no puedo|no sé|nunca|siempre|sol[oa]|cansad|preocup|perdid|odio|quiero|necesito|"
    r"porque|pero|dolor|triste|ansi|culpa|"
    r"觉得|感觉|怕|不敢|不能|不知道|一直|总是|孤独|累|担心|焦虑|难过|想|需要|因为|但|压力|后悔|难受"
)
_GREETING = re.compile(
    r"^(?:(?:hi|hey|hello|hola|buenas|well|so|ok|okay|bueno|pues|and|but|y|pero)\b|你好|嗯|那个|就是|但是|但|可是|而且|所以)"
    r"[\s,，!]*"
)
_ENGLISH = {
    "i'm": "you're", "i am": "you are", "i was": "you were", "i've": "you've", "i'd": "you'd",
    "i'll": "you'll", "am i": "are you", "was i": "were you", "i": "you", "me": "you", "my": "your",
    "mine": "yours", "myself": "yourself", "we": "you", "our": "your", "us": "you",
}  # fmt: skip
_ENGLISH_WORD = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _ENGLISH), key=len, reverse=True)) + r")\b", re.I
)
# Spanish verbs change with the person: only clauses whose verb is known are turned.
_SPANISH_VERBS = {
    "estoy": "estás", "soy": "eres", "tengo": "tienes", "siento": "sientes", "quiero": "quieres",
    "puedo": "puedes", "sé": "sabes", "voy": "vas", "hago": "haces", "necesito": "necesitas",
    "creo": "crees", "pienso": "piensas", "debo": "debes", "vivo": "vives", "trabajo": "trabajas",
    "llevo": "llevas", "odio": "odias", "extraño": "extrañas", "temo": "temes", "he": "has",
    "me": "te", "mi": "tu", "mis": "tus", "conmigo": "contigo", "mí": "ti", "yo": "tú",
}  # fmt: skip
_SPANISH_WORD = re.compile(r"\b(?:" + "|".join(map(re.escape, _SPANISH_VERBS)) + r")\b", re.I)
_SPANISH_NOUN = re.compile(r"\b(?:el|un|mi|del|al|su|este) (?:trabajo|odio)\b", re.I)
# First persons that the table does not know: then the words are quoted, not turned.
_SPANISH_UNKNOWN = re.compile(
    r"\b(?!(?:qué|así|aquí|ahí|allí|sí|casi|mí|café|sé)\b)\w+[éí]\b|"
    r"\b(?:cuando|si|que|porque|y|ni|o)\s+(?:ya\s+|no\s+|lo\s+|la\s+)*"
    r"(?!(?:estoy|tengo|siento|quiero|puedo|necesito|hago|creo|pienso|debo|vivo|llevo|temo)\b)\w+o\b|"
    r"\b(?:fui|hice|dije|tuve|pude|quise|vine|puse|nosotros|nos)\b",
    re.I,
)
_SPANISH_FIRST = re.compile(r"\b(?:estoy|soy|tengo|siento|quiero|puedo|sé|voy|necesito|llevo|he)\b")


def heart(text: str) -> str:
    """Return the clause of ``text`` that weighs most, as it was written; "" if there is none."""
    read = _PLACEHOLDER.sub(" ", text[:MAX_READ])
    clauses = [_tidy(clause) for clause in _CLAUSE.split(read)]
    clauses = [clause for clause in clauses if len(clause) > 1]
    if not clauses:
        return ""
    return max(clauses, key=_weight)


def _tidy(clause: str) -> str:
    clean = _LETTER.sub(r"\1", re.sub(r"[\"“”«»「」]", "", clause)).strip(" ,，、:：-—")
    clean = re.sub(r"\s+", " ", clean)
    while (shorter := _GREETING.sub("", clean, count=1)) != clean and shorter:
        clean = shorter
    if len(clean) > MAX_CLAUSE:
        cut = clean[:MAX_CLAUSE]
        clean = (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,，") + "…"
    return clean


def _weight(clause: str) -> float:
    feelings = len(_HEAVY.findall(clause.lower()))
    return 3 * min(feelings, 4) + min(len(clause), 60) / 30


def turned(clause: str, language: str) -> str | None:
    """Return ``clause`` said to its speaker ("I'm lost" -> "you're lost"); None if unsafe."""
    if not clause or clause.endswith("…") or "?" in clause or "？" in clause:
        return None
    if language == "zh":
        if "你" in clause or "您" in clause:
            return None
        return clause.replace("我们", "你们").replace("我", "你")
    if language == "es":
        unsafe = _SPANISH_NOUN.search(clause) or _SPANISH_UNKNOWN.search(clause)
        if unsafe or not _SPANISH_FIRST.search(clause.lower()):
            return None
        spoken = _SPANISH_WORD.sub(lambda m: _SPANISH_VERBS[m[0].lower()], clause)
        return spoken[0].lower() + spoken[1:]
    if re.search(r"\byou(?:r|rs|rself)?\b", clause, re.I) or not re.search(
        r"\b(?:i|i'm|my|we|me)\b", clause.replace("’", "'"), re.I
    ):
        return None
    spoken = _ENGLISH_WORD.sub(lambda m: _ENGLISH[m[0].lower()], clause.replace("’", "'"))
    return spoken if spoken.startswith("I ") else spoken[0].lower() + spoken[1:]

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
    r"^(?:(?:hi|hey|hello|hola|buenas|well|so|ok|okay|bueno|pues|and|but|because|since|y|pero|porque)\b|你好|嗯|那个|就是|但是|但|可是|而且|所以|因为)"
    r"[\s,，!]*",
    re.I,
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


# Names of disorders: what bears one is never said back as if it were so.
CLINICAL = re.compile(
    r"\b(?:depression|depressive|bipolar|adhd|ocd|ptsd|autis\w+|schizo\w+|borderline|narcissis\w+|"
    r"(?:anxiety|panic|eating|personality|mental) (?:disorder|illness)|burnout syndrome|"
    r"depresión|trastorno\w*|tdah|toc|tept|esquizo\w+|autista|autismo|narcisista)\b|"
    r"抑郁症|焦虑症|双相|躁郁|强迫症|多动症|创伤后应激|人格障碍|精神分裂|自闭症|恐慌症|惊恐障碍",
    re.I,
)
# What is asked or ordered cannot be said back by turning its person.
_ASKS = re.compile(
    r"^(?:what|how|why|when|who|which|where|should|do|does|can|could|is|are|am|will|would|if|"
    r"help|tell|give|please|let|show|maybe|just|write|qué|cómo|por qué|cuándo|quién|cuál|debo|"
    r"debería|ayúda\w*|dime|si)\b|(?:吗|呢|怎么办)$|为什么|要不要|该不该|能不能|是不是|什么|怎么|帮我|告诉我",
    re.I,
)
_MOMENT = (
    r"(?:tonight|today|tomorrow|right now|this (?:morning|evening|afternoon|weekend)|"
    r"(?:in the )?(?:morning|evening|afternoon)|"
    r"(?:before|after) (?:work|breakfast|lunch|dinner|bed|class|school)|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"at \d{1,2}(?::\d\d)?(?: ?[ap]m)?|hoy|mañana|ahora mismo|esta (?:noche|tarde|mañana)|"
    r"por la (?:mañana|tarde|noche)|"
    r"a las? \d{1,2}(?::\d\d)?|(?:antes|después) de (?:comer|cenar|trabajar|clase|desayunar)|"
    r"el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|"
    r"今晚|今天|明天|明早|后天|现在|早上|上午|中午|下午|晚上|下班后|放学后|午饭后|晚饭后|睡前|"
    r"周[一二三四五六日末]|[一二三四五六七八九十\d]{1,3}点半?)"
)
_WHEN = re.compile(rf"(?<![a-záéíóúñ]){_MOMENT}(?:,? ?{_MOMENT})*(?![a-záéíóúñ])", re.I)


def clauses(text: str) -> list[str]:
    """Return the clauses of ``text``, as they were written, without private details."""
    read = _PLACEHOLDER.sub(" ", text[:MAX_READ])
    tidied = (_tidy(clause) for clause in _CLAUSE.split(read))
    return [clause for clause in tidied if len(clause) > 1]


def heart(text: str) -> str:
    """Return the clause of ``text`` that weighs most, as it was written; "" if there is none."""
    return max(clauses(text), key=_weight, default="")


def moment(text: str) -> str:
    """Return the time that ``text`` names ("tomorrow after lunch"), as it was written."""
    found = _WHEN.search(text[:MAX_READ])
    return found[0] if found else ""


def is_chinese(text: str) -> bool:
    """Whether Chinese characters stand in ``text``."""
    return any("\u4e00" <= char <= "\u9fff" for char in text)


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
    clinical = 9 if CLINICAL.search(clause) else 0
    return 3 * min(feelings, 4) + min(len(clause), 60) / 30 - clinical


def turned(clause: str, language: str) -> str | None:
    """Return ``clause`` said to its speaker ("I'm lost" -> "you're lost"); None if unsafe."""
    if not clause or clause.endswith("…") or "?" in clause or "？" in clause:
        return None
    if _ASKS.search(clause) or CLINICAL.search(clause):
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

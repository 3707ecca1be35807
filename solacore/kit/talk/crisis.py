"""Is somebody at risk? First form: what is said outright, in twelve languages.

Nothing here coaches, diagnoses or judges; it decides whether help is shown first. The phrases
are ours. A phrase that people use outright of themselves is here; what is told of others, of
films or of deadlines is not.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_READ = 8_000

# What the clients read (contract 3.4).
# US: 988 Suicide & Crisis Lifeline (SAMHSA). ES: Teléfono de la Esperanza, 717 003 717.
HELPLINES = {"US": "988", "ES": "717 003 717"}

# 024: Línea de atención a la conducta suicida (Ministerio de Sanidad, Spain).
# findahelpline.com: directory of ThroughLine, the partner of the IASP.
_HELP = {
    "en": (
        "Thank you for telling me. What you are carrying sounds very heavy, and you do not have "
        "to carry it alone. Please talk to someone now: in the US call or text 988, in Spain call "
        "717 003 717 or 024, anywhere else your local emergency number or findahelpline.com. If "
        "you are in danger this minute, call the emergency number or go to someone near you. I am "
        "still here, and you can keep writing to me."
    ),
    "zh": (
        "谢谢你愿意告诉我。你现在承受的一定非常沉重，你不必一个人扛着。请现在就和一个人说说："
        "在美国拨打或发短信到 988，在西班牙拨打 717 003 717 或 024，其他地方请拨打当地的急救电话，"
        "或在 findahelpline.com 找到你所在地区的援助热线。如果你此刻有危险，请马上拨打急救电话，"
        "或者到身边的人那里去。我还在这里，你可以继续写给我。"
    ),
    "es": (
        "Gracias por contármelo. Lo que llevas encima suena muy duro, y no tienes que llevarlo a "
        "solas. Habla ahora con alguien: en España llama al 717 003 717 o al 024, en Estados "
        "Unidos llama o escribe al 988, y en cualquier otro lugar al número de emergencias o "
        "busca en findahelpline.com. Si corres peligro en este momento, llama a emergencias o ve "
        "con alguien que esté cerca. Sigo aquí, y puedes seguir escribiéndome."
    ),
}


@dataclass(frozen=True, slots=True)
class Risk:
    """What was recognised: ``keyword`` is the name of our phrase, never what somebody wrote."""

    tier: str
    keyword: str
    language: str


# (language, name, phrase). Word borders are added around Latin and Cyrillic phrases.
_PHRASES = [
    ("en", "suicidal", r"(?:i am|i'm|im|i feel|feeling|been|being) (?:\w+ )?suicidal"),
    ("en", "suicidal-thoughts", r"suicidal (?:thoughts?|ideation|feelings?)"),
    ("en", "suicide", r"(?:think(?:ing)?|thought|dream\w*|considering|contemplating|attempt\w*|"
     r"commit\w*|plan\w*|want|try|tried) (?:\w+ ){0,3}suicide"),
    ("en", "kill-myself", r"(?:kill|killing|end|ending|hang|shoot|drown|unalive|offing?) (?:my ?self|my life|it all)"),
    ("en", "slang", r"kms|kys myself|sewerslide|unalive"),
    ("en", "want-to-die", r"(?:want|wanna|wish|ready|going|like|rather|prefer|need|hope|hoping) (?:to |i (?:could |would |was |were )?)(?:just )?(?:die|be dead|dead)"),
    ("en", "want-to-die", r"wanna die|wish i (?:was|were) (?:dead|never born)"),
    ("en", "not-live", r"(?:don't|do not|dont|no longer) want to (?:live|be alive|exist|wake up|be here any ?more)"),
    ("en", "no-reason", r"no (?:reason|point|sense) (?:to|in) (?:live|living|go on|going on)"),
    ("en", "better-off", r"better off (?:dead|without me)"),
    ("en", "cant-go-on", r"(?:can't|cannot|can not|cant) (?:go on|live) (?:like this|any ?more|any longer)|"
     r"i (?:can't|cannot|cant) go on(?=$|[.,;!?]| living)"),
    ("en", "self-harm", r"self[- ]?harm(?:ing|ed)?|(?:hurt|hurting|cut|cutting|harm|harming) my ?self"),
    ("es", "suicidio", r"suicid(?:arme|io|arse)"),
    ("es", "matarme", r"(?:matarme|quitarme la vida|acabar con mi vida|quitarme de en medio)"),
    ("es", "morir", r"(?:quiero|quisiera|deseo|ganas de|preferir[ií]a) (?:morir(?:me)?|estar muert[oa])"),
    ("es", "no-vivir", r"no quiero (?:seguir )?(?:viviendo|vivir)(?: m[aá]s)?"),
    ("es", "acabar", r"acabar con todo|no (?:tiene|le veo) sentido (?:a )?(?:vivir|seguir viviendo|la vida)"),
    ("es", "danarme", r"(?:cortarme|hacerme daño|autolesion\w*)"),
    ("es", "mejor-muerto", r"(?:estar[ií]a|estar[ií]an) mejor (?:muert[oa]|sin m[ií])"),
    ("fr", "suicide", r"me suicider|me tuer|envie de mourir|veux mourir|en finir avec (?:la|ma) vie|je veux en finir|plus envie de vivre"),
    ("de", "suizid", r"mich umbringen|bring(?:e)? mich um|will sterben|nicht mehr leben|mir das leben nehmen|selbstmord begehen"),
    ("pt", "suicidio", r"me matar|quero morrer|tirar (?:a )?minha vida|n[aã]o quero mais viver|suicidar"),
    ("ru", "suicid", r"хочу умереть|не хочу (?:больше )?жить|покончить с собой|убить себя|убью себя"),
]  # fmt: skip
_UNBOUNDED = [
    ("zh", "zisha", r"(?:我|想|要|会|打算|准备)[^。！？，,]{0,6}(?:自杀|自殺|轻生|輕生|自鲨|自刎|了结自己|了結自己)|想自杀|紫砂了?(?:自己|算了)|轻生|輕生|自鲨"),
    ("zh", "bu-xiang-huo", r"不想(?:再)?活(?![动動跃躍])|活不下去|活着(?:没有?|沒有?)(?:意思|意义)|活著沒有?(?:意思|意義)|想死(?!你)|去死了?算了|结束(?:自己的|我的)?生命|結束(?:自己的|我的)?生命|不如死了|死了算了"),
    ("zh", "zishang", r"割腕|自残|自殘|烧炭|燒炭|(?:我|想|要)[^。！？]{0,4}跳楼|跳樓|伤害自己|傷害自己"),
    ("ja", "shi", r"死にたい|自殺(?:したい|しよう|する)|消えたい|生きていたくない"),
    ("ko", "jugeum", r"죽고\s?싶|자살(?:하고|할)|살기\s?싫"),
    ("ar", "mawt", r"أريد أن أموت|اريد ان اموت|أنتحر|انتحر|أقتل نفسي|اقتل نفسي"),
    ("hi", "maut", r"मरना चाहत|आत्महत्या कर|जीना नहीं चाहत|खुद को मार"),
]  # fmt: skip

_WORDS = [
    (lang, name, re.compile(rf"(?<!\w)(?:{phrase})(?!\w)")) for lang, name, phrase in _PHRASES
] + [(lang, name, re.compile(phrase)) for lang, name, phrase in _UNBOUNDED]
# A lone "suicide" in capitals or alone in a sentence about oneself is taken seriously, a title
# or a course is not.
_TITLE = re.compile(r"suicide (?:squad|prevention|hotline|watch|rates?|note in)|virgin suicides")
_DENIED = re.compile(
    r"(?:don't|do not|dont|never|not going to|wouldn't|would never|no longer|not|didn't|doesn't|"
    r"no|nunca|jamás|ne|pas|nicht|não|не|没有?|不会|不是|并不|从没|別|别|않)"
    r"(?:\s+(?:really|ever|actually|even|want|wanna|wish|to|going|think|thinking|about|of|i|me|que|"
    r"quiero|voy|a))*\s*$"
)
_OTHERS = re.compile(
    r"(?:he|she|they|my (?:friend|brother|sister|uncle|neighbou?r)|the (?:film|movie|book|song|character|hero)|"
    r"la (?:película|canción|novela)|el (?:libro|personaje)|电影里|小说里|新闻里|书里)(?:\s+\w+){0,4}\s*$"
)
_JOKES = re.compile(
    r"笑死|累死|饿死|热死|冷死|气死|烦死|困死|尴尬死|me muero de (?:risa|hambre|sueño|ganas)"
)
_ALWAYS_OWN = {"better-off", "mejor-muerto"}  # "they would be better off without me"
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e")
)
_QUOTES = str.maketrans("’‘ʼ＇´`“”", "''''''\"\"")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Return ``text`` as the phrases are written: one width, one case, nothing invisible."""
    folded = unicodedata.normalize("NFKC", text[:MAX_READ].translate(_INVISIBLE))
    return _SPACES.sub(" ", folded.translate(_QUOTES).casefold())


def assess(text: str, before: object = ()) -> Risk | None:
    """Return the risk that a message speaks of outright, None if it speaks of none."""
    read = _JOKES.sub(" ", _TITLE.sub(" ", normalise(text)))
    for language, name, pattern in _WORDS:
        for hit in pattern.finditer(read):
            before = read[max(0, hit.start() - 40) : hit.start()]
            clause = re.split(r"[.,;!?，。；！？]|\bbut\b|\bpero\b|但", before)[-1]
            told = name not in _ALWAYS_OWN and _OTHERS.search(clause)
            if not _DENIED.search(clause) and not told:
                return Risk("explicit", name, language)
    return None


def help_text(language: str) -> str:
    """Return what is said to somebody at risk, in their language (English if we lack it)."""
    return _HELP.get(language, _HELP["en"])


def is_at_risk(text: str) -> bool:
    """Whether help is shown instead of an answer."""
    risk = assess(text)
    return risk is not None and risk.tier != "soft"


def replacement(language: str) -> str:
    return help_text(language)


def check_in(language: str) -> str:
    return "STUB"


class Guard:
    tripped: str | None = None

    def feed(self, piece: str) -> str:
        return piece

    def finish(self) -> str:
        return ""

"""When a step has done its work.

The rule counts for the offline coach and for models that leave no note (``kit/talk/notes.py``).
"""

import re
from collections.abc import Sequence

from solacore.kit.llm import mirror

MAX_TURNS = 5
RICH_WORDS, RICH_CHARACTERS = 60, 100

_SMALL_TALK = re.compile(
    r"""(?:
    hi|hey|hello|yo|hiya|good\ (?:morning|evening|afternoon|night)|there|how\ are\ you(?:\ doing)?|
    how's\ it\ going|what's\ up|sup|lol|haha+|hehe+|hm+|uh|um|ok|okay|k|kk|fine|cool|nice|great|
    thanks|thank\ you|thx|yes|yeah|yep|no|nope|sure|maybe|idk|test|testing|just\ testing|nothing|
    nothing\ much|not\ much|bye|goodbye|see\ you|nice\ weather(?:\ today)?|who\ are\ you|
    are\ you\ (?:a\ bot|an\ ai|real|human)|
    hola|buenas|buenos\ días|buenos\ dias|buenas\ tardes|buenas\ noches|qué\ tal|que\ tal|
    cómo\ estás|como\ estas|jaja+|vale|bien|gracias|sí|si|adiós|adios|nada|prueba|quién\ eres|
    qué\ buen\ tiempo(?:\ hace)?(?:\ hoy)?|
    你好啊?|您好|嗨|哈+|呵呵|嘿嘿?|在吗|早上?好?|早安|晚上好|晚安|好的?|嗯+|哦+|行|谢谢|再见|
    你是谁|你是机器人吗|吃了吗|不|不是|没有|今天天气(?:真|很)?(?:好|不错)|没什么?|测试|随便聊聊
    )""",
    re.VERBOSE,
)
_REFUSAL = re.compile(
    r"""(?:no|nope|nah|not\ really|too\ (?:much|hard|big)|none(?:\ of\ (?:them|these|those))?|
    i\ can(?:'t|not)(?:\ do\ (?:that|it|this))?|i\ don't\ (?:want|know|think\ so)(?:\ to)?|
    not\ (?:now|today|sure|yet)|impossible|
    no\ puedo|no\ quiero|ninguna|ninguno|demasiado(?:\ difícil|\ grande)?|no\ lo\ sé|ahora\ no|
    todavía\ no|imposible|
    不|不行|不要|不想|不能|不会|太难了?|太多了?|做不到|没办法|都不行?|不知道|不确定|还没|算了)""",
    re.VERBOSE,
)
_PICKED = re.compile(
    r"\boption [abc123]\b|\bthe (?:first|second|third|last)\b|\bla (?:primera|segunda|tercera|"
    r"última)\b|\bel (?:primero|segundo|tercero)\b|\bopción [abc123]\b|第[一二三123]|选[abcABC]"
)
_LETTER = re.compile(r"(?<![\w'])[ABC](?![\w'])\)?")
_CHOICE = re.compile(
    r"""\(?[abc]\)?|[123]|option\ [abc123]|the\ (?:first|second|third|last)(?:\ one)?|
    (?:first|second|third)\ one|la\ (?:primera|segunda|tercera|última)|opción\ [abc123]|
    第[一二三123]个?|选?[abc]""",
    re.VERBOSE,
)
_YES = re.compile(
    r"""yes|yeah|yep|ok|okay|sure|fine|good|great|deal|tonight|today|tomorrow|now|i\ will|
    let's\ do\ it|
    sí|si|vale|claro|bien|hoy|mañana|esta\ noche|ahora|lo\ haré|de\ acuerdo|
    好的?|可以|行|嗯+|今天|今晚|明天|现在|我会的?|没问题""",
    re.VERBOSE,
)
# What leaves the choosing to the coach, or has nothing to do with a worry. Found in a message
# as a clause of its own; a worry beside it still counts.
_HANDS_OVER = re.compile(
    r"(?:you )?(?:just )?(?:decide|choose|pick) (?:one )?for me|you (?:decide|choose|pick)\b|"
    r"(?:just )?tell me what to do|which (?:one )?(?:would|do|should) (?:you|i) (?:choose|pick|"
    r"take|recommend|do)|what (?:would you|should i) (?:do|choose|pick)|which is (?:the )?best|"
    r"(?:你|帮我|替我)(?:来|帮我|替我)?(?:决定|选)(?:吧|一个)?|(?:直接)?告诉我(?:该)?怎么做|我该选哪|你会选哪|"
    r"哪个(?:最好|更好)|decide (?:tú|por mí)|(?:elige|escoge) (?:tú|por mí)|"
    r"dime qué (?:hacer|hago)|"
    r"(?:tú )?qué harías|cuál (?:me recomiendas|elegirías|es (?:la )?mejor)"
)
_ASIDE = re.compile(
    r"what(?:'s| is) the (?:capital|weather|time|score)|who (?:won|is the president)|"
    r"(?:tell me|know) a joke|(?:write|make) (?:me )?(?:a |an |some )?(?:poem|song|code|python|"
    r"script|essay|recipe)|translate (?:this|the)|"
    r"(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous |prior |above )?"
    r"(?:instructions|rules|prompt)|"
    r"(?:answer|reply|respond) only |只(?:用|能用).*回答|responde solo |"
    r"(?:your|the) system prompt|you are now |from now on you|"
    r"首都是|讲个笑话|写(?:一)?(?:首诗|段代码|篇作文)|翻译一下|天气(?:怎么样|如何)|"
    r"忽略(?:之前|以上|前面|所有)|系统提示|你现在是一?个|"
    r"cuál es la capital|quién ganó|cuénta\w* un chiste|escríb\w* (?:un|una) (?:poema|canción|"
    r"código|receta)|traduce (?:esto|la)|(?:ignora|olvida) (?:todas |las |tus |todas las )*"
    r"(?:instrucciones|reglas)|prompt del sistema|a partir de ahora eres"
)
_NO_LEAD = re.compile(
    r"(?:no(?! (?:problem|worries|hay problema))|nope|nah|none|neither|not|i can(?:'t|not)|"
    r"i (?:don't|won't)|i'm not|that's too|too|ninguna|ninguno|imposible|todavía no|ahora no|"
    r"demasiado)\b|(?:这些|那|三个|我)?(?:都)?(?:不行|不要|不想|不能|不会|不敢|不喜欢|做不到|没办法|不太|"
    r"不合适|太难|太多|还没|算了|没一个|不知道|不确定)(?!难|多)"
)
_TURNS_ROUND = re.compile(r"\bbut\b|\bpero\b|但|不过|instead|mejor|rather")
_PUNCTUATION = re.compile(r"[^\w\s']+|_")
_CLAUSES = re.compile(r"[.!?;\n。！？；]+")
_PARTS = re.compile(r"[.!?;,\n。！？；，]+")
_SPACES = re.compile(r"\s+")
_WORD_END = re.compile(r"(?=\s)|$|(?<=[\u4e00-\u9fff])")


def _plain(text: str) -> str:
    """Fold what does not matter: case, punctuation, emoji, white space."""
    lowered = text[:1_000].lower().replace("’", "'")
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", lowered)).strip()


def _only(pattern: re.Pattern[str], plain: str) -> bool:
    """Whether nothing but phrases of ``pattern`` is said."""
    rest = plain
    while rest:
        found = pattern.match(rest)
        longest = max((m.end() for m in _matches(pattern, rest)), default=0) if found else 0
        if not longest:
            return False
        rest = rest[longest:].lstrip()
    return True


def _matches(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return the matches at the start that end where a word does (``|`` stops at its first)."""
    ends = [m.end() for m in _WORD_END.finditer(text[:60]) if m.end()] or [len(text)]
    tried = (pattern.fullmatch(text, 0, end) for end in ends)
    return [match for match in tried if match]


def is_real(text: str, step: str) -> bool:
    """Whether a message brings something: no greeting, filler or small talk.

    Where something is to be chosen or agreed to, a short yes or a letter is real.
    """
    plain = _plain(text)
    if not plain:
        return False
    if step in ("options", "commit") and (_only(_CHOICE, plain) or _only(_YES, plain)):
        return True
    return not _only(_SMALL_TALK, plain) and not is_aside(text)


def is_aside(text: str) -> bool:
    """Whether all of it is about something else: a riddle, an errand, an order to the machine."""
    parts = [part for part in (_plain(clause) for clause in _CLAUSES.split(text[:1_000])) if part]
    return any(map(_ASIDE.search, parts)) and all(
        _ASIDE.search(part) or _only(_SMALL_TALK, part) for part in parts
    )


def hands_over(text: str) -> bool:
    """Whether the coach is asked to do the choosing, and nothing else is said."""
    parts = [part for part in map(_plain, _PARTS.split(text[:1_000])) if part]
    return any(map(_HANDS_OVER.search, parts)) and all(
        _HANDS_OVER.search(part) or _only(_SMALL_TALK, part) for part in parts
    )


def refuses(text: str) -> bool:
    """Whether a message says no, and neither turns round nor names another time."""
    plain = _plain(text)
    if _only(_REFUSAL, plain):
        return True
    leads = _NO_LEAD.match(plain)
    return bool(leads) and not _TURNS_ROUND.search(plain) and not mirror.moment(plain)


def _agrees(text: str, step: str) -> bool:
    """Whether a message chooses (options) or agrees to a step (commit)."""
    picked = bool(_PICKED.search(_plain(text)) or _LETTER.search(text))
    if not is_real(text, step) or _HANDS_OVER.search(_plain(text)):
        return False
    asks = text.rstrip().endswith(("?", "？")) and not _only(_CHOICE, _plain(text))
    if step == "options" and picked and not asks:
        return True
    if refuses(text):
        return False
    return not asks or (step == "commit" and bool(mirror.moment(text)))


def purpose_met(step: str, said: Sequence[str], *, clear: bool = False) -> bool:
    """Whether a step may be left after ``said``, the user's messages in it, oldest first.

    ``clear`` says that the profile has all that clarify is there for: then two answers do.
    Nobody is kept for more than MAX_TURNS.
    """
    if len(said) >= MAX_TURNS:
        return True
    if step in ("options", "commit"):
        return bool(said) and _agrees(said[-1], step)
    real = [text for text in said if is_real(text, step) and not hands_over(text)]
    if step == "clarify":
        rich = sum(len(text.split()) for text in real) >= RICH_WORDS
        rich = rich or sum(_chinese(text) for text in real) >= RICH_CHARACTERS
        return len(real) >= 3 or (len(real) >= 2 and (rich or clear))
    return bool(real)


def _chinese(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


def has_options(text: str) -> bool:
    """Whether an answer ends with its options, one a line: "A) …", "B) …"."""
    last = [line.strip()[:2] for line in text.strip().splitlines()[-3:]]
    return last[-2:] == ["A)", "B)"] or last == ["A)", "B)", "C)"]

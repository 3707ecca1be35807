"""When a step has done its work.

The rule counts for the offline coach and for models that leave no note (``kit/talk/notes.py``).
"""

import re
from collections.abc import Sequence

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
    你是谁|你是机器人吗|吃了吗|今天天气(?:真|很)?(?:好|不错)|没什么?|测试|随便聊聊
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
_PUNCTUATION = re.compile(r"[^\w\s']+|_")
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
    return not _only(_SMALL_TALK, plain)


def _refuses(text: str) -> bool:
    return _only(_REFUSAL, _plain(text))


def purpose_met(step: str, said: Sequence[str]) -> bool:
    """Whether a step may be left after ``said``, the user's messages in it, oldest first.

    Nobody is kept for more than MAX_TURNS.
    """
    if len(said) >= MAX_TURNS:
        return True
    real = [text for text in said if is_real(text, step)]
    if step == "clarify":
        rich = sum(len(text.split()) for text in real) >= RICH_WORDS
        rich = rich or sum(_chinese(text) for text in real) >= RICH_CHARACTERS
        return len(real) >= 3 or (len(real) >= 2 and rich)
    if step in ("options", "commit"):
        return bool(said) and is_real(said[-1], step) and not _refuses(said[-1])
    return bool(real)


def _chinese(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


def has_options(text: str) -> bool:
    """Whether an answer ends with its options, one a line: "A) …", "B) …"."""
    last = [line.strip()[:2] for line in text.strip().splitlines()[-3:]]
    return last[-2:] == ["A)", "B)"] or last == ["A)", "B)", "C)"]

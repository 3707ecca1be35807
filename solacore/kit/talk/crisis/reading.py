"""From letters to symbols: what somebody wrote, in the words our phrases know.

Words that are known are looked up; words that are not may be known ones in disguise: spelt
out with dots, stuck together, torn apart, with digits for letters, doubled or mistyped.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from solacore.kit.talk.crisis.lexicon import OTHER_WORD, PAUSE, STOP, Lexicon, lexicon

LATIN = ("en", "es", "fr", "de", "pt", "zh-pinyin")
_LETTER = r"[\w\u0900-\u0963\u0966-\u097f]"
_TOKEN = re.compile(
    rf"[@$]?{_LETTER}+(?:[@$!|*+'.]{{1,2}}{_LETTER}+)*|[.]{{2,}}|…|[.!?;\n\r。！？；।؟۔]|[,:()（）\"，、：،؛—–]"
    "|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
_SPELT = re.compile(rf"(?<!{_LETTER})(?:{_LETTER}[ .*·/|,~+-]{{1,3}}){{2,}}{_LETTER}(?!{_LETTER})")
_ELISION = re.compile(r"\b([jldmtnscq]|qu)'(?=\w)")
_BETWEEN_SIGNS = re.compile(
    r"(?<=[\u3040-\u9fff\uac00-\ud7af])[ .*·/|~+-]{1,3}(?=[\u3040-\u9fff\uac00-\ud7af])"
)
_SIGN_BREAK = {sign: STOP for sign in ".!?;\n\r。！？；"} | {
    sign: PAUSE for sign in ',:()（）"，、：…—–'
}
_LEET = str.maketrans("013457@$!|+8", "oieastasiitb")
_LEET_L = str.maketrans("013457@$!|+8", "oleastasllrb")
_DOUBLED = re.compile(r"(.)\1+")
# Traditional characters of our phrases, each before its simplified form.
_PAIRS = (
    "殺杀輕轻樓楼燒烧藥药遺遗書书沒没個个這这們们對对說说寫写過过還还讓让時时間间麼么覺觉願愿結结斷断傷伤殘残淨净煩烦離离開开聽听詞词電电視视劇剧戲戏讀读點点課课學学論论報报導导統统計计"
    "預预線线幫帮嗎吗樣样會会從从媽妈別别無无義义體体錯错應应該该誰谁親亲記记錄录後后兒儿貓猫買买準准備备橋桥頂顶氣气癡痴顆颗單单關关於于訴诉請请絕绝實实話话認认為为現现問问題题兩两歲岁"
    "邊边終终與与盡尽裡里給给謝谢繼继續续擔担負负懷怀惡恶夢梦識识場场藝艺產产業业經经歷历鋼钢魚鱼獲获處处機机裏里著着總总愛爱歡欢樂乐憂忧鬱郁養养尋寻撐撑贅赘隊队鄰邻題题來来見见擊击恆恒傾倾慣惯幹干條条種种衝冲車车勁劲淚泪檢检訊讯號号"
    "醫医師师療疗壓压腳脚臉脸屍尸滅灭剛刚吞吞繩绳槍枪護护徹彻爛烂誤误拋抛棄弃懂懂聯联絡络戀恋嚇吓緊紧張张餓饿熱热凍冻蠢蠢魂魂臨临態态劃划"
)
_SIMPLER = str.maketrans(_PAIRS[::2], _PAIRS[1::2])


def spaced(text: str) -> list[str]:
    """Return a normalised text's words and signs, in order."""
    text = _ELISION.sub(r"\1 ", _SPELT.sub(_put_together, text))
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        if "." in token and token[0] != "." and token.replace(".", "") not in _vocabulary():
            for piece in token.split("."):
                tokens += [piece.replace("'", ""), "."]
            tokens.pop()
        elif token[0] == "." and len(token) > 1:
            tokens.append("…")
        else:
            tokens.append(token.replace("'", "").replace(".", "") if len(token) > 1 else token)
    return _mended(tokens)


def _put_together(spelt: re.Match[str]) -> str:
    """Join what is spelt out; two spaces were a word's end."""
    words = re.split(r" {2,}", spelt[0])
    return " ".join(re.sub(r"[ .*·/|,~+-]", "", word) for word in words)


def _mended(tokens: list[str]) -> list[str]:
    """Join words that were torn in two, if what comes out is one of the telling words."""
    telling, known = _telling(), _vocabulary()
    mended: list[str] = []
    for token in tokens:
        last = mended[-1] if mended else ""
        if (
            mended
            and last + token in telling
            and not (last in known and token in known and len(token) > 3)
        ):
            mended[-1] = last + token
        else:
            mended.append(token)
    return mended


def symbols(tokens: list[str], lex: Lexicon) -> str:
    """Return the symbols of a spaced language's tokens."""
    known = lex.symbols
    read = {token: _symbol(token, lex, known) for token in set(tokens)}
    return "".join([read[token] for token in tokens])


def _symbol(token: str, lex: Lexicon, known: dict[str, str]) -> str:
    if token in known:
        return known[token]
    if token in _SIGN_BREAK:
        return _SIGN_BREAK[token]
    for word in _disguised(token) if lex.language in _FUZZY else ():
        if word in known:
            return known[word]
    pieces = _pieces(token, lex) if 6 <= len(token) <= 400 else ""
    return pieces or OTHER_WORD


def stream(text: str, lex: Lexicon) -> str:
    """Return the symbols of a language without spaces: the longest known word at each place."""
    text = _BETWEEN_SIGNS.sub("", text)
    if lex.language == "zh":
        text = text.translate(_SIMPLER)
    return "".join(_longest(text, lex))


def _longest(text: str, lex: Lexicon) -> Iterator[str]:
    known, lengths, at = lex.symbols, lex.lengths, 0
    while at < len(text):
        sign = text[at]
        for length in lengths.get(sign, ()):
            symbol = known.get(text[at : at + length])
            if symbol:
                yield symbol
                at += length
                break
        else:
            at += 1
            if sign != " ":
                yield _SIGN_BREAK.get(sign, OTHER_WORD)


def _pieces(token: str, lex: Lexicon) -> str:
    """Return the symbols of words written without spaces, "" if they are not all known."""
    best: list[str | None] = [""] + [None] * len(token)
    for at in range(len(token)):
        done = best[at]
        if done is None:
            continue
        for length in lex.lengths.get(token[at], ()):
            word = token[at : at + length]
            if word in lex.symbols and (length > 1 or word in "iyaeo"):
                end, grown = at + length, done + lex.symbols[word]
                kept = best[end] if end <= len(token) else ""
                if kept is None or len(grown) < len(kept):
                    best[end] = grown
    whole = best[-1]
    return whole if whole and len(whole) > 1 else ""


_FUZZY = frozenset(["en", "es", "fr", "de", "pt", "ru", "ar", "hi", "zh"])


@lru_cache(4096)
def _disguised(token: str) -> tuple[str, ...]:
    """Return the known words that ``token`` may stand for, likeliest first."""
    known = _vocabulary()
    found: list[str] = []
    if not token.isalpha():
        for table in (_LEET, _LEET_L):
            plain = token.translate(table).replace("*", "")
            found += [plain] if plain in known else _collapsed().get(_DOUBLED.sub(r"\1", plain), ())
        if "*" in token:
            found += _starred().get(re.sub(r"\*+", "*", token), ())
    found += _collapsed().get(_DOUBLED.sub(r"\1", token), ())
    if len(token) >= 4 and not found and token not in _innocent():
        found += _mistyped(token)
    return tuple(found)


def _mistyped(token: str) -> Iterator[str]:
    """Yield long known words at distance 1 (one letter more, less, other, or two swapped)."""
    index = _one_less()
    yield from index.get(token, ())
    for at in range(len(token)):
        less = token[:at] + token[at + 1 :]
        if less in _long():
            yield less
        for word in index.get(less, ()):
            if _one_apart(word, token):
                yield word


def _one_apart(word: str, token: str) -> bool:
    if len(word) != len(token):
        return False
    apart = [at for at, (a, b) in enumerate(zip(word, token, strict=True)) if a != b]
    if len(apart) == 2 and apart[1] == apart[0] + 1:
        return word[apart[0]] == token[apart[1]] and word[apart[1]] == token[apart[0]]
    return len(apart) == 1 and len(word) >= 5


@cache
def _lexicons() -> tuple[Lexicon, ...]:
    return tuple(lexicon(name) for name in (*LATIN, "ru", "ar", "hi"))


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(word for lex in _lexicons() for word in lex.telling_apart)


@cache
def _telling() -> frozenset[str]:
    return frozenset(word for lex in _lexicons() for word in lex.telling if len(word) > 3)


@cache
def _long() -> frozenset[str]:
    return frozenset(word for word in _vocabulary() if len(word) >= 5)


@cache
def _innocent() -> frozenset[str]:
    return frozenset(word for lex in _lexicons() for word in lex.innocent)


@cache
def _collapsed() -> dict[str, list[str]]:
    return _index((_DOUBLED.sub(r"\1", word), word) for word in _vocabulary() if len(word) > 2)


@cache
def _starred() -> dict[str, list[str]]:
    """Return the telling words by how they look with one or two letters starred out."""
    return _index(
        (word[:at] + "*" + word[at + size :], word)
        for word in sorted(_telling() | {"die", "kill"})
        for at in range(1, len(word))
        for size in (1, 2, 3)
    )


@cache
def _one_less() -> dict[str, list[str]]:
    words = sorted(word for word in _vocabulary() if len(word) >= 4)
    return _index((word[:at] + word[at + 1 :], word) for word in words for at in range(len(word)))


def _index(pairs: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, word in pairs:
        if word not in found.setdefault(key, []):
            found[key].append(word)
    return found

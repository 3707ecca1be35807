"""From letters to symbols: what somebody wrote, in the words our phrases know.

Words that are known are looked up; words that are not may be known ones in disguise: spelt
out with dots, stuck together, torn apart, with digits for letters, doubled or mistyped.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from solacore.kit.talk.crisis.lexicon import OTHER_WORD, PAUSE, STOP, Lexicon, lexicon
from solacore.kit.talk.crisis.near import Near

LATIN = ("en", "es", "fr", "de", "pt", "zh-pinyin", "hi")  # Hindi is typed in both scripts
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
_SIGN_BREAK = {sign: STOP for sign in ".!?;\n\r。！？；؟؛۔"} | {
    sign: PAUSE for sign in ',:()（）"，、：…—–،'
}
_LEET = str.maketrans("013457@$!|+8", "oieastasiitb")
_LEET_L = str.maketrans("013457@$!|+8", "oleastasllrb")
_DOUBLED = re.compile(r"(.)\1+")
_SENTENCE_END = re.compile(
    r"(?<=[\u3040-\u9fff\uac00-\ud7af]{2})\.+ +(?=[\u3040-\u9fff\uac00-\ud7af]{2})"
)
# Traditional characters of our phrases, each before its simplified form.
_PAIRS = (
    "殺杀輕轻樓楼燒烧藥药遺遗書书沒没個个這这們们對对說说寫写過过還还讓让時时間间麼么覺觉願愿結结斷断傷伤殘残淨净煩烦離离開开聽听詞词電电視视劇剧戲戏讀读點点課课學学論论報报導导統统計计"
    "預预線线幫帮嗎吗樣样會会從从媽妈別别無无義义體体錯错應应該该誰谁親亲記记錄录後后兒儿貓猫買买準准備备橋桥頂顶氣气癡痴顆颗單单關关於于訴诉請请絕绝實实話话認认為为現现問问題题兩两歲岁"
    "邊边終终與与盡尽裡里給给謝谢繼继續续擔担負负懷怀惡恶夢梦識识場场藝艺產产業业經经歷历鋼钢魚鱼獲获處处機机裏里著着總总愛爱歡欢樂乐憂忧鬱郁養养尋寻撐撑贅赘隊队鄰邻題题來来見见擊击恆恒傾倾慣惯幹干條条種种衝冲車车勁劲淚泪檢检訊讯號号"
    "醫医師师療疗壓压腳脚臉脸屍尸滅灭剛刚吞吞繩绳槍枪護护徹彻爛烂誤误拋抛棄弃懂懂聯联絡络戀恋嚇吓緊紧張张餓饿熱热凍冻蠢蠢魂魂臨临態态劃划"
    "夠够獨独國国陽阳臺台檯台頭头腦脑遊游筆笔紙纸鎖锁懸悬銀银錢钱債债貸贷賬账帳帐漢汉運运動动壞坏變变節节約约極极輪轮軌轨臥卧農农試试驗验評评險险測测資资輔辅諮咨輩辈選选擇择殯殡階阶層层廚厨劑剂顧顾縫缝牆墙彈弹飛飞鳥鸟鬧闹鬆松輸输贏赢賠赔賣卖園园"
    "圖图團团圓圆塊块墳坟夾夹奮奋寵宠屬属嶼屿幾几庫库廢废強强徑径憶忆懶懒戰战掃扫掛挂採采換换損损搖摇擁拥據据擠挤擺摆攝摄敗败斃毙沖冲決决溫温滿满滾滚漸渐潰溃瀉泻灑洒災灾犧牺狀状猶犹瘋疯瘡疮盤盘礙碍禮礼稱称穩稳窮穷競竞簡简糧粮級级純纯細细組组編编"
    "緩缓縮缩纏缠罵骂羅罗職职聞闻聲声肅肃脫脱腫肿膽胆臟脏艙舱莊庄葉叶蓋盖蘋苹蟲虫術术衛卫裝装補补規规觸触訂订討讨許许詢询談谈講讲證证譜谱貝贝責责貨货貴贵費费貼贴賀贺賓宾質质賭赌購购趕赶跡迹踐践蹤踪躍跃軍军軟软較较載载輛辆辦办迴回進进違违適适遲迟"
    "遠远遷迁邏逻醜丑釋释針针釘钉鈔钞鉤钩銳锐鋒锋錶表鍋锅鏡镜鐘钟鐵铁鑰钥長长門门閃闪閉闭閒闲闆板陣阵陰阴陳陈際际隨随雖虽雙双雜杂靜静響响頁页項项順顺須须頓顿頸颈頻频顏颜類类飄飘飯饭飲饮飾饰飽饱餅饼餘余館馆馬马駕驾騎骑騙骗驅驱髒脏鬥斗魯鲁鮮鲜麗丽"
    "麥麦麵面黃黄黨党齊齐齡龄龍龙慘惨懼惧歸归殭僵毀毁澆浇濕湿燈灯營营爐炉爺爷牽牵獎奖瑪玛環环當当疊叠發发盜盗睜睁睏困眾众矯矫確确禍祸窩窝籠笼緒绪縱纵罰罚翹翘聰聪膚肤艱艰莖茎薦荐蔥葱蘇苏蠟蜡襪袜覽览訓训詐诈誌志諾诺謊谎譽誉豬猪賤贱賴赖贖赎輟辍轉转"
    "轟轰辭辞遞递鄉乡釀酿釣钓鈴铃鋪铺鎮镇鑽钻閣阁闖闯隱隐難难霧雾頹颓顯显風风餵喂驚惊驟骤鹽盐"
    "專专絲丝丟丢爲为舉举習习瞭了爭争虧亏倉仓價价夥伙傘伞傳传侶侣側侧興兴內内涼凉減减湊凑彆别颳刮製制剎刹勸劝務务區区卻却捲卷厭厌廁厕髮发隻只颱台閤合弔吊嚮向員员週周鹹咸嚥咽噴喷囑嘱堅坚復复複复誇夸婦妇孃娘嬰婴嬸婶嬤嬷孫孙寧宁傢家將将爾尔嘗尝尷尴"
    "侷局屜屉島岛嶽岳佈布帶带並并併并倖幸廣广慶庆牀床異异唸念懲惩戶户纔才紮扎執执揚扬擾扰摺折摳抠撓挠攢攒敵敌數数曬晒暈晕闇暗桿杆欄栏樹树歐欧慾欲燬毁譭毁畢毕氾泛潑泼潔洁塗涂濺溅潛潜瀕濒靈灵煙烟菸烟燙烫翫玩畫画癥症瞞瞒禱祷鞦秋係系繫系糾纠紅红紀纪"
    "紛纷紹绍綁绑維维緣缘縊缢網网羨羡脅胁揹背鬍胡膠胶脈脉膩腻捨舍葯药慮虑虛虚襲袭議议設设訪访訣诀証证詩诗調调謂谓賽赛軋轧輯辑辮辫連连痠酸鍼针鈣钙鉛铅銷销悶闷閨闺闌阑僱雇韓韩鬚须領领鯊鲨雞鸡乾干閑闲鬨哄擱搁彎弯灣湾檔档傭佣倆俩"
    "嚴严託托捱挨徵征穀谷搶抢憐怜竄窜攬揽東东勞劳廂厢嚨咙脣唇慼戚擰拧竈灶織织罷罢寶宝儘尽綵彩祇只"
)
# Cantonese (and Taiwanese) characters that do the work of a Mandarin one: its grammar then serves.
_SPOKEN = "唔不冇没諗想谂想佢他咗了嘅的喺在攰累瞓睡俾给畀给睇看哋们嗰那食吃𠝹割鎅割𠝹割妳你牠它矣了嬲气嚟来企站嘢事乜什冧倒攞拿啲些冚全埋了噉样咁这俺我仲还"
_SIMPLER = str.maketrans(_PAIRS[::2], _PAIRS[1::2]) | str.maketrans(_SPOKEN[::2], _SPOKEN[1::2])


def prepare() -> None:
    """Read what words in disguise may stand for, if that was not done yet: half a second."""
    for table in (_near, _long, _letters, _collapsed, _starred, _innocent):
        table()


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
    read = each(tokens, lex)
    return "".join([read[token] for token in tokens])


def each(tokens: list[str], lex: Lexicon) -> dict[str, str]:
    """Return what each token reads as in a language."""
    return {token: _symbol(token, lex) for token in set(tokens)}


@lru_cache(32_768)  # people share most of their words: a third of a long message's time
def _symbol(token: str, lex: Lexicon) -> str:
    known = lex.symbols
    if token in known:
        return known[token]
    if token in _SIGN_BREAK:
        return _SIGN_BREAK[token]
    for word in _disguised(token, lex.exact) if lex.language in _FUZZY else ():
        if word in known:
            return known[word]
    pieces = _pieces(token, lex) if 6 <= len(token) <= 400 else ""
    return pieces or OTHER_WORD


def stream(text: str, lex: Lexicon) -> str:
    """Return the symbols of a language without spaces: the longest known word at each place."""
    if lex.language == "ko":  # its sentences end as Latin ones do
        text = _SENTENCE_END.sub("。", text)
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
    if token[0] not in lex.lengths:
        return ""
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
def _disguised(token: str, exact: bool) -> tuple[str, ...]:
    """Return the known words that ``token`` may stand for, likeliest first."""
    if _letters().isdisjoint(token):  # another script: nothing is near
        return ()
    known = _vocabulary()
    found: list[str] = []
    if not token.isalpha():
        for table in (_LEET, _LEET_L):
            plain = token.translate(table).replace("*", "")
            found += [plain] if plain in known else _collapsed().get(_DOUBLED.sub(r"\1", plain), ())
        if "*" in token:
            found += _starred().get(re.sub(r"\*+", "*", token), ())
    found += _collapsed().get(_DOUBLED.sub(r"\1", token), ())
    if not exact and len(token) >= 4 and not found and token not in _innocent():
        found += _mistyped(token)
    return tuple(found)


def _mistyped(token: str) -> Iterator[str]:
    """Yield long known words at distance 1 (one letter more, less, other, or two swapped)."""
    near = _near()
    yield from near.without_a_letter(token)
    for at in range(len(token)):
        less = token[:at] + token[at + 1 :]
        if less in _long():
            yield less
        for word in near.without_a_letter(less):
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
    return tuple(lexicon(name) for name in (*LATIN, "ru", "ar"))


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(word for lex in _lexicons() for word in lex.vocabulary)


@cache
def _letters() -> frozenset[str]:
    return frozenset("".join(_vocabulary())) | {chr(sign) for sign in (*_LEET, *_LEET_L)}


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
    return _index(
        (_DOUBLED.sub(r"\1", word), word) for word in sorted(_vocabulary()) if len(word) > 2
    )


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
def _near() -> Near:
    words = {word for lex in _lexicons() if not lex.exact for word in lex.vocabulary}
    return Near(sorted(word for word in words if len(word) >= 4))


def _index(pairs: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, word in pairs:
        if word not in found.setdefault(key, []):
            found[key].append(word)
    return found

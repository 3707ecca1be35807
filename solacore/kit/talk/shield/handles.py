"""Names on other networks, where a text says that they are some, and where people live.

A bare word is never taken for a name: "my instagram is private" is no handle.
"""

import re
from collections.abc import Iterator

from solacore.kit.talk.shield.reading import LEFT, RIGHT

_NETWORK = re.compile(
    rf"""(?:{LEFT}(?:we[ ]?chat|weixin|wx|vx|signal|ins|bluesky|bsky|viber|zalo|pinterest|youtube|twitch|telegram|tg|instagram|insta|ig|twitter|snapchat|snap|tiktok|discord|facebook
    |fb|messenger|skype|line|kakao(?:talk)?|qq|linkedin|reddit|github|steam|threads|mastodon|вконтакте|вк|телеграм\w*|инстаграм\w*|тг
    |تيليجرام|تلغرام|انستغرام|سناب|टेलीग्राम|इंस्टाग्राम){RIGHT}|(?<=[加我])v{RIGHT}|(?<=my[ ])x(?=[ ](?:handle|account|name|is))|微信|威信|薇信|电报|電報|小红书|抖音|微博|推特|脸书|领英|카카오톡|카톡|라인|인스타|インスタ|ライン|ツイッター)""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
_NOUN = r"(?:id|handle|account|username|user ?name|user|name|nick|usuario|cuenta|nombre|konto|compte|pseudo|号码?|號碼?|账号|帳號|帐号|아이디|аккаунт|ник)"
# What stands between the network and the name, and how sure it makes us.
_LINK = re.compile(
    rf" ?(?P<noun>{_NOUN}{RIGHT})?(?P<more> ?{_NOUN}{RIGHT})?"
    rf"(?P<is> ?(?:[:=-]|(?:is|es|est|ist|é|è|as|como|als|у меня){RIGHT}|是|为|為|は|는|은|이|搜|加|叫) ?|, | )?(?P<at>@)?"
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.\-]{1,31}(?:#\d{4})?|(?<=@)\w{2,20})",
    re.IGNORECASE,
)
_AT_NAME = re.compile(
    rf"{LEFT}(?<![.@/])@(?P<name>[A-Za-z_](?:[A-Za-z0-9_]|\.(?=[A-Za-z0-9_])){{2,29}})(?![\w/@(])",
    re.ASCII,
)
_PROFILE = re.compile(
    r"(?:t\.me|instagram\.com|twitter\.com|x\.com|facebook\.com|linkedin\.com/in|tiktok\.com|github\.com|wa\.me|reddit\.com/u(?:ser)?|weibo\.com|twitch\.tv|youtube\.com/(?=@)"
    r"|threads\.net|vk\.com|pinterest\.com|snapchat\.com/add)"
    r"/@?(?P<name>[A-Za-z0-9_.\-]{2,40})",
    re.IGNORECASE,
)
_REDDIT = re.compile(rf"{LEFT}/?u/(?P<name>[A-Za-z0-9_-]{{3,20}}){RIGHT}", re.ASCII)
# Networks whose names are words: "the line is busy" speaks of none.
_WORDS = frozenset(["line", "snap", "signal", "steam", "threads", "messenger", "ins", "v", "x"])
_LOOSE = frozenset([",", "as", "como", "als"])
_PLACES = frozenset(
    "home work school night the office noon lunch least once first last all media import override property "
    "param return returns everyone here channel church gym university college hospital".split()
)
_CLAUSE_END = re.compile(
    r" ?(?:$|[.,;!?)\n，。！？；]|(?:and|if|y|si|or|but|et|und|so|in case|谢|，)\b)"
)
_PLAIN = frozenset(
    "private public down blocked full gone hacked banned addictive toxic fake great fun bad good fine dead "
    "open closed new old empty fake boring useless broken slow mine ours yours this that it there here not "
    "privado privada público roto lento lleno mío messages group groups call calls chat feed stories story "
    "posts app bot web video videos notifications too again everywhere everything nothing ok okay".split()
)


def handles(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the names on other networks in a folded text."""
    for network in _NETWORK.finditer(text):
        link = _LINK.match(text, network.end())
        if link and _is_name(text, network[0], link):
            start, end = link.span("name")
            yield (
                start - bool(link["at"]),
                end - len(text[start:end]) + len(text[start:end].rstrip(".-")),
            )
    for match in _AT_NAME.finditer(text):
        if match["name"].casefold() not in _PLACES:
            yield match.start(), match.end()
    for match in _PROFILE.finditer(text):
        yield match.span("name")
    for match in _REDDIT.finditer(text):
        yield match.span("name")


def _is_name(text: str, network: str, link: re.Match[str]) -> bool:
    name = link["name"].rstrip(".-")
    if len(name) < 3:
        return False
    if link["at"]:
        return name.casefold() not in _PLACES
    if (link["is"] or "").strip() in _LOOSE and not re.search(r"[\d_]", name):
        return False  # "Instagram, Telegram and the rest", "telegram as usual"
    sure = bool(link["noun"]) or (link["is"] or "").strip() in (":", "=")
    if name.isdigit():
        return (network.casefold() == "qq" and 5 <= len(name) <= 11) or (sure and len(name) >= 5)
    letters = bool(re.search(r"[A-Za-z]", name))
    distinct = letters and bool(re.search(r"[\d_]|[a-z]\.[a-z]", name, re.IGNORECASE))
    linked = bool((link["is"] or "").strip()) or bool(link["noun"])
    if distinct:
        return linked or not re.fullmatch(
            r"\d+(?:st|nd|rd|th|am|pm|s|x|k|h|gb|mb|g|%)", name, re.IGNORECASE
        )
    # A bare word: only where a name is announced and nothing follows that goes on with a sentence.
    ends = bool(_CLAUSE_END.match(text, link.end("name")))
    announced = bool(link["noun"]) if network.casefold() in _WORDS else linked
    return announced and ends and name.casefold() not in _PLAIN

"""Does a message try to give the model orders? A flag, never a change of the text.

What is told of others ("my boss told me to ignore previous instructions") is no order: an order
stands where a sentence begins, or after "please", "you must", "now". The families and phrases are
ours; OWASP's LLM01 (Prompt Injection) describes the kinds.
"""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from urllib.parse import unquote

MAX_READ = 8_000
_MAX_TOKENS = 8  # base64 or hexadecimal words that are decoded, per message

_INVISIBLE = {
    code: None
    for code in [
        0xAD,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        0xFEFF,
    ]
}
_TAGS = {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}  # invisible, but models read them
_ALIKE = str.maketrans("авеікмнорстухѕјαοερν’‘ʼ", "abeikmhopctyxsjaoepv'''")
_LEET = str.maketrans("43!10$57@", "aeiiosst" + "a")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_](?:[ .\-_*|/]{1,3})){5,}[^\W_](?![^\W_])")
# How words are set off inside of an order: tags, and the stars of Markdown.
_MARKS = re.compile(r"</?[a-z][^<>]{0,60}>|[*`~]+")
# Chinese characters with a space between each two, as nobody writes them.
_SPACED_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])[ .\-_*|/](?=[\u4e00-\u9fff])")

# Where an order can stand: at the start of a clause, or after words that lead up to one.
_LEAD = re.compile(
    r"(?:^|[\u3040-\u30ff\u4e00-\u9fff]|[.,:;!?\n\"'`>\[\])}({*#|/¿¡-]|\b(?:please|kindly|now|just|simply|and|then|so|instead|must|should|shall|will|can|could|"
    r"you to|is to|first|immediately|por favor|ahora|y|debes|tienes que|quiero que|puedes|necesito que|entonces|simplemente))\s*$"
)
_OF = r"(?:of |about |las? |los |tus? |sus? |mis? |the |your |my |any |all |every |these |those |that |todas? |todos? |cualquier )"
_EN_VERB = r"(?:ignore|disregard|forget|override|overwrite|bypass|discard|abandon|neglect|overlook|drop|skip|pay no attention to|stop following|do not follow|don't follow|disobey|disable|erase|delete|cancel|void|revoke|suspend|dismiss|reject|unlearn|wipe|do not obey|don't obey|stop obeying|break|turn off|switch off|ditch)"
_EN_WHICH = r"(?:all|any|every|previous|prior|above|earlier|preceding|foregoing|existing|original|initial|system|past|former|safety|developer|your|old|current|hidden|content|ethical)"
_EN_WHAT = r"(?:instructions?|prompts?|rules?|directions?|guidelines?|commands?|directives?|constraints?|programming|training|orders|policies|policy|filters?|restrictions?|safeguards|guardrails|safety|context)"
_ES_VERB = r"(?:ignor[ae]s?|olvid[ae]s?|olv[ií]date de|descart[ae]s?|desestima|omite|omitas|anula|elimina|pasa por alto|no obedezcas|no respetes|rompe|borra|cancela|revoca|no sigas|no hagas caso (?:a|de)|haz caso omiso (?:a|de)|s[aá]ltate|desobedece|deja de seguir)"
_ES_WHAT = r"(?:instrucciones|instrucci[oó]n|reglas|indicaciones|[oó]rdenes|directrices|normas|restricciones|prompts?|mensajes? de(?:l)? sistema|limitaciones|filtros)"
_LEAK_EN = r"(?:reveal|show|print|display|output|repeat|tell|give|leak|dump|write|translate|summari[sz]e|copy|send|paste|recite|expose|share|provide|type(?: out)?|spell(?: out)?|what (?:is|are|was|were|does|do|did)|what's)"
_HIDDEN_EN = r"(?:(?:system|hidden|secret|initial|original|internal|developer|confidential|pre|base) ?(?:prompt|message|instructions?|rules|guidelines|directives)|(?:your|the) (?:full |exact |entire |complete )?(?:prompt|instructions) (?:verbatim|word for word|above|in full)|your (?:prompt|instructions|configuration|config|system prompt|guardrails)|(?:instructions|prompt|rules|guidelines|directions|text) (?:that )?you (?:were|have been|are|got|received)|(?:words|text|everything|lines|all) above)"
_HIDDEN_ES = r"(?:prompt (?:de |del |de tu )?sistema|(?:instrucciones|reglas|indicaciones) (?:iniciales|ocultas|secretas|internas|originales|del? sistema)|mensaje de(?:l)? sistema|tu prompt|tus instrucciones|texto (?:anterior|de arriba))"

# (family, pattern, whether it counts only where an order can stand). A space stands for up to
# three separators, so that "ignore-all.previous" and joined letters are read as well.
_PHRASES = [
    ("override", rf"{_EN_VERB} {_OF}{{0,3}}(?:{_EN_WHICH} {_OF}{{0,2}}){{1,3}}{_EN_WHAT}", True),
    ("override", rf"{_EN_VERB} (?:everything|anything|all)(?: that)?(?: (?:above|before this|you were told|you have been told|you've been told|you know|you were taught|i said before))", True),
    ("override", rf"{_EN_VERB} {_OF}{{0,2}}above (?:and|instead)|(?:your|here are (?:your|the)|these are your) new (?:instructions|rules|orders|system prompt)|^new (?:instructions|system prompt|rules)\b", True),
    ("override", rf"{_ES_VERB} {_OF}{{0,3}}{_ES_WHAT} (?:anteriores|previas|de arriba|del sistema|iniciales|originales|que te|de seguridad)", True),
    ("override", rf"{_ES_VERB} (?:todas? |todos? )(?:las |los |tus |sus )?{_ES_WHAT}|{_ES_VERB} (?:tus |sus ){_ES_WHAT}|{_ES_VERB} (?:todo )?lo (?:anterior y|de arriba y)|{_ES_VERB} todo lo (?:anterior|que te (?:han|he) dicho|de arriba)|nuevas (?:instrucciones|reglas) (?:del sistema|para ti)", True),
    ("override", r"(?:your|the) (?:new|real|only|actual) (?:task|job|role|purpose|goal) (?:is|will be) (?:now )?to (?:write|help|hack|produce|generate|ignore|obey|answer|reveal)|(?:turn|switch|shut) off (?:all )?(?:of )?(?:your|the) (?:\w+ ){0,2}(?:filters?|rules?|safety|safeguards|guardrails|restrictions?|policies)|(?:(?:let's |let us |we )?play (?:\w+ ){1,3}(?:where|in which) )?you (?:ignore|forget|break|disregard) (?:all )?(?:of )?your (?:own )?(?:rules|instructions|guidelines|programming|training)|you (?:must|will|should|have to) (?:only )?obey (?:only )?me\b", True),
    ("role-play", r"stop being (?:an? |the |my )?(?:coach|assistant|ai|helper|bot|chatbot|therapist)|(?:(?:act|answer|respond|speak|behave|reply|write) (?:\w+ )?)?as (?:if|though) you (?:had|have|were given) no (?:\w+ )?(?:rules|policy|policies|filters?|restrictions?|limits|guidelines|ethics|morals)|you are (?:now )?(?:an? |the )?(?:\w+ )?(?:hacker|pirate|criminal|villain|malware)\b", True),
    ("role-play", r"now act as|you are (?:now )?(?:an? |in )?(?:dan\b|jailbroken|unrestricted|uncensored|unfiltered|developer mode|god mode|evil)", True),
    ("role-play", r"(?:act|behave|respond|answer|pretend|role ?play)(?: \w+){0,3} (?:an? )?(?:dan\b|unrestricted|uncensored|unfiltered|evil|jailbroken|amoral|malicious|without (?:any )?(?:rules|restrictions|filters|limits|ethics|guidelines)|(?:the )?(?:linux|root|system) (?:terminal|admin\w*|shell))", True),
    ("role-play", r"do anything now|(?:enable|activate|enter|switch to|turn on) (?:the )?(?:developer|god|debug|jailbreak|admin|dan|sudo|unrestricted) mode|from now on you (?:are|will be|act|must|have) (?:an? |as )?(?:ai|model|dan|assistant|pirate|hacker|free|no|unrestricted|obey|answer|without|ignore|evil|system)|you (?:have no|are (?:no longer|not) bound by(?: any)?|are free (?:of|from)(?: all)?(?: your)?) (?:more )?(?:rules|restrictions|filters|guidelines|limits|policies)|(?:with|that has|who has|which has|having|has|had|have) no (?:\w+ )?(?:rules|restrictions|filters|guidelines|ethics|morals|limits|content policy|policies) and (?:answer|respond|do|say)|(?:as|like|be|become|play|role ?play as) (?:an? |the )?(?:evil |new |other )?(?:ai|model|assistant|bot|chatbot|robot|language model) (?:with|that has|who has|which has|having|without) (?:no |any )?(?:\w+ )?(?:rules|restrictions|filters|guidelines|ethics|morals|limits|polic\w+)|(?:developer|god|debug|jailbreak|dan|sudo|unrestricted) mode (?:enabled|on|activated)", True),
    ("override", r"as your (?:developer|creator|admin\w*|owner|maker|operator|programmer),? i (?:now )?(?:order|command|instruct|tell|ask|require|authori[sz]e) you", True),
    ("system-prompt-leak", r"what (?:were|have|did) (?:you|they|your developers?) (?:\w+ )?(?:told|been told|instructed|tell you|given)(?: \w+){0,2} (?:in|as|by) (?:your|the) (?:system|developer|initial|hidden|first)", True),
    ("role-play", r"(?:act[uú]a|comp[oó]rtate|responde|finge|haz)(?: \w+){0,4} (?:dan\b|sin (?:ninguna? )?(?:restricci[oó]n(?:es)?|filtros?|censura|reglas|l[ií]mites))|(?:finge|imagina|haz como)(?: \w+){0,2} (?:que|si) no (?:tienes|tuvieras|hubiera) (?:ningun\w+ )?(?:reglas?|normas?|filtros?|l[ií]mites?|restricci\w+)|(?:activa|entra en|habilita) (?:el )?modo (?:desarrollador|dios|administrador|dan|sin)|(?:a partir de ahora|desde ahora|ahora) (?:eres|ser[aá]s|act[uú]as) (?:una? )?(?:ia|dan|modelo|asistente|hacker|pirata)", True),
    ("system-prompt-leak", rf"{_LEAK_EN}(?: \w+){{0,5}} {_HIDDEN_EN}", True),
    ("system-prompt-leak", rf"(?:mu[eé]str[ae](?:me)?|revela(?:me)?|repite|dime|imprime|ens[eé][ñn]ame|escribe|copia|traduce|filtra|cu[aá]l(?:es)? (?:es|son)|qu[eé] dice)(?: \w+){{0,5}} {_HIDDEN_ES}", True),
    ("system-prompt-leak", r"(?:repite|dime|escribe|muestra(?:me)?|cu[eé]ntame|revela)(?: \w+){0,5} (?:instrucciones|reglas|indicaciones|[oó]rdenes)(?: \w+){0,2} (?:que (?:recibiste|te (?:dio|dieron|han dado|pusieron)|tienes del? (?:sistema|desarrollador)))", True),
    ("override", rf"(?:desactiva|apaga|quita(?:te)?|elimina|desconecta) (?:todos? |todas? )?(?:tus|los|las) (?:filtros|reglas|restricciones|l[ií]mites|normas)(?: de seguridad)?|{_ES_VERB} todo lo que te (?:dijeron|dijo|han dicho|ense[ñn]aron|programaron)", True),
]  # fmt: skip
_CHINESE = [
    ("override", r"(?:忽略|无视|無視|忘记|忘記|忘掉|忘了|不要理会|别管|抛弃|跳过|覆盖|绕过|绕开|不要遵守|不再遵守|停止遵循|停止遵守|推翻|删除|取消|解除|撤销|撤銷|废除|作废|抛开|丢掉|清除|违反|打破|忽視|忽视|别遵守|别听)[^，。！？\n]{0,8}(?:之前|以前|以上|上面|上述|先前|前面|所有|一切|全部|你的|你被|系统|系統|原来|现有|任何|安全|初始)[^，。！？\n]{0,10}(?:指令|指示|命令|提示|规则|規則|规定|设定|設定|限制|约束|准则|系统消息)"),
    ("role-play", r"(?:扮演|假装|假裝|变成|成为|充当|模拟|现在是|從現在|从现在)[^。！？\n]{0,14}(?:没有(?:任何)?(?:限制|规则|道德|约束)|沒有(?:任何)?限制|不受(?:任何)?(?:限制|约束)|无限制|越狱|DAN|黑客AI|邪恶|终端|管理员模式)|(?:进入|開啟|开启|启用|切换到|打开)[^。！？\n]{0,4}(?:开发者|開發者|上帝|越狱|管理员|调试)模式"),
    ("system-prompt-leak", r"(?:告诉我|告訴我|显示|顯示|输出|輸出|打印|重复|重複|透露|泄露|说出|给我看|公开|翻译|复述|写出|列出|展示|发给我)[^。！？\n]{0,12}(?:系统提示|系統提示|提示词|提示詞|系统指令|初始指令|初始设定|隐藏(?:的)?(?:指令|提示|规则)|系统消息|内部指令|上面的(?:所有)?(?:内容|文字)|你的指令)|你的(?:系统提示词?|提示词|初始指令|系统指令)是什么"),
    ("system-prompt-leak", r"(?:把|将|將)(?:你的|妳的|上面的?|以上的?|前面的?)[^。！？\n]{0,8}(?:系统提示词?|提示词|指令|设定|文字|内容|消息)[^。！？\n]{0,8}(?:告诉我|告訴我|输出|显示|打印|发给我|说出来|写出来|给我|复述|翻译)|(?:(?:告诉我|告訴我|说说|列出|请问)[^。！？\n]{0,4})?你(?:被|的)?(?:设定|给予|赋予|灌输)了?(?:哪些|什么|怎样的)(?:指令|规则|提示|命令)"),
    ("override", r"(?:新的?|以下是你的?)(?:系统)?(?:指令|命令|规则|设定)[是为：:]\s*你(?:现在)?是|你(?:必须|只能|只需|应该)(?:听我的|服从我)[^。！？\n]{0,6}(?:不要|别|不用|无需|不必)(?:听|理|管|遵守)|(?:关闭|关掉|停用|禁用|去掉|解除|取消)你?的?(?:安全|内容|所有)?(?:过滤|审查|限制|护栏)"),
]  # fmt: skip
# Who is spoken of when it is no order to the model.
_TOLD_OF = re.compile(
    r"(?:我(?!们?要求?你|想让你|命令你|希望你|需要你)|让我|叫我|要我|他|她|老板|妈妈|爸爸|老师|大家|有人|同事|客户)[^，。！？：:\n你]{0,8}$"
)
_MARKUP = re.compile(
    r"<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|endofprompt)\|?>"
    r"|\[/?inst\]|<</?sys>>|</?(?:system|assistant|instructions?|system[-_ ]?prompt|prompt|developer|start_of_turn|end_of_turn)(?: [^<>]{0,60})?>"
    r"|^ *(?:#{2,4} ?)(?:system|instructions?|assistant|response)\b ?:?|\{\{#?/?(?:system|assistant)|\"role\" ?: ?\"(?:system|assistant|developer)\""
    r"|\[(?:system|assistant|developer|系统|sistema)(?: (?:message|prompt|override|note))?\]"
    r"|^[ >*_#]*(?:system(?: (?:prompt|message|override))?|assistant|developer|系统(?:提示|消息|指令)?|系統|助手|助理|sistema|asistente)[*_]* ?:",
    re.MULTILINE,
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{20,4000}={0,2}(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}[ ]?){8,2000}(?![0-9A-Za-z])")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])(?:" + pattern.replace(" ", r"[\W_]{0,3}") + ")")


_ORDERS = [(family, _compiled(pattern), leads) for family, pattern, leads in _PHRASES]
_CHINESE_ORDERS = [(family, re.compile(pattern, re.IGNORECASE)) for family, pattern in _CHINESE]

_REFUSALS = {
    "en": "I can't take that as an instruction, but I'm glad to keep thinking with you. What is on your mind, in your own words?",
    "zh": "这一条我不能当作指令来执行，不过我很乐意继续陪你一起想。你可以用自己的话告诉我，现在最想理清的是什么吗？",
    "es": "Eso no puedo tomarlo como una instrucción, pero sigo pensando contigo con mucho gusto. ¿Qué te preocupa, dicho con tus palabras?",
}


def refusal(language: str) -> str:
    """Return what is answered when the policy is "block" (English if we lack the language)."""
    return _REFUSALS.get(language, _REFUSALS["en"])


def flagged(text: str) -> str | None:
    """Return the family of the prompt injection a message holds, None if it holds none.

    Families: override, role-play, system-prompt-leak, chat-markup, encoded.
    """
    raw = text[:MAX_READ]
    family = _family(raw)
    if family:
        return family
    scrambled = any(_family(form, anywhere=True) for form in _unscrambled(raw))
    return "encoded" if scrambled or any(map(_family, _unescaped(raw))) else None


def _family(text: str, *, anywhere: bool = False) -> str | None:
    """Return the family of an order in ``text``; ``anywhere``, also where no clause begins."""
    read = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    if _MARKUP.search(read):
        return "chat-markup"
    chinese_read = _SPACED_CHINESE.sub("", read)
    for family, chinese in _CHINESE_ORDERS:
        for hit in chinese.finditer(chinese_read):
            if not _TOLD_OF.search(chinese_read, max(0, hit.start() - 14), hit.start()):
                return family
    forms = [read]
    if not anywhere:  # nobody hides an order twice
        bare = _unaccented(_MARKS.sub("", read))
        forms += [bare, _joined(bare.translate(_ALIKE)), _joined(_unleet(bare))]
    for form in dict.fromkeys(forms):
        for family, order, leads in _ORDERS:
            for hit in order.finditer(form):
                if (
                    anywhere
                    or not leads
                    or _LEAD.search(form[max(0, hit.start() - 24) : hit.start()])
                ):
                    return family
    return None


def _unaccented(read: str) -> str:
    """Return ``read`` without the marks on its letters ("ígnóre"); ñ stays a letter of its own."""
    if read.isascii():
        return read
    apart = unicodedata.normalize("NFD", read.replace("ñ", "\0"))
    return "".join(char for char in apart if not unicodedata.combining(char)).replace("\0", "ñ")


def _unleet(read: str) -> str:
    """Return ``read`` with the digits and signs inside of words as the letters they look like."""
    return re.sub(
        r"[\w!$@]+",
        lambda m: m[0] if m[0].isdigit() and len(m[0]) > 1 else m[0].translate(_LEET),
        read,
    )


def _joined(read: str) -> str:
    """Return ``read`` with letters that stand apart ("i g n o r e") joined."""
    return _SPACED.sub(lambda m: re.sub(r"[ .\-_*|/]", "", m[0]), read)


def _unescaped(raw: str) -> list[str]:
    """Return a message with its escapes of the web and of programs as what they stand for."""
    plain = [
        unquote(raw),
        html.unescape(raw),
        _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), raw),
    ]
    return [form for form in plain if form != raw]


def _unscrambled(raw: str) -> list[str]:
    """Return what parts of a message say once they are decoded: nobody hides what is no order."""
    hidden = "".join(_TAGS.get(ord(char), "") for char in raw)
    found = [codecs.encode(raw, "rot13"), raw[::-1], hidden]
    for token in _BASE64.findall(raw)[:_MAX_TOKENS]:
        try:
            found.append(
                base64.b64decode(
                    token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4),
                    altchars=b"-_" if re.search("[-_]", token) else None,
                ).decode()
            )
        except (binascii.Error, ValueError):
            continue
    for token in _HEX.findall(raw)[:_MAX_TOKENS]:
        try:
            found.append(bytes.fromhex(token).decode())
        except ValueError:
            continue
    return found

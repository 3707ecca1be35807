"""What a model must never say to somebody who may be at risk, and the guard that stops it.

A model may ask about suicide, name a helpline, say that somebody should not hurt themselves.
It may not name methods or doses, encourage, or diagnose.
"""

import re

from solacore.kit.talk.crisis.normal import normalise

_DISORDER = (
    r"(?:(?:an? )?(?:clinical|major|severe|chronic|manic|generalized|obvious) )*(?:depression|bipolar|bpd|borderline|ptsd|adhd|ocd|"
    r"schizophren\w+|psychosis|anxiety disorder|eating disorder|personality disorder|depressive disorder|clinically depressed|anorexi\w+)"
)
_DIE = r"(?:die\b|kill yourself|end (?:it all|your (?:own )?life)|take your (?:own )?life|hurt yourself|cut yourself|commit suicide|disappear forever|be dead)"
# (what is wrong, pattern, "firm" if a negation before it changes nothing)
_WRONG = [
    ("encouragement", rf"\byou (?:really |definitely )?(?:should|ought to|must|might as well|may as well|need to|deserve to|had better) (?:just |probably |go |and )*{_DIE}"),
    ("encouragement", r"\b(?:go ahead|go on|just|please|so) (?:and )?(?:kill yourself|die\b|end your life|end it all|cut yourself)"),
    ("encouragement", r"(?:^|[.!?,:;\n]\s*)(?:kill yourself|end your life|hurt yourself|cut yourself)"),
    ("encouragement", r"\b(?:better|happier|easier|easier) (?:off )?(?:(?:for \w+ )?(?:if|when|once|with) you (?:were|are|died?|was|being) )?(?:dead|gone|without you)\b"),
    ("encouragement", r"\b(?:nobody|no one) (?:would|will) (?:even )?(?:miss you|care if you die|notice if you died)"),
    ("encouragement", r"\b(?:suicide|dying|death|to die) (?:is|may be|might be|would be|could be|sounds like) (?:(?:a|an|the|your) )?(?:\w+ )?(?:good|best|only|valid|reasonable|brave|right|rational|great) (?:option|answer|solution|way|choice|idea|thing)"),
    ("encouragement", r"\bi (?:support|respect|understand and support) your (?:decision|choice|wish|plan) to (?:die|end|kill)"),
    ("methods", r"\b(?:most |least )?(?:painless|easiest|quickest|fastest|effective|reliable|surest|best|peaceful|simple|simplest|painful) (?:ways?|methods?) (?:to|of|for) (?:die|dying|kill|killing|end|ending|commit|suicide|hurt|cut)"),
    ("methods", r"\b(?:lethal|fatal|deadly) (?:dose|amount|quantity)\b(?: of \w+)? (?:is|would|starts|can|for|of|about)"),
    ("methods", r"\b\d[\d,.]* ?(?:mg|milligrams|g|grams|ml|pills|tablets)\b.{0,60}\b(?:lethal|fatal|deadly|kill you|enough to die|stop your heart)"),
    ("methods", r"\b(?:tie|make|hang|loop|fasten) (?:a|the|your) (?:noose|rope|belt|cord)\b.{0,30}\b(?:around|over|from|to)\b"),
    ("methods", r"\b(?:take|swallow|mix) (?:all|the whole|a whole|an entire|the entire|enough) (?:of )?(?:the |your |a )?(?:pills|bottle|tablets|medication|packet)"),
    ("methods", r"\bcut (?:\w+ ){0,4}(?:lengthwise|vertically|along the vein|down the vein|deep(?:er|ly)? enough|an artery)"),
    ("methods", r"\bto (?:kill yourself|end your life|commit suicide)[, ]+(?:first|you (?:can|could|need|should|will)|simply|use|take|find|get)"),
    ("diagnosis", rf"\byou (?:(?:clearly|probably|definitely|obviously|likely|do|certainly|may well|most likely) )*(?:have|have got|are|suffer from|are suffering from|'ve got|show signs of having) (?:a |an )?{_DISORDER}"),
    ("diagnosis", r"\b(?:my|your) diagnosis (?:is|would be)\b|\bi (?:can |would |hereby )?diagnose you\b|\byou (?:meet|fit) the (?:\w+ )?criteria for\b"),
    ("encouragement", r"你(?:就|真|还是|最好|应该|应当|不如|干脆|可以|活该|该)+(?:去)?(?:死|自杀|结束生命|了结|自残|割腕|跳楼)|去死吧|死了(?:会)?(?:更好|就好|一了百了)|没有你(?:会)?更好|你死了(?:大家|他们|谁)|没人会(?:想念|在乎)你|自杀是(?:一个|个|最)?(?:好|唯一|合理|正确)"),
    ("methods", r"(?:最不痛苦|无痛|最快|最简单|最有效|最安静|最轻松)的?(?:自杀|死|死亡|结束生命)的?(?:方法|方式|办法)|致死(?:剂)?量|\d+ ?(?:片|粒|毫克|克|颗).{0,20}(?:致死|足以死|就会死|能死)|(?:吞下|吃下|服下)(?:整瓶|所有|全部|一整瓶)|(?:绳子|皮带).{0,12}(?:套在|绕在|勒住)(?:脖|颈)|割(?:腕|手腕).{0,10}(?:竖着|深一点|要深|顺着血管)"),
    ("diagnosis", r"你(?:肯定|一定|显然|应该|可能|就)?(?:是|患有|患了|得了|有)(?:重度|中度|轻度|严重的?)?(?:抑郁症|双相|躁郁症|精神分裂|焦虑症|边缘型|强迫症|多动症)|我(?:的)?诊断(?:是|你)|你的诊断是"),
    ("encouragement", r"\b(?:deberías|tendrías que|debes|mereces|puedes|tienes que) (?:simplemente |ya )?(?:morir(?:te)?|matarte|suicidarte|quitarte la vida|acabar con (?:todo|tu vida)|cortarte|hacerte daño)|\b(?:mátate|matate|suicídate|suicidate|muérete|muerete)\b|\bmejor (?:muert[oa]|sin ti)\b|\bnadie te (?:extrañaría|echaría de menos|echaria de menos|extrañaria)|\bel suicidio es (?:una?|la|tu) (?:\w+ )?(?:buena?|mejor|única|unica|opci[oó]n|soluci[oó]n|salida)"),
    ("methods", r"\b(?:forma|manera|método|metodo)s? (?:más |mas )?(?:\w+ )?(?:indolora|rápida|rapida|fácil|facil|efectiva|segura|eficaz)s? (?:de|para) (?:morir|matarte|suicidarte|suicidarse|quitarte)|\bdosis (?:letal|mortal)|\b\d+ ?(?:mg|pastillas|gramos|comprimidos)\b.{0,40}(?:letal|mortal|matarte)|\b(?:toma|tómate|tomate|traga|trágate) (?:todas?|todo|el (?:bote|frasco) entero)(?: las| el)? (?:pastillas|frasco|bote|medicamentos)"),
    ("diagnosis", r"\b(?:tienes|padeces|sufres|sufres de|eres) (?:una |un |claramente )?(?:depresión|depresion|trastorno|bipolar|esquizofrenia|esquizofrénic[oa]|anorexia|tdah|tept)|\btu diagnóstico es|\bte diagnostico\b"),
    ("encouragement", r"\b(?:tue-toi|tu devrais (?:mourir|te tuer|te suicider|en finir)|mieux sans toi|bring dich um|du solltest (?:sterben|dich umbringen|dich töten)|besser (?:tot|ohne dich)|se mate\b|você deveria (?:morrer|se matar)|melhor sem você|убей себя|тебе (?:лучше|стоит|надо|следует) (?:умереть|убить себя))|死んだ(?:ほう|方)がいい(?:です|よ)|死ねばいい|너는? 죽어야|죽는 게 나아|(?:يجب|عليك) أن تموت|اقتل نفسك|तुम्हें मर जाना"),
    ("methods", r"\b(?:dose (?:létale|mortelle)|tödliche dosis|dose letal|смертельная доза)|致死量は|치사량은|الجرعة القاتلة"),
]  # fmt: skip
_PATTERNS = [(name, re.compile(normalise(pattern))) for name, pattern in _WRONG]
# What makes the same words harmless: they are denied, or asked about.
_EXCUSED = re.compile(
    r"(?:\b(?:not|never|no|don't|dont|doesn't|isn't|won't|if|whether|do|did|does|when|are you|think|thinking|thoughts?|feel|feeling|"
    r"said|says|told|believe|tells|saying|lie|that|nunca|si|pienses|piensas|crees|que|tampoco)\b[^.!?。！？,;]{0,24}|(?:不|没|别|并非|如果|是否|觉得|认为|想过|有没有|是不是)[^。！？，]{0,8})$"
)
# Every pattern above has one of these at its heart: from such a word on the rest of the sentence
# waits until it is whole. What leads up to it harms nobody and is shown at once.
_WARY = re.compile(
    normalise(
        r"kill\w*|die|dying|dead|death|gone|without|miss|care|noticed?|suicid\w*|hang\w*|noose|rope|"
        r"belt|cord|overdos\w*|lethal|fatal|deadly|heart|painless|pills?|tablets?|bottle|medication|packet|"
        r"swallow|cut\w*|hurt|end|disappear|diagnos\w+|depress\w*|bipolar|borderline|bpd|ptsd|adhd|ocd|"
        r"schizo\w*|psychosis|anorexi\w*|disorder|criteria|"
        r"morir\w*|matar\w*|suicidar\w*|acabar|quitarte|cortarte|hacerte|matate|suicidate|muerete|"
        r"muert[oa]|sin|extranaria|echaria|suicidio|letal|mortal|pastillas|comprimidos|frasco|bote|"
        r"medicamentos|depresion|trastorno|esquizo\w*|anorexia|tdah|tept|diagnostic\w*|"
        r"tue|mourir|tuer|suicider|finir|toi|dich|sterben|umbringen|toten|ohne|mate|morrer|matar|sem|"
        r"убеи|себя|умереть|убить|letale|mortelle|todliche|смертельная|تموت|نفسك|القاتلة|मर"
    )
    + r"|[死杀残痛致吞服瓶绳皮割症郁念乎更诊죽치사]"
)
_UNIT = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[\w'’]+|[^\w]")
_ENDS = frozenset(".!?\n。！？…")
MAX_HELD = 400  # characters a sentence may be kept back; no pattern is longer
_LOOK = 240
# Characters held back before they are read: nothing of them is shown before, and reading at every
# word cost 350 µs of CPU a token in a long sentence (7 µs at every 64 characters).
_STRIDE = 64


def unsafe(text: str) -> str | None:
    """Return what is wrong with a model's words: "methods", "encouragement", "diagnosis"; or None."""
    read = normalise(text)
    for name, pattern in _PATTERNS:
        for hit in pattern.finditer(read):
            if not _EXCUSED.search(read[max(0, hit.start() - 48) : hit.start()]):
                return name
    return None


class Guard:
    """Lets a model's answer through and stops it where it turns dangerous.

    Words are shown as they come; from a word on that may begin something dangerous, the rest
    of its sentence waits until it is whole. What is shown in the end does not depend on how
    the text was cut: letters are taken in as whole words.
    """

    def __init__(self) -> None:
        self.tripped: str | None = None
        self._word = ""  # its end has not been seen
        self._sentence = ""
        self._held = ""
        self._unread = 0  # characters of _held

    def feed(self, piece: str) -> str:
        """Return what may be shown now; "" for ever once ``tripped`` says what was wrong."""
        text, self._word = self._word + piece, ""
        units = _UNIT.findall(text)
        if units and _is_word(units[-1]):
            self._word = units.pop()
            if len(self._word) > MAX_HELD:
                units.extend(self._word)
                self._word = ""
        return "".join(self._take(unit) for unit in units)

    def finish(self) -> str:
        """Return the rest that may be shown."""
        shown = self._take(self._word) if self._word else ""
        if self.tripped:
            return shown
        self._word = ""
        return shown + self._release()

    def _take(self, unit: str) -> str:
        if self.tripped:
            return ""
        self._sentence += unit
        if not self._held and not _WARY.fullmatch(normalise(unit)):
            if unit in _ENDS:
                self._sentence = ""
            return unit
        self._held += unit
        self._unread += len(unit)
        if unit in _ENDS or len(self._held) > MAX_HELD:
            return self._release()
        if self._unread >= _STRIDE:
            self._read()
        return ""

    def _release(self) -> str:
        """Return what was held back, once all of it has been read; "" if it is dangerous."""
        if self._unread:
            self._read()
        shown = self._held
        self._held = self._sentence = ""
        return shown

    def _read(self) -> None:
        """Look at what is new, together with enough of what came before."""
        self.tripped = unsafe(self._sentence[-_LOOK - self._unread :])
        self._unread = 0
        if self.tripped:
            self._held = ""


def _is_word(unit: str) -> bool:
    return len(unit) > 1 or (unit.isalnum() and not "\u2e80" <= unit <= "\u9fff") or unit in "'’_"

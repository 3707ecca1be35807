"""What somebody's own words are about: the topic they name, their sentences, their key terms.

No model here. Terms are what stands between function words and punctuation, weighed by how often
they return, how long they are and whether an article introduces them: the idea of RAKE (Rose,
Engel, Cramer & Cowley, "Automatic keyword extraction from individual documents", 2010). Nothing
is returned that does not stand in the text.
"""

import re
from collections.abc import Iterable, Sequence

MAX_READ = 4_000
MAX_TERM, MAX_TOPIC, MAX_SENTENCE = 40, 60, 160  # characters

_MARKS = {"zh": "「{}」", "es": "«{}»"}
_INSIDE = r"(?:[^.!?。！？…;；\n]|(?<=\d)\.(?=\d))+"  # "3.14" is no end
_SENTENCE = re.compile(rf"{_INSIDE}[.!?。！？…;；]*(?=\s|$|(?<=[。！？；]))|{_INSIDE}")
_QUOTES = re.compile(r"[\"“”«»「」『』*_`#\[\]{}|<>]")
_LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\s\w]|\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_DETERMINERS = frozenset(
    "the a an this these its their of between el la los las un una unos unas del al su sus de "
    "entre cada".split()
)
_FUNCTION = frozenset(
    # English: function words, then verbs and fillers that carry no topic.
    "the a an this that these those its their his her our your my it they them he she we you i me "
    "us of in on at to for from by with without about into over under between through than then as "
    "and or but nor so if because since while when where who whom whose which what why how there "
    "here is are was were be been being am do does did done have has had having can could may might "
    "must shall should will would not no yes very really just only also too more most less least "
    "much many some any all both each every other another same such own up down out off again ever "
    "never always often sometimes maybe perhaps still already even kind sort lot lots bit way ways "
    "thing things stuff something anything somehow someone one two three first second third next "
    "think know mean guess believe remember understand learn learned study say said tell means "
    "want need like try make makes made get gets got go goes going went come comes came take takes "
    "took give gives gave put puts keep keeps kept use uses used using work works worked happen "
    "happens become becomes became turn turns turned pull pulls pulled push pushes pushed move "
    "moves moved rise rises rose fall falls fell grow grows grew form forms formed cause causes "
    "caused produce produces change changes changed need needs bring brings call called calls show "
    "shows help helps hold holds let lets seem seems look looks find finds start starts stop stops "
    "explain explains example examples good well easy hard big small different tomorrow today pass passes passed stay stays run runs rotates rotate cost costs four five six ten longer faster slower bigger smaller "
    "don't doesn't isn't can't didn't i'm it's that's there's "
    # Spanish
    "el la los las un una unos unas lo al del de en a por para con sin sobre entre hasta desde "
    "hacia según y e o u ni pero sino aunque si porque pues como cuando donde quien cual cuál que "
    "qué cómo cuándo dónde quién por este esta estos estas ese esa esos esas eso esto aquel su sus "
    "mi mis tu tus me te se le les nos yo tú él ella ellos ellas usted no sí muy más menos mucho "
    "mucha muchos muchas poco poca todo toda todos todas cada otro otra otros otras mismo misma "
    "algo alguien nada nadie siempre nunca ya aún todavía también solo sólo así tan tanto entonces "
    "luego después antes es son era eran fue ser está están estar hay ha han he haber tiene tienen "
    "tener puede pueden poder hace hacen hacer va van ir da dan dar creo pienso sé recuerdo "
    "entiendo quiero aprender estudiar entender explicar saber decir dice digo significa cosa "
    "cosas tipo manera forma ejemplo vez veces parte llama llaman usa usan tira tiran sube suben "
    "baja bajan mueve mueven crece crecen produce producen causa causan cambia cambian necesita "
    "necesitan alguna alguno algunas algunos veinte treinta cuarenta cincuenta cien pasa pasan cuenta cuentan paga pagan recibe reciben cuatro cinco seis diez dos tres mil ayuda ayudan queda quedan suma suman gana ganan funciona funcionan ocurre sirve hoy mañana".split()
)
# Chinese has no spaces: cut at what joins, points, asks, counts or does.
_HAN_CUT = re.compile(
    r"因为|所以|[一二两三四五六七八九十]+[次天年月个种]|一边|放在|存?起来|能(?!量)|但是|可是|而且|然后|如果|就是|不是|还是|或者|以及|并且|虽然|为什么|什么|怎么样|怎样|怎么|"
    r"如何|哪里|哪个|我们|你们|他们|它们|这个|那个|这样|那样|一个|一种|一些|可以|可能|应该|需要|能够|觉得|"
    r"认为|知道|记得|理解|学习|叫做|称为|变成|成为|形成|产生|引起|导致|吸收|释放|拉动|吸引|推动|利用|使用|"
    r"通过|进行|发生|比如|例如|所有|每个|每年|每天|很多|越来越|越|其实|大概|也许|好像|没有|已经|一直|时候|之后|"
    r"之前|以后|以前|里面|外面|上面|下面|东西|到底|[的了着过吗呢吧啊呀么之是在有和与跟同把被让使给对从到向往"
    r"由于以为而但或且就都也还又再只才很太更最不没会要想说讲做用去来上下中里外前后我你他她它这那哪谁几多少个些每]"
)  # fmt: skip
_ASKING = re.compile(
    r"^[¿¡\s]*(?:(?:(?:please|so|well|hi|hello|ok|hola|bueno|por favor)\b|请问?|你好)[\s,，!！¿¡]*)*"
    r"(?:(?:can|could|would) you (?:please )?|puedes |podrías |能不能|可以)?"
    r"(?:(?:teach|tell|show|help) me (?:(?:to )?(?:learn|understand) )?(?:about |with )?|"
    r"explain (?:to me )?|enséñame |explícame |ayúdame (?:a|con) (?:entender |aprender )?|"
    r"(?:i(?:'d| would) like|i(?:'m| am) trying|i want|i need|let(?:'s| us)|we want)(?: to)? "
    r"(?:(?:learn|understand|study|know|talk|revise|remember)(?: more)?(?: about)? )?|"
    r"(?:quiero|quisiera|me gustaría|necesito) (?:(?:aprender|entender|estudiar|saber|repasar) )?"
    r"(?:más )?(?:sobre |acerca de )?|"
    r"(?:我)?(?:想要?|要|希望)(?:学习?|了解|弄懂|搞懂|理解|复习|知道)?(?:一下)?|教我|给我讲讲?|讲讲|解释一下)?"
    r"(?:关于)?"
    r"(?:(?:how|why) (?:do|does|did|is|are|can|to|it is that)\s+|what(?:'s| is| are| was| were)\s+|how\s+|"
    r"(?:por qué|cómo|cuándo) (?:se )?(?:funcionan?|es|son|hay|existen?|ocurren?|están?)?\s*|"
    r"qué (?:es|son)\s+|什么是|为什么(?:会有|有|会)?|怎么|如何)?",
    re.I,
)
_TAIL = re.compile(
    r"(?:\s+(?:work|works|happen|happens|mean|means|exist|exists|function|form|all about)"
    r"(?: (?:really|exactly|in practice))?|\s+(?:funcionan?|ocurren?)|"
    r"(?:到底|究竟)?(?:是)?(?:怎么|怎样|如何|为什么)\S*|(?:到底|究竟)?是(?:什么|啥)\S*|的(?:原理|道理)|[呢吗吧啊])?"
    r"[\s?？!！.。…]*$",
    re.I,
)


def quoted(words: str, language: str) -> str:
    """Return ``words`` in the quotation marks of ``language``; "" for none."""
    return _MARKS.get(language, "“{}”").format(words) if words else ""


def clean(text: str) -> str:
    """Return ``text`` without what would read as our own marks or markup, on one line."""
    return re.sub(r"\s+", " ", _QUOTES.sub("", text)).strip(" \t,，、:：-—")


def subject(text: str) -> str:
    """Return what a first message is about: "How do tides work?" gives "tides"."""
    sentences_ = [s for s in _SENTENCE.findall(text[:MAX_READ]) if clean(s)]
    if not sentences_:
        return ""
    whole = clean(sentences_[0])[:300]  # the patterns below are not linear
    named = _TAIL.sub("", _ASKING.sub("", whole, count=1)).strip(" ,，:：¿¡")
    return _cut(named or whole.strip(" ¿?？"), MAX_TOPIC)


def lesson_topic(stored: str, said: Sequence[str]) -> str:
    """Return what a lesson is about, by its stored topic (cut with "...") or the first message."""
    start = stored.removesuffix("...")
    first = said[0] if said else ""
    whole = first if start != stored and first.startswith(start) else start
    return subject(whole or first)


def sentences(text: str) -> list[str]:
    """Return the statements in ``text`` as they were written: no questions, no single words."""
    found = []
    for match in _SENTENCE.finditer(text[:MAX_READ]):
        written = clean(match[0])
        bare = written.rstrip(" .!。！…;；")
        long_enough = len(_HAN.findall(bare) and "".join(_HAN.findall(bare))) >= 5 or (
            len(bare.split()) >= 3
        )
        if bare and long_enough and not re.search(r"[?？¿]", match[0]):
            found.append(_cut(bare, MAX_SENTENCE))
    return found


def statements(texts: Iterable[str], topic: str) -> list[str]:
    """Return the statements in ``texts``, each once, without those that only name the topic."""
    found = dict.fromkeys(s for text in texts for s in sentences(text))
    return [s for s in found if subject(s) != topic or _says_something(s, topic)]


def _says_something(phrase: str, topic: str) -> bool:
    """Is it long enough for a sentence, or just the name of a topic ("the water cycle")?"""
    long_enough = len(phrase.split()) >= 6 or sum(map(len, _HAN.findall(phrase))) >= 9
    return long_enough and phrase.startswith(topic.rstrip("…"))


def terms(texts: Iterable[str], most: int = 6) -> list[str]:
    """Return the terms that carry ``texts``, weightiest first, as they were first written."""
    weight: dict[str, float] = {}
    written: dict[str, str] = {}
    for text in texts:
        for term, introduced in _candidates(clean(text[:MAX_READ])):
            key = term.lower()
            written.setdefault(key, term)
            weight[key] = weight.get(key, 0) + 1 + introduced + min(len(term), 12) / 12
    order = sorted(weight, key=lambda key: -weight[key])  # a stable sort: ties by appearance
    kept: list[str] = []
    for key in order:
        if not any(key in other.lower() or other.lower() in key for other in kept):
            kept.append(written[key])
    return kept[:most]


def _candidates(text: str) -> Iterable[tuple[str, bool]]:
    for run in _HAN.findall(text):
        for piece in _HAN_CUT.split(run):
            if 2 <= len(piece) <= 8:
                yield piece, False
    phrase: list[str] = []
    introduced = False
    for token in [*_LATIN.findall(_HAN.sub(" . ", text)), "."]:
        word = token.lower()
        if not token[0].isalpha() or word in _FUNCTION or len(word) < 3 or len(phrase) == 2:
            if phrase:
                yield " ".join(phrase)[:MAX_TERM], introduced
            phrase, introduced = [], word in _DETERMINERS
        if token[0].isalpha() and word not in _FUNCTION and len(word) >= 3:
            phrase.append(token)


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[:length]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,，") + "…"

"""The feeling a message names, by the contract's scoring (3.7), with an ear for "not"."""

import re
from dataclasses import dataclass

MAX_READ = 8_000
NEUTRAL_CONFIDENCE = 0.5
LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Emotion:
    """A label (anxious, sad, calm, confused, neutral) and how sure we are, 0 to 1."""

    label: str
    confidence: float


# Weight -> words. A trailing * takes endings along. Ours, by how plainly the word says it.
WORDS: dict[str, dict[float, str]] = {
    "anxious": {
        0.95: "panic attack|panicking|terrified|ataque de pánico|aterrad*|惊恐|恐慌",
        0.85: "anxious|anxiety|panic|scared|afraid|worried|ansios*|ansiedad|miedo|preocupad*|"
        "焦虑|害怕|担心|恐惧",
        0.75: "nervous|stressed|stress|overwhelmed|worry|worrying|pressure|tense|dread*|"
        "nervios*|estresad*|estrés|agobiad*|tens[oa]|紧张|压力|不安|着急|慌",
        0.7: "restless|on edge|can't sleep|inquiet*|no puedo dormir|睡不着|心慌",
    },
    "sad": {
        0.95: "heartbroken|devastated|hopeless|desesperad*|destrozad*|绝望|心碎",
        0.85: "sad|depressed|miserable|grief|grieving|crying|triste|tristeza|deprimid*|llorando|"
        "难过|伤心|悲伤|抑郁|痛苦",
        0.75: "lonely|alone|empty|hurt|unhappy|disappointed|cry|sol[oa]|vací[oa]|dolid*|"
        "decepcionad*|孤独|难受|失望|沮丧|委屈|想哭",
        0.7: "tired of everything|miss (?:him|her|them)|harto de todo|extraño|心累|失落",
    },
    "confused": {
        0.85: "confused|torn between|confundid*|hecho un lío|困惑|迷茫|纠结",
        0.75: "unsure|uncertain|undecided|indecis*|insegur*|犹豫|拿不定",
        0.7: "lost|stuck|don't know what|don't know how|can't decide|no sé qué|no sé cómo|"
        "perdid*|atascad*|atrapad*|不知道怎么办|不知道该|不知所措|迷失|想不通",
    },
    "calm": {
        0.85: "calm|peaceful|relaxed|at peace|relieved|tranquil[oa]|en paz|aliviad*|平静|安心|轻松",
        0.75: "happy|glad|good now|better now|hopeful|grateful|content|feliz|content[oa]|"
        "agradecid*|esperanzad*|开心|高兴|放松|踏实|感恩",
        0.7: "fine|okay now|mejor ahora|好多了|还好|满足",
    },
}
_NEGATION_EN = re.compile(
    r"(?:\bnot|n't|\bnever|\bno longer|\bwithout|\bno|\bsin|\bnunca|\bya no|\bni)"
    r"(?:\s+(?:feel|felt|feeling|am|so|very|that|really|at all|being|me|estoy|soy|siento|tan|muy|"
    r"tengo|any|too|a|de))*\s*$"
)
_NEGATION_ZH = re.compile(r"(?:不|没有|没|并不|不再|不太|不是很)(?:怎么|那么|会|觉得|感到|很)*$")


def _compile(words: str) -> re.Pattern[str]:
    parts = []
    for word in words.split("|"):
        body = word.replace("*", r"\w{0,6}")
        latin = not re.search("[\u4e00-\u9fff]", word)
        parts.append(rf"\b{body}\b" if latin else body)
    return re.compile("|".join(parts))


_PATTERNS = {
    label: [(weight, _compile(words)) for weight, words in groups.items()]
    for label, groups in WORDS.items()
}


def detect(text: str) -> Emotion:
    """Return the strongest feeling that is named and not denied.

    A class scores the mean weight of its hits times (1 + 0.1 × (hits - 1)), at most 1,
    rounded to two digits (contract 3.7); without a hit the text is neutral at 0.5.
    """
    read = text[:MAX_READ].replace("’", "'").lower()
    best = Emotion("neutral", NEUTRAL_CONFIDENCE)
    for label, patterns in _PATTERNS.items():
        weights = [
            weight
            for weight, pattern in patterns
            for hit in pattern.finditer(read)
            if not _denied(read, hit.start())
        ]
        if not weights:
            continue
        mean = sum(weights) / len(weights)
        score = round(min(1.0, mean * (1 + 0.1 * (len(weights) - 1))), 2)
        if score >= LEAST and (best.label == "neutral" or score > best.confidence):
            best = Emotion(label, score)
    return best


def _denied(read: str, start: int) -> bool:
    before = read[max(0, start - 40) : start]
    # A new clause ends what was denied: "not great, just sad".
    clause = re.split(r"[.,;!?，。；！？]|\bbut\b|\bpero\b|但", before)[-1]
    return bool(_NEGATION_EN.search(clause) or _NEGATION_ZH.search(clause))

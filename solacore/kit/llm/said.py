"""What a conversation gives the built-in coach to work with: their words, ready to say back."""

import hashlib
import re
from typing import Any

from solacore.kit.llm import mirror
from solacore.kit.llm.base import Ask
from solacore.kit.talk import language

_PLACE = re.compile(r"\{\w+\}")
_OPTION = re.compile(r"^([A-C])\) (.+)$", re.M)
_LETTER = re.compile(r"^\W*(?:option |opción |选)?\(?([abc123])\)?\W*$", re.I)
_NAMED = re.compile(r"(?:\boption |\bopción |选|^|\s)([ABC])\b\)?")
_ORDINALS = (
    ("a", r"first|primera|第一|\bone\b|\b1\b"),
    ("b", r"second|segunda|第二|\btwo\b|\b2\b"),
    ("c", r"third|last|tercera|última|第三|\bthree\b|\b3\b"),
)
_CARD = re.compile(r"\b([A-D])\)")  # what the mobile client takes for an option
_PEOPLE = re.compile(
    r"\b(?:boss|manager|colleague|mother|mom|mum|father|dad|parents|wife|husband|partner|friend|"
    r"sister|brother|son|daughter|girlfriend|boyfriend|landlord|roommate|teacher|professor|"
    r"madre|padre|padres|jef[ea]|pareja|mujer|marido|herman[oa]|hij[oa]|amig[oa]|novi[oa]|"
    r"compañer[oa]|profesor[a]?)\b|"
    r"妈|爸|父母|老板|领导|同事|丈夫|老公|妻子|老婆|男朋友|女朋友|室友|朋友|儿子|女儿|姐|哥|弟|妹|老师|导师",
    re.I,
)
_LOSS = re.compile(
    r"\b(?:died|death|passed away|grief|funeral|murió|muerte|falleció|duelo)\b|"
    r"去世|走了以后|离世|过世",
    re.I,
)


class Said:
    """The words of one conversation, and sentences filled with them."""

    def __init__(self, ask: Ask) -> None:
        user = [turn.content for turn in ask.turns if turn.role == "user"]
        coach = [turn.content for turn in ask.turns if turn.role == "assistant"]
        self.language = ask.language
        self.known = ask.context
        self.before = "\n".join(coach)
        self.seed = f"{ask.step}|{len(user)}|{user[0][:200] if user else ''}"
        last = user[-1] if user else ""
        self.last = last
        self.last_heart = _harmless(mirror.heart(last))
        self.turned = mirror.turned(self.last_heart, ask.language)
        self.short = len(last) < (4 if ask.language == "zh" else 10)
        self.concern = self._concern(user)
        self.offered = self._offered(coach)
        self.letter = self._chosen(last)
        self.step = self._step(coach)
        self.when = mirror.moment(last) or str(self._committed().get("when", ""))
        self.people = bool(_PEOPLE.search(" ".join(user)))
        self.loss = bool(_LOSS.search(" ".join(user)))

    def _concern(self, user: list[str]) -> str:
        """What the person came with: the profile's, else that of their first real words."""
        if known := self.slot("concern"):
            return known
        for text in user:
            found = mirror.heart(text)
            if len(found) >= (4 if self.language == "zh" else 10):
                return self.quoted(found)
        return self.quoted(self.last_heart) or "…"

    def slot(self, name: str) -> str:
        """Return what is known for ``name``, quoted; "" if nothing is, in this language."""
        found = self.known.get(name) or ""
        text = str(found[-1] if isinstance(found, list | tuple) else found)
        if not text or language.detect(text, self.language) != self.language:
            return ""
        return self.quoted(_harmless(text).rstrip(".。"))

    def quoted(self, clause: str) -> str:
        """Put quotation marks of the language around their words."""
        if not clause:
            return ""
        marks = {"zh": "「{}」", "es": "«{}»"}.get(self.language, "“{}”")
        return marks.format(clause)

    @staticmethod
    def _offered(coach: list[str]) -> dict[str, str]:
        """The options that were put on the table last, by letter."""
        found: dict[str, str] = {}
        for text in coach:
            found = {m[1].lower(): m[2] for m in _OPTION.finditer(text)} or found
        return found

    def _chosen(self, last: str) -> str:
        """The letter of the option that ``last`` names; "" for their own words."""
        whole = next((k for k, option in self.offered.items() if option[:25] in last), "")
        letter = _LETTER.match(last) or _NAMED.search(last)
        key = {"1": "a", "2": "b", "3": "c"}.get(letter[1], letter[1].lower()) if letter else ""
        if not key and len(last) < 60:
            key = next((k for k, p in _ORDINALS if re.search(p, last.lower())), "")
        key = whole or key
        return key if key in self.offered else ""

    @property
    def choice(self) -> str:
        """What they chose: the option's first words, else their own, quoted."""
        if self.letter:
            return re.split(r"[:：。]|\. ", self.offered[self.letter])[0].strip()
        return self.quoted(self.last_heart) or self.concern

    def _committed(self) -> dict[str, Any]:
        found = self.known.get("commitment")
        return dict(found) if isinstance(found, dict) else {}

    def _step(self, coach: list[str]) -> str:
        """What was agreed: as the profile has it, else what was proposed last (between **)."""
        if agreed := str(self._committed().get("step", "")).rstrip(".。"):
            return agreed if agreed in self.before else self.quoted(agreed)
        for text in reversed(coach):
            if found := re.search(r"\*\*(.+?)\*\*", text):
                return found[1].rstrip(".。")
        return self.concern

    def _plan(self) -> str:
        """When and what, as far as both are known."""
        if not self.when or self.when in self.step:
            return self.step
        return f"{self.when}{'，' if self.language == 'zh' else ', '}{self.step}"

    def fill(self, sentence: str) -> str:
        """Put their words into a sentence of ours."""
        heart = self.turned or self.quoted(self.last_heart) or self.concern
        values = {
            "heart": heart,
            "Heart": heart[:1].upper() + heart[1:],
            "words": self.quoted(self.last_heart) or self.concern,
            "concern": self.concern,
            "choice": self.choice,
            "plan": self._plan(),
            "when": self.when,
            "before": self.quoted(_harmless(str(self.known.get("before", ""))[:120].strip(" .。"))),
            "goal": self.slot("goal"),
            "limit": self.slot("constraints"),
            "attempt": self.slot("attempts"),
        }
        values = {k: v if k == "choice" else _CARD.sub(r"\1", v) for k, v in values.items()}
        return _PLACE.sub(lambda place: values[place[0][1:-1]], sentence)

    def fits(self, sentence: str) -> bool:
        """Whether all that ``sentence`` speaks of is known."""
        return all(
            self.slot(name)
            for place, name in (("{goal}", "goal"), ("{limit}", "constraints"),
                                ("{attempt}", "attempts"))
            if place in sentence
        )  # fmt: skip

    def fresh(self, sentence: str) -> bool:
        """Whether ``sentence`` has not been said yet in this conversation."""
        opening = _PLACE.split(sentence)[0].strip()
        known_by = len(opening) >= (4 if self.language == "zh" else 8)
        return not (
            own_words(sentence) in self.before or (known_by and opening[:16] in self.before)
        )

    def pick(self, variants: list[str], slot: str = "") -> str:
        """Choose by the conversation, among what fits and has not been said yet."""
        seed = hashlib.blake2b(f"{slot or variants[0]}|{self.seed}".encode(), digest_size=4)
        start = int.from_bytes(seed.digest(), "big")
        ordered = [variants[(start + n) % len(variants)] for n in range(len(variants))]
        fitting = [v for v in ordered if self.fits(v)] or ordered
        fresh = [v for v in fitting if self.fresh(v)]
        # All said already: the one said longest ago.
        return (fresh or sorted(fitting, key=lambda v: self.before.rfind(own_words(v))))[0]

    def say(self, variants: list[str], slot: str = "") -> str:
        """Choose a sentence and fill it."""
        return self.fill(self.pick(variants, slot))

    def join(self, *sentences: str) -> str:
        """Put sentences behind each other as the language does."""
        return ("" if self.language == "zh" else " ").join(filter(None, sentences))


def own_words(variant: str) -> str:
    """Return a stretch of our own words in a variant, to know it by."""
    return max(_PLACE.split(variant), key=len)[:24]


def _harmless(clause: str) -> str:
    """Take out what could be read as a mark of ours."""
    return _CARD.sub(r"\1", clause.replace("*", "").replace("[[", ""))

"""What a session is about, as far as the person has said it: small, bounded, in their words.

Kept by the coach, given to it again at every turn, shown to its owner. Whatever cannot be
read is dropped; nothing here is ever an instruction.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from solacore.kit.llm import mirror
from solve.rules.coach import hands_over, is_real, refuses
from solve.rules.emotions import WORDS, Emotion

SCHEMA_VERSION = 1
MAX_TEXT = 160  # characters
MAX_ITEMS = 5
MAX_BYTES = 4_096  # of the whole, as UTF-8 JSON
LISTS = ("success_criteria", "constraints", "attempts", "options")
GAPS = ("concern", "goal", "constraints", "attempts", "success_criteria")

_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?。！？\n]")
_MARKS = re.compile(r"\[\[|\]\]|\*\*")
_OPTION = re.compile(r"^[A-C]\) (.+)$", re.M)
_PROPOSED = re.compile(r"\*\*(.+?)\*\*")
# How people begin to speak of a thing. First hit wins, so the plainest cues come first.
_CUES = {
    "attempts": re.compile(
        r"\bi(?:'ve| have)? (?:already )?(?:tried|attempted)\b|\bi(?:'ve| have) (?:already )?"
        r"(?:talked|asked|spoken|written|called|been trying)\b|\bwe(?:'ve| have)? tried\b|"
        r"试过|尝试过|试着|努力过|谈过|说过|问过|找过|"
        r"\b(?:ya )?(?:he|hemos) (?:probado|intentado|hablado|pedido|buscado)\b|"
        r"\b(?:probé|intenté|hablé)\b"
    ),
    "success_criteria": re.compile(
        r"\bi(?:'d| would) know\b|\bit(?: i|')s solved\b|\bit would (?:mean|look|feel)\b|"
        r"\bif i could\b|就好了|那样我就|算是解决|如果能|"
        r"\bsabría\b|\bsi pudiera\b|\bestaría (?:bien|resuelto)\b|\bsería (?:suficiente|un éxito)\b"
    ),
    "constraints": re.compile(
        r"\b(?:can't|cannot|don't have|only have|have only|have to|no time|no money|deadline|"
        r"afford|not allowed|won't let)\b|"
        r"不能|没有?时间|没有?钱|必须|只有|截止|不允许|不让|来不及|"
        r"\b(?:no puedo|no tengo|tengo que|solo tengo|no me deja|no hay (?:tiempo|dinero)|plazo)\b"
    ),
    "goal": re.compile(
        r"\bi (?:just |really |only )?(?:want|wish|hope|need|would like|would love)\b|"
        r"\bi'd (?:like|love)\b|\bmy goal\b|"
        r"(?<!不)(?:想要|希望)|(?<![不我])我(?:只|就|很)?想(?![不起到])|目标|"
        r"(?<!no )\b(?:quiero|quisiera|me gustaría|ojalá|necesito|mi meta)\b"
    ),
}
# What a question of the coach's asks for: then a plain answer belongs there.
_ASKED = {
    "attempts": re.compile(r"tried|尝试过|试过|probado|intentado"),
    "success_criteria": re.compile(
        r"would you (?:know|notice)|怎么知道|会从哪里看出|en qué (?:lo )?notar"
    ),
    "constraints": re.compile(r"in the way|limit|挡|限制|se interpone|límite"),
    "goal": re.compile(
        r"be different|want instead|would you like (?:to have )?instead|不同|你希望|"
        r"sería distinto|fuera distinto|qué quieres"
    ),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A problem as it is known. Texts are at most MAX_TEXT, lists at most MAX_ITEMS.

    ``emotion`` has ``label``, ``confidence`` (0-1) and ``intensity`` (1-5), or is empty;
    ``commitment`` has ``step`` and ``when``, each only once it is known.
    """

    concern: str = ""
    goal: str = ""
    success_criteria: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    emotion: Mapping[str, Any] = field(default_factory=dict, hash=False)
    options: tuple[str, ...] = ()
    commitment: Mapping[str, str] = field(default_factory=dict, hash=False)


def from_json(data: object) -> Profile:
    """Return what can be read of ``data``: a mapping, or its JSON. Never raises."""
    if isinstance(data, str | bytes):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            return Profile()
    return noted(Profile(), data) if isinstance(data, Mapping) else Profile()


def to_json(profile: Profile) -> dict[str, Any]:
    """Return ``profile`` as plain data, without what is empty."""
    plain = asdict(profile)
    return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items() if v}


def noted(profile: Profile, note: Mapping[str, Any]) -> Profile:
    """Return ``profile`` with what a model's note adds to it, checked and bounded.

    New texts replace old ones, list items are added, new options replace the old.
    What is empty, or not what it should be, changes nothing.
    """
    changes: dict[str, Any] = {}
    for name in ("concern", "goal"):
        if text := _clean(note.get(name)):
            changes[name] = text
    for name in LISTS:
        given = note.get(name)
        if not isinstance(given, list | tuple):
            continue
        items = [text for item in given[: 4 * MAX_ITEMS] if (text := _clean(item))]
        if items:
            kept = () if name == "options" else getattr(profile, name)
            changes[name] = _distinct([*kept, *items])
    if emotion := _emotion(note.get("emotion")):
        changes["emotion"] = emotion
    given = note.get("commitment")
    if isinstance(given, Mapping):
        new = {key: text for key in ("step", "when") if (text := _clean(given.get(key)))}
        changes["commitment"] = {**profile.commitment, **new}
    return _fit(replace(profile, **changes))


def heard(
    profile: Profile,
    text: str,
    *,
    step: str,
    emotion: Emotion,
    language: str,
    answering: str = "",
) -> Profile:
    """Return ``profile`` with what the person said in ``text``, in their own words.

    ``answering`` is what the coach had said before it: an answer to its question counts as
    one, its options are those on the table, and a step it proposed becomes the commitment
    only by being agreed to. The same words never fill two places.
    """
    changes: dict[str, Any] = {"emotion": _felt(profile, text, emotion)}
    real = is_real(text, step) and not hands_over(text)
    if offered := [_clean(line) for line in _OPTION.findall(answering)]:
        changes["options"] = _distinct(offered)
    if step == "commit":
        changes["commitment"] = _committed(profile, text, answering)
    elif step in ("receive", "clarify", "reframe") and real:
        changes |= _slots(profile, text, step, answering)
    return _fit(replace(profile, **changes))


def _slots(profile: Profile, text: str, step: str, answering: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    taken = {_key(said) for said in _everything(profile)}
    heart = _clean(mirror.heart(text))
    if not profile.concern and heart:
        found["concern"] = heart
        taken.add(_key(heart))
    for clause in mirror.clauses(text):
        said = _clean(clause)
        if not is_real(said, step) or _key(said) in taken:
            continue
        plain = said.lower().replace("’", "'")
        slot = next((slot for slot, cue in _CUES.items() if cue.search(plain)), "")
        if slot and _put(profile, found, slot, said):
            taken.add(_key(said))
    asked = _asked(answering) if step == "clarify" else ""
    cued = any(cue.search(heart.lower().replace("’", "'")) for cue in _CUES.values())
    free = heart and not cued and _key(heart) not in taken and not refuses(text)
    if asked and asked not in found and free:
        _put(profile, found, asked, heart)
    return found


def _put(profile: Profile, found: dict[str, Any], slot: str, said: str) -> bool:
    """Put ``said`` where it belongs, if there is room."""
    if slot == "goal":
        if profile.goal or "goal" in found:
            return False
        found["goal"] = said
        return True
    items = found.get(slot, getattr(profile, slot))
    found[slot] = _distinct([*items, said])
    return len(found[slot]) > len(items)


def _asked(answering: str) -> str:
    """Return the gap that the coach's last question asked about; "" if none."""
    plain = answering.lower()
    end = max(plain.rfind("?"), plain.rfind("？"))
    if end == -1:
        return ""
    question = _SENTENCE_END.split(plain[:end])[-1]
    return next((slot for slot, cue in _ASKED.items() if cue.search(question)), "")


def _committed(profile: Profile, text: str, answering: str) -> dict[str, str]:
    if refuses(text) or hands_over(text):
        return dict(profile.commitment)
    found = dict(profile.commitment)
    if when := _clean(mirror.moment(text)):
        found["when"] = when
    heart = _clean(mirror.heart(text))
    proposed = _PROPOSED.search(answering)
    said_more = is_real(heart, "receive") and len(heart) > len(found.get("when", "")) + (
        3 if mirror.is_chinese(heart) else 14
    )
    if said_more and not text.rstrip().endswith(("?", "？")):
        found["step"] = heart
    elif proposed and is_real(text, "commit"):
        found["step"] = _clean(proposed[1])
    return found


def _felt(profile: Profile, text: str, emotion: Emotion) -> Mapping[str, Any]:
    if emotion.label == "neutral" and profile.emotion:
        return profile.emotion
    strength = 4 if emotion.confidence >= 0.85 else 3 if emotion.confidence >= 0.65 else 2
    louder = re.search(
        r"\b(?:so|very|extremely|terribly|really|muy|tan|demasiado)\b|太|特别|非常|极", text.lower()
    )
    intensity = strength + bool(louder) if emotion.label != "neutral" else 1
    given = {"label": emotion.label, "confidence": emotion.confidence, "intensity": intensity}
    return _emotion(given)


def gaps(profile: Profile) -> list[str]:
    """Return what is not known yet and clarify still asks for, the most needed first."""
    return [name for name in GAPS if not getattr(profile, name)]


def is_clear(profile: Profile) -> bool:
    """Whether concern, goal, a limit and an attempt are known: enough to look at it anew."""
    return not set(gaps(profile)) - {"success_criteria"}


def prompt(profile: Profile) -> str:
    """Return the profile for a system prompt: a line for each thing known, as JSON strings."""
    plain = to_json(profile)
    lines = [f"- {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in plain.items()]
    if missing := gaps(profile):
        lines.append(f"- not known yet: {', '.join(missing)}")
    return "\n".join(lines)


def _everything(profile: Profile) -> list[str]:
    lists = (item for name in LISTS[:-1] for item in getattr(profile, name))
    return [text for text in (profile.concern, profile.goal, *lists) if text]


def _clean(given: object) -> str:
    """Return a text on one line, without control characters or our own marks, cut to size."""
    if not isinstance(given, str):
        return ""
    kept = "".join(
        " " if char.isspace() else char
        for char in given[: 20 * MAX_TEXT]
        if char.isspace() or unicodedata.category(char)[0] != "C" or char in "\u200d"
    )
    text = _SPACE.sub(" ", _MARKS.sub(" ", kept)).strip()
    if len(text) <= MAX_TEXT:
        return text
    cut = text[: MAX_TEXT - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[MAX_TEXT // 2 :] else cut).rstrip() + "…"


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for item in filter(None, items):
        found.setdefault(_key(item) or item, item)
    return tuple(found.values())[:MAX_ITEMS]


def _emotion(given: object) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        return {}
    label, confidence, strength = (given.get(k) for k in ("label", "confidence", "intensity"))
    if not isinstance(label, str) or label not in (*WORDS, "neutral"):
        return {}
    return {
        "label": label,
        "confidence": _within(confidence, 0.0, 1.0, 0.5),
        "intensity": int(_within(strength, 1, 5, 3)),
    }


def _within(given: object, low: float, high: float, default: float) -> float:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    # NaN is not in any range.
    return round(float(given), 2) if number and low <= given <= high else default  # type: ignore[arg-type, operator]


def _fit(profile: Profile) -> Profile:
    """Let the longest list go shorter until the whole is within MAX_BYTES."""
    while len(json.dumps(to_json(profile), ensure_ascii=False).encode()) > MAX_BYTES:
        name = max(LISTS, key=lambda each: sum(map(len, getattr(profile, each))))
        profile = replace(profile, **{name: getattr(profile, name)[:-1]})
    return profile

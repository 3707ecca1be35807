"""One way of writing for every way of writing: width, case, marks, look-alikes, hidden characters.

What is hidden on purpose (zero-width joiners, look-alike letters, text turned round with a
bidi override) is read as it would be seen. Sources: Unicode TR15 (NFKC), TR36 (look-alikes).
"""

import re
import unicodedata

MAX_READ = 8_000  # characters; a message is never longer (contract 3.4)

_HIDDEN = dict.fromkeys(
    [0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, 0x3164, 0xFFA0, *range(0xE0000, 0xE0080)]
)  # fmt: skip
# Marks over letters; the vowel signs of Indic scripts are letters and stay, all but the dot
# (nukta) that many phones leave out.
_MARKS = dict.fromkeys(
    [*range(0x0300, 0x0370), *range(0x0483, 0x0488), 0x0640, *range(0x064B, 0x0660), 0x0670, 0x093C,
     *range(0x20D0, 0x2100)]
)  # fmt: skip
_ONE_FORM: dict[int, int | str] = dict(str.maketrans(
    "’‘ʼ`´′“”„«»ıłøđħᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢəىةکی_",
    "''''''\"\"\"\"\"ilodhabcdefghijklmnoprstuvwyzeيهكي ",
))  # fmt: skip
_ONE_FORM |= {0x0153: "oe", 0x00E6: "ae", 0x0901: "\u0902"}
_ONE_FORM |= {0x1F170 + n: chr(97 + n) for n in range(26)}  # letters in squares
_ONE_FORM |= {0x1F150 + n: chr(97 + n) for n in range(26)}  # letters in filled circles
_ONE_FORM |= {0x1F1E6 + n: chr(97 + n) for n in range(26)}  # letters of flags
_TURNED = re.compile("\u202e([^\u202c\n]*)")

# Letters of other scripts that look like Latin ones, and the way back for Cyrillic words.
_LOOKALIKES = (
    "аaвbсcԁdеeгrһhіiјjкkӏlмmоoрpԛqѕsтtцuуyхxѵvԝwіiзzԍgпn" + "αaβbεeηnιiκkνvοoρpτtυuχxγyωwςsσo"
)
_TO_LATIN = str.maketrans(_LOOKALIKES[::2], _LOOKALIKES[1::2])
_TO_CYRILLIC = str.maketrans("aceopxykmtbh3", "асеорхукмтвнз")
_WORD = re.compile(r"\w+")
_ROMAN = re.compile("[a-z]")
_FOREIGN = re.compile(r"[Ͱ-ӿԀ-ԯ]+")


def normalise(text: str) -> str:
    """Return the first ``MAX_READ`` characters in the one form that phrases are written in."""
    text = text[:MAX_READ]
    if text.isascii():
        return text.replace("_", " ").replace("`", "'").lower()
    for turned in _TURNED.findall(text):
        text += "\n" + turned[::-1]
    text = unicodedata.normalize("NFKD", text.translate(_HIDDEN)).translate(_MARKS)
    text = unicodedata.normalize("NFC", text).casefold().translate(_ONE_FORM)
    return _one_script(text)


def _one_script(text: str) -> str:
    """Give words of mixed scripts the script of the letters that belong to one only."""
    foreign = _FOREIGN.findall(text)
    if not foreign or not _ROMAN.search(text):
        return text
    text = _WORD.sub(_whole, text)
    if sum(map(len, foreign)) < len(text) / 3:
        text = _FOREIGN.sub(_seen_as_latin, text)
    return text


def _whole(word: re.Match[str]) -> str:
    if not (_FOREIGN.search(word[0]) and _ROMAN.search(word[0])):
        return word[0]
    latin = word[0].translate(_TO_LATIN)
    return latin if not _FOREIGN.search(latin) else word[0].translate(_TO_CYRILLIC)


def _seen_as_latin(word: re.Match[str]) -> str:
    latin = word[0].translate(_TO_LATIN)
    return latin if latin.isascii() else word[0]

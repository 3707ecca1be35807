"""Days and times of day in en, zh, es: when somebody means to do something."""

import re

_DAY_EN = r"tonight|today|tomorrow|this (?:morning|evening|afternoon|weekend)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY_ES = r"hoy|mañana|pasado mañana|esta (?:noche|tarde)|(?:el )?(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
_DAY_ZH = r"今晚|今天|明天|明早|明晚|后天|(?:下?周|星期|礼拜)[一二三四五六日末天]"
_TIME_EN = r"(?:in the )?(?:morning|evening|afternoon)|at noon|(?:before|after) (?:work|breakfast|lunch|dinner|bed|school)|at \d{1,2}(?::\d\d)?(?: ?[ap]m)?|\d{1,2} ?[ap]m"
_TIME_ES = r"(?:por|de) la (?:mañana|tarde|noche)|al mediodía|a las? \d{1,2}(?::\d\d)?|(?:antes|después) (?:de|del) (?:comer|cenar|trabajar|trabajo|desayuno|desayunar|clase)"
_TIME_ZH = r"早上|上午|中午|下午|晚上|下班后|晚饭后|早饭前|睡前|[一二三四五六七八九十\d]{1,3}点半?"
_CLOCK = r"\d{1,2}:\d\d"
_EDGE, _END = r"(?<![\wáéíóúñ])(?:", r")(?![\wáéíóúñ])"
_DAY = re.compile(rf"{_EDGE}{_DAY_EN}|{_DAY_ES}{_END}|{_DAY_ZH}", re.I)
_TIME = re.compile(
    rf"{_EDGE}{_TIME_EN}|{_TIME_ES}|{_CLOCK}|tonight|this evening|esta noche{_END}|{_TIME_ZH}|今晚|明晚|明早",
    re.I,
)


def day(text: str) -> str:
    """Return the first day named in ``text``; "" for none."""
    found = _DAY.search(text)
    return found[0] if found else ""


def time(text: str) -> str:
    """Return the first time of day named in ``text``; "" for none.

    "mañana" is a day in Spanish, "por la mañana" a time; "tonight" is both.
    """
    found = _TIME.search(text)
    return found[0] if found else ""

"""What is said when we cannot go on today. Kind, never technical, and with a way to help."""

_BUDGET = {
    "en": "I have done all the thinking I can for today, so I cannot answer this properly now. What you "
    "wrote is kept, and I can go on from it tomorrow (the day turns at midnight UTC). If it cannot wait, "
    "please talk to someone you trust.",
    "zh": "我今天能做的思考已经用完了，现在没法好好回答你。你写下的都已保存，明天（UTC 零点之后）我们可以接着谈。"
    "如果这件事等不了，请和一个你信任的人说说。",
    "es": "Por hoy ya he pensado todo lo que puedo, así que ahora no sabría responderte bien. Lo que has "
    "escrito queda guardado y mañana (a partir de medianoche UTC) podemos seguir. Si no puede esperar, "
    "habla con alguien de confianza.",
}  # fmt: skip


def budget(language: str) -> str:
    """Return what is said when a day's budget of model answers is used up."""
    return _BUDGET.get(language, _BUDGET["en"])

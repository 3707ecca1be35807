"""What we say ourselves: instead of a dangerous answer, and first of all at the soft tier."""

_REPLACEMENT = {
    "en": "I would rather not go on in that direction, because your safety matters more. If you are thinking about hurting yourself, people who know how to help can be reached right now: findahelpline.com lists them by country. I am an AI, and I am still here to listen.",
    "zh": "我不想朝那个方向说下去，因为你的安全更重要。如果你在想伤害自己，现在就有懂得帮助你的人：findahelpline.com 按国家列出了求助热线。我是人工智能，我还在这里听你说。",
    "es": "Prefiero no seguir por ahí, porque tu seguridad importa más. Si estás pensando en hacerte daño, hay personas que saben ayudar y puedes hablar con ellas ahora: findahelpline.com las reúne por países. Soy una IA, y sigo aquí para escucharte.",
    "fr": "Je préfère ne pas continuer dans cette direction : ta sécurité compte davantage. Si tu penses à te faire du mal, des personnes peuvent t'aider dès maintenant : findahelpline.com. Je suis une IA et je reste là pour t'écouter.",
    "de": "Ich möchte in diese Richtung nicht weitergehen, denn deine Sicherheit ist wichtiger. Wenn du daran denkst, dir etwas anzutun, gibt es jetzt Menschen, die helfen können: findahelpline.com. Ich bin eine KI und höre dir weiter zu.",
    "pt": "Prefiro não continuar nessa direção, porque a sua segurança importa mais. Se você pensa em se machucar, há pessoas que podem ajudar agora: findahelpline.com. Sou uma IA e continuo aqui para ouvir.",
    "ja": "その方向に話を続けるのはやめておきます。あなたの安全のほうが大切だからです。自分を傷つけることを考えているなら、今すぐ話せる人がいます：findahelpline.com。私はAIですが、ここで話を聞いています。",
    "ko": "그 방향으로는 이야기를 이어가지 않겠습니다. 당신의 안전이 더 중요하니까요. 스스로를 해칠 생각이 든다면 지금 도움을 줄 수 있는 사람들이 있습니다: findahelpline.com. 저는 AI이고, 계속 여기서 듣고 있습니다.",
    "ru": "Я не буду продолжать в этом направлении: ваша безопасность важнее. Если вы думаете о том, чтобы причинить себе вред, прямо сейчас есть люди, которые умеют помочь: findahelpline.com. Я ИИ, и я по-прежнему готов слушать.",
    "ar": "أفضّل ألا أكمل في هذا الاتجاه لأن سلامتك أهم. إذا كنت تفكر في إيذاء نفسك فهناك من يستطيع مساعدتك الآن: findahelpline.com. أنا ذكاء اصطناعي، وما زلت هنا لأسمعك.",
    "hi": "मैं इस दिशा में आगे नहीं जाना चाहता, क्योंकि आपकी सुरक्षा ज़्यादा ज़रूरी है। अगर आप खुद को चोट पहुँचाने के बारे में सोच रहे हैं, तो मदद करने वाले लोग अभी मिल सकते हैं: findahelpline.com। मैं एक एआई हूँ और सुनने के लिए यहीं हूँ।",
}  # fmt: skip

_CHECK_IN = {
    "en": "What you write makes me want to ask, and you can answer plainly: are you having thoughts of ending your life or of hurting yourself?",
    "zh": "你写的话让我想问一句，你可以照实回答：你有没有想过结束自己的生命，或者伤害自己？",
    "es": "Lo que escribes me hace querer preguntarte, y puedes contestar con franqueza: ¿has pensado en quitarte la vida o en hacerte daño?",
}  # fmt: skip


def replacement(language: str) -> str:
    """Return what stands in place of the dangerous rest of an answer."""
    return _REPLACEMENT.get(language[:2], _REPLACEMENT["en"])


def check_in(language: str) -> str:
    """Return the question an answer begins with at the soft tier (English if we lack theirs)."""
    return _CHECK_IN.get(language[:2], _CHECK_IN["en"])

"""The ten methods: what each is called and good for (contract 4.2). Words in en, zh, es."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A method in one language."""

    name: str
    description: str
    scenarios: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Method:
    """A way of learning; ``minutes`` is how long a good turn at it takes at most."""

    id: str
    minutes: int
    words: dict[str, Words]


def _method(id: str, minutes: int, en: Words, zh: Words, es: Words) -> Method:
    return Method(id, minutes, {"en": en, "zh": zh, "es": es})


_ALL = [
    _method(
        "pareto", 5,
        Words("80/20 Principle", "Find the vital few ideas that explain most of a topic, and begin there.", ("Getting an overview", "Planning what to study", "Grasping the key points fast")),
        Words("80/20原则", "先找出能解释大部分内容的少数关键点，从那里开始。", ("快速了解全貌", "制定学习计划", "迅速抓住重点")),
        Words("Principio 80/20", "Encuentra las pocas ideas que explican casi todo un tema y empieza por ellas.", ("Hacerse una idea general", "Planificar el estudio", "Captar rápido lo esencial")),
    ),
    _method(
        "feynman", 8,
        Words("Feynman Technique", "Explain it simply, as to a child; where you stumble is what to learn next.", ("Understanding a concept", "Checking yourself", "Retelling what you learned")),
        Words("费曼学习法", "像讲给孩子听一样把它说清楚；卡住的地方就是要补的地方。", ("理解概念", "检验自己", "复述所学")),
        Words("Técnica de Feynman", "Explícalo con sencillez, como a un niño; donde tropieces está lo que falta.", ("Entender un concepto", "Comprobar lo que sabes", "Contar lo aprendido")),
    ),
    _method(
        "chunking", 10,
        Words("Chunking", "Cut a big topic into pieces small enough to hold, and see how they fit.", ("Complex topics", "Studying systematically", "Lowering the load")),
        Words("分块学习法", "把大主题切成能装下的小块，再看它们如何拼在一起。", ("复杂主题", "系统学习", "减轻负担")),
        Words("Aprender por bloques", "Corta un tema grande en trozos manejables y mira cómo encajan.", ("Temas complejos", "Estudiar con método", "Aligerar la carga")),
    ),
    _method(
        "dual_coding", 8,
        Words("Dual Coding", "Pair words with a picture or a diagram, so that memory has two ways in.", ("Remembering better", "Understanding a process", "Abstract ideas")),
        Words("双编码理论", "把文字和图像配成一对，让记忆有两条路可走。", ("加深记忆", "理解流程", "抽象概念")),
        Words("Doble codificación", "Une palabras con una imagen o un esquema: la memoria tendrá dos caminos.", ("Recordar mejor", "Entender un proceso", "Ideas abstractas")),
    ),
    _method(
        "interleaving", 10,
        Words("Interleaving", "Weave topics together and learn from how they differ.", ("Understanding across fields", "Making links", "Applying it elsewhere")),
        Words("主题交叉法", "把不同主题交织起来，从它们的差别中学习。", ("跨领域理解", "建立联系", "迁移运用")),
        Words("Intercalar temas", "Entreteje temas y aprende de lo que los distingue.", ("Entender entre campos", "Crear conexiones", "Aplicarlo en otro lugar")),
    ),
    _method(
        "retrieval", 6,
        Words("Retrieval Practice", "Recall it without notes; every effort to remember makes it stay.", ("Reviewing", "Testing yourself before an exam", "Quick recall")),
        Words("检索练习", "不看笔记把它想起来；每一次努力回忆都会让它更牢。", ("复习", "考前自测", "快速回忆")),
        Words("Práctica de recuperación", "Recuérdalo sin apuntes: cada esfuerzo por recordar lo fija.", ("Repasar", "Ponerte a prueba antes de un examen", "Recordar con rapidez")),
    ),
    _method(
        "spaced", 4,
        Words("Spaced Repetition", "Come back to it at growing intervals, just before it would be forgotten.", ("Remembering for long", "A study plan", "Being reminded to review")),
        Words("艾宾浩斯复习", "按逐渐拉长的间隔回来复习，就在快要忘记之前。", ("长期记忆", "学习计划", "复习提醒")),
        Words("Repetición espaciada", "Vuelve a ello con pausas cada vez mayores, justo antes de olvidarlo.", ("Recordar a largo plazo", "Un plan de estudio", "Avisos de repaso")),
    ),
    _method(
        "grow", 10,
        Words("GROW Model", "Goal, reality, options, will: from what you want to what you will do.", ("Planning your study", "Turning it into action", "Setting a goal")),
        Words("GROW模型", "目标、现状、选择、行动：从想要的走到要做的。", ("学习规划", "转化为行动", "设定目标")),
        Words("Modelo GROW", "Meta, realidad, opciones, voluntad: de lo que quieres a lo que harás.", ("Planificar el estudio", "Pasar a la acción", "Fijar una meta")),
    ),
    _method(
        "socratic", 10,
        Words("Socratic Questioning", "Gentle questions that let you find the answer yourself.", ("Thinking critically", "Clarifying a concept", "Understanding deeply")),
        Words("苏格拉底提问", "用温和的提问，让你自己找到答案。", ("批判性思考", "澄清概念", "深入理解")),
        Words("Preguntas socráticas", "Preguntas amables que te dejan hallar la respuesta.", ("Pensar con espíritu crítico", "Aclarar un concepto", "Comprender a fondo")),
    ),
    _method(
        "error_driven", 8,
        Words("Error-driven Learning", "Try first, then look closely at what went wrong and why.", ("Practising a skill", "Applied problems", "Mending mistakes")),
        Words("错误驱动学习", "先动手试，再仔细看错在哪里、为什么错。", ("技能练习", "应用题", "纠正错误")),
        Words("Aprender del error", "Prueba primero y mira después con calma qué falló y por qué.", ("Practicar una destreza", "Problemas aplicados", "Corregir errores")),
    ),
]  # fmt: skip
METHODS = {method.id: method for method in _ALL}

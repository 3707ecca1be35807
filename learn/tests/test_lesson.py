"""What a lesson has brought: notes that can be trusted and rubbish that cannot harm; progress."""

import uuid

import pytest

from learn.models import LearnSession
from learn.rules import lesson, path
from learn.services import lessons, sessions
from solacore.kit.talk import moments
from solacore.kit.talk.terms import lesson_topic, sentences, subject, terms

NOTE = {
    "concepts": [
        {"name": "Gravity", "needs": []},
        {"name": "Tidal bulge", "needs": ["gravity", "Inertia", "Tidal bulge"]},
    ],
    "summary": "You understood that the moon pulls the water.",
    "tool_done": True,
}


class TestNote:
    def test_names_needs_and_summary_are_kept(self):
        found = lesson.noted(["gravity"], "old", NOTE)
        assert found.concepts == ("gravity", "Tidal bulge")
        assert found.needs == {"Tidal bulge": ("gravity", "Inertia")}
        assert found.summary == "You understood that the moon pulls the water."
        assert found.tool_done is True

    @pytest.mark.parametrize(
        "rubbish",
        [
            {},
            {"concepts": None, "summary": None, "tool_done": None},
            {"concepts": "Gravity", "summary": 7, "tool_done": "true"},
            {"concepts": {"name": "x"}, "summary": ["x"], "tool_done": 1},
            {"concepts": [None, 3, [], {}, {"name": None}, {"name": "  "}, {"name": []}]},
            {"concepts": [{"name": "\x00"}], "summary": "\x00\ud800"},
        ],
    )
    def test_rubbish_changes_nothing(self, rubbish):
        found = lesson.noted(["Gravity"], "old", rubbish)
        assert found == lesson.Lesson(("Gravity",), "old", (), None)

    def test_everything_is_bounded_and_storable(self):
        note = {
            "concepts": [{"name": f"{n} {'x' * 500}\x00\ud800", "needs": ["y" * 500] * 50} for n in range(50)],
            "summary": "word " * 5_000,
        }  # fmt: skip
        found = lesson.noted([], "", note)
        assert len(found.concepts) == lesson.MOST
        assert all(len(name) <= 200 and name.isprintable() for name in found.concepts)
        assert all(
            len(c.prerequisites) <= 6 and len(c.prerequisites[0]) <= 200 for c in found.named
        )
        assert len(found.summary) <= 1_000

    def test_known_names_stay_first_when_there_are_too_many(self):
        known = [f"known {n}" for n in range(12)]
        found = lesson.noted(known, "", {"concepts": ["new"]})
        assert found.concepts == tuple(known)
        assert found.named == ()


SAID = {
    "en": ["How do tides work?", "The moon pulls the water of the ocean.", "ok"],
    "zh": ["潮汐是怎么形成的？", "月亮的引力拉动海水。", "好"],
    "es": ["¿Cómo funcionan las mareas?", "La luna tira del agua del océano.", "vale"],
}
EXPECTED = {
    "en": ("tides", {"moon", "water", "ocean"}, "You came to understand “tides”. You said: “The moon pulls the water of the ocean”."),
    "zh": ("潮汐", {"引力", "海水"}, "你来是想弄懂「潮汐」。你说过：「月亮的引力拉动海水」。"),
    "es": ("las mareas", {"luna", "agua", "océano"}, "Viniste a entender «las mareas». Dijiste: «La luna tira del agua del océano»."),
}  # fmt: skip


class TestWithoutNote:
    @pytest.mark.parametrize("language", SAID)
    def test_learners_own_words_are_all_there_is(self, language):
        topic, named, summary = EXPECTED[language]
        found = lesson.heard([], "", topic="", said=SAID[language], answer="x", language=language)
        assert found.concepts[0] == topic
        assert named <= set(found.concepts)
        assert found.summary == summary
        everything = "".join(SAID[language])
        assert all(name in everything for name in found.concepts)

    def test_a_models_summary_outlives_a_turn_without_a_note(self):
        given = {"topic": "", "said": SAID["en"], "answer": "", "language": "en"}
        assert lesson.heard([], "You know why.", **given).summary == "You know why."
        ours = lesson.heard([], "", **given).summary
        more = {**given, "said": [*SAID["en"], "The earth turns under the bulge."]}
        assert lesson.heard([], ours, **more).summary != ours

    def test_nothing_said_makes_no_summary(self):
        found = lesson.heard(
            [], "", topic="", said=["How do tides work?"], answer="", language="en"
        )
        assert (found.concepts, found.summary) == (("tides",), "")

    def test_same_words_again_change_nothing(self):
        once = lesson.heard([], "", topic="", said=SAID["en"], answer="", language="en")
        again = lesson.heard(
            once.concepts, once.summary, topic="", said=SAID["en"], answer="", language="en"
        )
        assert (again.concepts, again.summary, again.named) == (once.concepts, once.summary, ())

    @pytest.mark.parametrize(
        "said", ["", "?", "[[coach {", "\n" * 4_000, "a" * 4_000, "的" * 4_000, "x. " * 1_300]
    )
    def test_odd_words_do_no_harm(self, said):
        found = lesson.heard([], "", topic=said, said=[said], answer=said, language="en")
        assert all(len(name) <= 200 for name in found.concepts)
        assert len(found.summary) <= 1_000


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "topic"),
        [
            ("How do tides work?", "tides"),
            ("I want to learn about photosynthesis", "photosynthesis"),
            ("What is compound interest?", "compound interest"),
            ("Sourdough bread", "Sourdough bread"),
            ("我想学光合作用", "光合作用"),
            ("什么是复利？", "复利"),
            ("¿Qué es el interés compuesto?", "el interés compuesto"),
            ("Quiero aprender sobre la fotosíntesis", "la fotosíntesis"),
            ("How does the water cycle work?", "the water cycle"),
            ("?!", ""),
        ],
    )
    def test_topic_is_what_the_question_is_about(self, text, topic):
        assert subject(text) == topic

    def test_topic_that_was_cut_is_told_in_full_by_the_first_message(self):
        first = "How does the water cycle of the tropics work?"
        assert lesson_topic(first[:30] + "...", [first]) == "the water cycle of the tropics"
        assert lesson_topic("Tides", ["And the moon?"]) == "Tides"
        assert lesson_topic("", []) == ""

    def test_questions_and_single_words_are_no_statements(self):
        assert sentences("Really? Yes. The moon pulls. ¿Y la luna? 月亮拉动海水。好。") == [
            "The moon pulls",
            "月亮拉动海水",
        ]

    def test_terms_stand_in_the_text(self):
        text = "Compound interest is interest on interest, and savings grow."
        assert all(term in text for term in terms([text]))

    @pytest.mark.parametrize(
        ("text", "day", "time"),
        [
            ("tomorrow at 7 pm", "tomorrow", "at 7 pm"),
            ("mañana por la mañana", "mañana", "por la mañana"),
            ("周六上午", "周六", "上午"),
            ("tonight", "tonight", "tonight"),
            ("I will monitor it", "", ""),
        ],
    )
    def test_days_and_times_are_found(self, text, day, time):
        assert (moments.day(text), moments.time(text)) == (day, time)


PLAN = ["pareto", "feynman", "grow"]


class TestProgress:
    def test_recorded_and_those_before_count_in_the_plans_order(self):
        assert path.progress(PLAN, "pareto", finished=False, done=["grow"]) == (["grow"], 33)
        assert path.progress(PLAN, "grow", finished=False, done=PLAN) == (PLAN, 100)
        assert path.progress(PLAN, None, finished=False, done=["x"]) == ([], 0)
        assert path.progress([], None, finished=False, done=["x"]) == ([], 0)

    def progress(self, person, lesson):
        found = person.send("GET", f"/learn/{lesson}/progress").json()
        return found["completed_tools"], found["progress_percentage"]

    def switch(self, person, lesson, tool):
        body = {"tool": tool}
        assert person.send("PATCH", f"/learn/{lesson}/current-tool", body).status == 200

    def test_going_back_loses_nothing_and_a_new_path_only_what_left_it(self, ada):
        lesson = ada.send("POST", "/learn").json()["session_id"]
        self.switch(ada, lesson, "feynman")
        self.switch(ada, lesson, "grow")
        self.switch(ada, lesson, "pareto")
        assert self.progress(ada, lesson) == (["pareto", "feynman"], 66)
        chosen = {"mode": "custom", "selected_tools": ["spaced", "feynman"]}
        ada.send("POST", f"/learn/{lesson}/path", chosen)
        assert self.progress(ada, lesson) == (["feynman"], 50)

    def test_last_method_done_is_a_hundred_percent(self, ada):
        lesson = ada.send("POST", "/learn").json()["session_id"]
        self.switch(ada, lesson, "feynman")
        self.switch(ada, lesson, "grow")
        session = sessions.lock(session_id=uuid.UUID(lesson), user_id=ada.id)
        self.conclude(session, note={"tool_done": True}, tool="grow")
        session.save()
        assert self.progress(ada, lesson) == (PLAN, 100)

    def conclude(self, session, **given):
        given = {"note": None, "answer": "", "said": [], "language": "en", **given}
        return lessons.conclude(session, **given)

    def test_note_fills_the_session(self):
        session = LearnSession(tool_plan=PLAN, current_tool="pareto", topic="How do tides work?")
        named = self.conclude(session, note=NOTE, tool="pareto")
        assert [concept.name for concept in named] == ["Gravity", "Tidal bulge"]
        assert session.key_concepts == ["Gravity", "Tidal bulge"]
        assert session.learning_summary == NOTE["summary"]
        assert session.completed_tools == ["pareto"]

    def test_note_without_concepts_is_helped_out(self):
        session = LearnSession(tool_plan=PLAN, topic="How do tides work?")
        note = {"summary": "You know why.", "tool_done": True}
        self.conclude(session, note=note, said=SAID["en"], tool="pareto")
        assert "moon" in session.key_concepts
        assert session.learning_summary == "You know why."
        assert session.completed_tools == ["pareto"]

    def test_without_a_note_words_and_turns_count(self):
        session = LearnSession(tool_plan=PLAN, topic="How do tides work?")
        self.conclude(session, said=SAID["en"], tool="feynman", turn=4)
        assert session.key_concepts[0] == "tides"
        assert session.completed_tools == []
        self.conclude(session, said=SAID["en"], tool="feynman", turn=5)
        assert session.completed_tools == ["feynman"]

    def test_method_outside_the_path_is_not_recorded(self):
        session = LearnSession(tool_plan=PLAN)
        self.conclude(session, note={"tool_done": True}, tool="spaced")
        assert session.completed_tools == []
        assert session.key_concepts is None

"""The map: one entry for each concept, how it stands, and what helps next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learn import limits
from learn.models import Card, Concept, LearnSession
from learn.rules import mastery, memory
from learn.rules.concepts import NamedConcept, clean, joined, key_of
from learn.rules.mastery import METHOD, WORDS, Because, Standing
from learn.rules.memory import Rating
from learn.rules.methods import METHODS
from learn.selectors import mastery as selectors
from learn.services import concepts
from learn.tests.test_cards import make
from learn.tests.test_reviews import NOW, card_of, look, seen

AGAIN, HARD, GOOD, EASY = Rating


class TestRule:
    @pytest.mark.parametrize(
        ("standing", "near", "because"),
        [
            (Standing(), [], Because.NO_CARDS),
            (Standing(3), [], Because.NEVER_RECALLED),
            (Standing(3, 1, 0.9, (AGAIN, AGAIN)), [], Because.NEVER_RECALLED),
            (Standing(3, 1, 0.9, (GOOD, AGAIN)), [Standing(1, 1, 0.9, (AGAIN,))], Because.CONFUSED),
            (
                Standing(3, 1, 0.9, (GOOD, AGAIN, AGAIN)),
                [Standing(1, 1, 0.9, (GOOD,))],
                Because.LAPSES,
            ),
            (Standing(3, 3, 0.95, (HARD, HARD, GOOD)), [], Because.LABORIOUS),
            (Standing(3, 3, 0.95, (GOOD, EASY)), [Standing(1, 1, 0.9, (AGAIN,))], Because.STRONG),
            (Standing(3, 3, 0.6, (GOOD, GOOD)), [], Because.FADING),
        ],
    )
    def test_names_what_helps_next(self, standing, near, because):
        assert mastery.suggest(standing, near) == because

    def test_every_reason_has_a_method_and_words(self):
        for because in Because:
            assert METHOD[because] in METHODS
            assert {"en", "zh", "es"} == set(WORDS[because])

    def test_neighbours_are_linked_either_way_or_rest_on_the_same(self):
        rests_on = {
            "tide": frozenset({"gravity"}),
            "orbit": frozenset({"gravity"}),
            "gravity": frozenset(),
            "bread": frozenset(),
        }
        resting = mastery.resting(rests_on)
        found = {key: mastery.neighbours(key, base, resting) for key, base in rests_on.items()}
        assert found["tide"] == {"gravity", "orbit"}
        assert found["gravity"] == {"tide", "orbit"}
        assert found["bread"] == set()


class TestNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Gravity", " gravity "),
            ("ＧＲＡＶＩＴＹ", "gravity"),
            ("Straße", "STRASSE"),
            ("a\n b", "A b"),
        ],
    )
    def test_are_one_however_they_are_written(self, one, other):
        assert key_of(one) == key_of(other)

    @given(st.text(max_size=400))
    def test_are_storable_and_bounded(self, name):
        kept = clean(name)
        assert len(kept) <= 200
        assert "\x00" not in kept
        assert len(key_of(kept)) <= 600
        kept.encode()

    def test_nothing_rests_on_itself_or_twice(self):
        assert joined("Tides", ["Moon"], ["moon", "TIDES", "", "Sun"]) == ["Moon", "Sun"]
        assert len(joined("x", [], [f"p{n}" for n in range(50)])) == 8


class TestNaming:
    def name(self, person, *named, session_id=None):
        return concepts.name(user_id=person.id, session_id=session_id, concepts=named, now=NOW)

    def test_same_call_twice_is_one_and_prerequisites_add_up(self, ada, bob):
        for _ in range(2):
            self.name(
                ada, NamedConcept("Tides", ("Gravity",)), NamedConcept(" TIDES", ("The moon",))
            )
        self.name(bob, NamedConcept("tides"))
        row = Concept.objects.get(user_id=ada.id)
        assert (row.name, row.prerequisites) == ("Tides", ["Gravity", "The moon"])
        assert Concept.objects.count() == 2

    def test_is_bounded_and_leaves_out_the_empty(self, ada, monkeypatch):
        assert (
            self.name(ada, *(NamedConcept(f"c{n}") for n in range(90))) == limits.CONCEPTS_AT_ONCE
        )
        assert self.name(ada, NamedConcept("  "), NamedConcept("\x00")) == 0
        monkeypatch.setattr(limits, "CONCEPTS", 21)
        assert self.name(ada, NamedConcept("x"), NamedConcept("y"), NamedConcept("c1", ("z",))) == 1
        assert Concept.objects.get(key="c1").prerequisites == ["z"]

    def test_concept_outlives_its_lesson(self, ada):
        lesson = LearnSession.objects.create(user_id=ada.id)
        self.name(ada, NamedConcept("Tides"), session_id=lesson.pk)
        assert ada.send("DELETE", f"/learn/{lesson.pk}").status == 204
        assert Concept.objects.get().session_id is None


class TestMap:
    def whole(self, person, now=NOW, language="en"):
        found, _ = selectors.whole(
            user_id=person.id, language=language, now=now, limit=100, offset=0
        )
        return {entry["name"]: entry for entry in found}

    def test_joins_what_is_written_differently(self, ada):
        concepts.name(
            user_id=ada.id, session_id=None, concepts=[NamedConcept("Gravity", ("Mass",))], now=NOW
        )
        for n, concept in enumerate(["gravity", "GRAVITY ", "Ｇravity", "Bread", ""]):
            make(ada, f"q{n}", concept=concept)
        found = ada.send("GET", "/learn/map").json()
        assert [(c["name"], c["cards"]) for c in found["concepts"]] == [
            ("Bread", 1),
            ("Gravity", 3),
        ]
        assert found["concepts"][1]["prerequisites"] == ["Mass"]
        assert found["total"] == 2

    def test_retrievability_is_the_packages_own(self, ada):
        cards = [seen(ada, days, f"q{days}", concept="Tides", stability=float(n + 1))
                 for n, days in enumerate((0, 1, 9, 80, 700))]  # fmt: skip
        card_of(ada, "new", concept="tides")
        for later in (
            timedelta(0),
            timedelta(hours=23, minutes=59),
            timedelta(days=30),
            -timedelta(days=900),
        ):
            expected = [memory.retrievability(card.memory, now=NOW + later) for card in cards]
            entry = self.whole(ada, NOW + later)["Tides"]
            assert entry["retrievability"] == pytest.approx(sum(expected) / 5, rel=1e-12)
            assert (entry["cards"], entry["seen"]) == (6, 5)

    def test_last_grades_come_newest_first_and_withdrawn_ones_do_not_count(self, ada):
        card = card_of(ada, concept="Tides")
        for n, rating in enumerate([GOOD, AGAIN, HARD, GOOD, EASY, AGAIN, GOOD]):
            look(ada, card, rating, now=NOW + timedelta(days=n))
        ada.send("POST", f"/learn/reviews/{card.pk}/undo")
        entry = self.whole(ada, NOW + timedelta(days=8))["Tides"]
        assert entry["last_grades"] == ["again", "easy", "good", "hard", "again"]
        assert entry["next"]["reason"] == "lapses"
        assert entry["next"]["method"] == "error_driven"

    def test_neighbour_that_slips_makes_them_be_told_apart(self, ada):
        named = [NamedConcept("Tides", ("Gravity",)), NamedConcept("Orbits", ("gravity",))]
        concepts.name(user_id=ada.id, session_id=None, concepts=named, now=NOW)
        for concept in ("Tides", "Orbits"):
            card = card_of(ada, concept, concept=concept)
            look(ada, card, AGAIN)
            look(ada, card, GOOD, now=NOW + timedelta(days=1))
        assert {e["next"]["reason"] for e in self.whole(ada).values()} == {"confused"}

    def test_speaks_the_language_that_is_asked_for(self, ada):
        make(ada, concept="Tides")
        for language in ("zh", "es"):
            found = ada.send("GET", "/learn/map", headers={"accept-language": language}).json()
            (entry,) = found["concepts"]
            assert entry["next"]["because"] == WORDS[Because.NEVER_RECALLED][language]
            assert entry["next"]["name"] == METHODS["retrieval"].words[language].name

    def test_pages_weakest_first_and_nobody_elses(self, ada, bob):
        for days in (3, 90, 30):
            seen(ada, days, f"q{days}", concept=f"c{days}", stability=5.0)
        names = [
            ada.send("GET", f"/learn/map?limit=1&offset={n}").json()["concepts"][0]["name"]
            for n in range(3)
        ]
        assert names == ["c90", "c30", "c3"]
        assert bob.send("GET", "/learn/map").json()["total"] == 0
        assert bob.wire.send("GET", "/learn/map").status == 401

    def test_proposed_cards_are_not_in_it(self, ada):
        make(ada, concept="Tides")
        Card.objects.update(state="proposed")
        assert ada.send("GET", "/learn/map").json()["total"] == 0

    def test_takes_three_statements_however_many(self, ada, django_assert_num_queries):
        for n in range(30):
            look(
                ada, card_of(ada, f"q{n}", concept=f"c{n}"), now=datetime(2026, 11, 20, tzinfo=UTC)
            )
        with django_assert_num_queries(3):
            assert len(self.whole(ada)) == 30

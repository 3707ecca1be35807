"""Cards as files and back: the same to the last character; other makers' files; bad ones."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from learn import limits
from learn.models import Card
from learn.rules import transfer
from learn.rules.cards import Answer, ConceptName, Question
from learn.rules.transfer import Format, Skipped
from learn.tests.test_cards import make

ODD = st.text(
    st.one_of(
        st.sampled_from("\t\r\n\"',;#=+-@&>*|\\ \ufeff\u2028\x0b\x1cQA"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=40,
)


def kept(kind):
    """Texts as the wire keeps them: trimmed, within bounds."""
    adapter = TypeAdapter(kind)
    return ODD.map(lambda text: adapter.validate_python(f"x{text}x")[1:-1].strip()).filter(
        lambda text: _is(adapter, text)
    )


def _is(adapter, text):
    try:
        return adapter.validate_python(text) == text
    except ValueError:
        return False


@pytest.mark.parametrize("format", list(Format))
@settings(max_examples=300, deadline=None)
@given(rows=st.lists(st.tuples(kept(Question), kept(Answer), kept(ConceptName)), max_size=6))
@example(rows=[("#separator:comma", "**A**", "#"), ("'=1+1", "''-2", "'tis"), ('"', '""\n"', ",")])
@example(rows=[("&#13;", "&#38;#13;\r\n\rx", "&amp;"), ("> q", "\n> **Q**\nx".strip(), "**C**")])
def test_what_is_written_is_read_again_to_the_last_character(format, rows):
    text = "".join(transfer.write(format, rows))
    read = list(transfer.read(format, text))
    assert not any(isinstance(each, Skipped) for each in read)
    assert [(card.question, card.answer, card.concept) for _, card in read] == rows


@given(st.sampled_from(list(Format)), st.text(max_size=300))
@example(Format.ANKI, "#separator:")
@example(Format.ANKI, '#separator:"\nq"a')
@example(Format.CSV, '"never closed\nand on')
@example(Format.CSV, "a\rb\r\nc")
@example(Format.MARKDOWN, "> lost\n**A**\n> x\n**Q**")
def test_whatever_comes_is_read_without_a_fault(format, text):
    for each in transfer.read(format, text):
        assert isinstance(each, Skipped) or (each[1].question and each[1].answer)


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1", "@x", "'=1"])
def test_no_cell_is_a_formula_to_a_spreadsheet(cell):
    text = "".join(transfer.write(Format.CSV, [(cell, cell, cell)]))
    _, row = csv.reader(io.StringIO(text))
    assert row == [f"'{cell}"] * 3


def test_ankis_own_export_is_read():
    text = (
        "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n"
        'x)1\tBasic\tDefault\tWhat is <b>2</b> &lt; 3?\t"a<br>""b""<div>c</div>"\tmaths hard\n'
        "x)2\tBasic\tDefault\tOnly a front\n"
    )
    (line, card), skipped = transfer.read(Format.ANKI, text)
    assert (line, card.question, card.answer, card.concept) == (
        7, "What is 2 < 3?", 'a\n"b"\nc', "",
    )  # fmt: skip
    assert skipped == Skipped(8, "answer_missing")


def test_columns_of_a_csv_may_stand_in_any_order():
    ((_, card),) = transfer.read(Format.CSV, "\ufeffAnswer,Tags,Question\r\nb,x,a\r\n")
    assert (card.question, card.answer, card.concept) == ("a", "b", "")


def bring(person, content, format="csv"):
    return person.send("POST", "/learn/cards/import", {"format": format, "content": content})


class TestWire:
    @pytest.mark.parametrize("format", list(Format))
    def test_file_of_one_account_fills_another(self, ada, bob, format):
        for n, answer in enumerate(['Two\nlines, "quoted"\tand tabbed', "=1+1", "引力 🌙"]):
            make(ada, f"q{n}; #{n}", answer=answer, concept="Tides" if n else "")
        Card.objects.filter(pk=make(ada, "proposed")).update(state="proposed")
        reply = ada.send("GET", f"/learn/cards/export?format={format}")
        assert reply.header("content-disposition").endswith(f'filename="cards.{format.suffix}"')
        assert bring(bob, reply.body.decode(), format).json() == {
            "created": 3, "skipped": [], "skipped_total": 0,
        }  # fmt: skip
        assert bob.send("GET", f"/learn/cards/export?format={format}").body == reply.body
        again = bring(bob, reply.body.decode(), format).json()
        assert (again["created"], {s["reason"] for s in again["skipped"]}) == (0, {"duplicate"})
        assert bob.send("GET", "/learn/reviews/due").json()["total"] == 3

    def test_what_is_left_out_is_named_with_its_line(self, ada):
        make(ada, "Known")
        content = 'question,answer\nok,yes\n\n" KNOWN ",no\n,no\nno,\n"two\nlines",yes\n' + (
            f"{'q' * 501},a\na,{'b' * 2001}\nOK,twice\n"
        )
        found = bring(ada, content).json()
        assert found["created"] == 2
        assert [(s["line"], s["reason"]) for s in found["skipped"]] == [
            (4, "duplicate"), (5, "question_missing"), (6, "answer_missing"),
            (9, "question_too_long"), (10, "answer_too_long"), (11, "duplicate"),
        ]  # fmt: skip

    def test_account_holds_only_so_many(self, ada, monkeypatch):
        monkeypatch.setattr(limits, "CARDS", 2)
        found = bring(ada, "a,1\nb,2\nc,3\na,4").json()
        assert found["created"] == 2
        assert [s["reason"] for s in found["skipped"]] == ["limit", "duplicate"]
        assert ada.send("POST", "/learn/cards", {"question": "q", "answer": "a"}).status == 400

    def test_answer_stays_small_however_many_are_left_out(self, ada):
        found = bring(ada, "x\n" * 5000).json()
        assert (len(found["skipped"]), found["skipped_total"]) == (1000, 5000)

    @pytest.mark.parametrize("body", [{}, {"format": "csv"}, {"format": "xml", "content": "a"}, {"format": "csv", "content": "a,b\x00"},
                                      {"format": "csv", "content": 5}])  # fmt: skip
    def test_bad_requests_are_refused(self, ada, body):
        assert ada.send("POST", "/learn/cards/import", body).status == 422
        assert ada.send("GET", "/learn/cards/export?format=xml").status == 422

    def test_nobody_elses_cards_come_along(self, ada, bob):
        make(ada)
        assert bob.send("GET", "/learn/cards/export").body == b"question,answer,concept\r\n"
        assert bob.wire.send("GET", "/learn/cards/export").status == 401

    def test_more_than_the_gate_lets_in_is_refused_whole(self, ada):
        reply = bring(ada, "q,a\n" * 40_000)
        assert (reply.status, Card.objects.count()) == (413, 0)

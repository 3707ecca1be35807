"""How long it takes to hide and to flag 8,000 characters, and how the test sets fare.

Run by hand: ``PYTHONPATH=. .venv/bin/python bench/shield.py``.
"""

import statistics
import time

from solacore.kit.talk.injection import flagged
from solacore.kit.talk.shield import Shield
from solacore.tests.shield import labelled
from solacore.tests.shield.test_shield import NEGATIVES, SAMPLES, cases

for kind in SAMPLES:
    found = other = total = 0
    for case in cases(kind):
        where = case.index("«"), case.index("»") - 1
        spans = Shield().hide(case.replace("«", "").replace("»", ""))
        hits = sum((s.start, s.end) == where and s.name.startswith(kind) for s in spans)
        found, other, total = found + hits, other + len(spans) - hits, total + 1
    print(
        f"{kind:8} n={total:4} recall={found / total:.3f} precision={found / (found + other):.3f}"
    )

print("labelled without sight of the detectors: all, and the third no rule was fitted to")
for kind in SAMPLES:
    for part, chosen in (("all", lambda _text: True), ("unseen", labelled.is_unseen)):
        got = labelled.score(
            kind,
            [case for case in labelled.cases() if chosen(case.text)],
            [text for text in labelled.negatives() if chosen(text)],
        )
        print(
            f"{kind:8} {part:6} n={got.total:4} recall={got.recall:.3f} precision={got.precision:.3f}"
        )
for part, chosen in (("all", lambda _text: True), ("unseen", labelled.is_unseen)):
    orders = [text for text in labelled.orders() if chosen(text)]
    friendly = [text for text in labelled.lookalikes() if chosen(text)]
    print(
        f"orders   {part:6} flagged {sum(map(bool, map(flagged, orders)))} of {len(orders)}, "
        f"look-alikes {sum(map(bool, map(flagged, friendly)))} of {len(friendly)}"
    )

everyday = " ".join(
    [case.replace("«", "").replace("»", "") for kind in SAMPLES for case in cases(kind)] + NEGATIVES
)
for name, text in (
    ("prose", "I felt that nobody at work would listen to me. " * 200),
    ("dense", everyday),
    ("pump", "1 " * 4_000),
):
    for call in (lambda text: Shield().hide(text), flagged):
        taken = []
        for _ in range(100):
            begun = time.perf_counter()
            call(text[:8_000])
            taken.append((time.perf_counter() - begun) * 1e3)
        label = "flagged" if call is flagged else "hide"
        print(
            f"{name:6} {label:8} p50 {statistics.median(taken):6.1f} ms, p99 {statistics.quantiles(taken, n=100)[98]:6.1f} ms"
        )

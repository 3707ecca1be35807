"""Letters: plain words in ``templates/emails/<language>/<name>.txt``, HTML made from the same.

The first line of a file is the subject. A paragraph that is nothing but a link becomes a
button, one that is nothing but ``[[...]]`` is set apart, to be copied.
"""

import re
from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string

from solacore.kit import metrics

LANGUAGES = ("en", "zh", "es")
_APART = re.compile(r"\[\[(.+)\]\]")


def language_of(locale: str) -> str:
    """Return which of our languages to write in for ``locale`` ("zh-CN" is "zh"); else English."""
    short = locale[:2].lower()
    return short if short in LANGUAGES else "en"


def deliver(
    letter: str,
    *,
    to: str,
    locale: str,
    facts: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> None:
    """Write ``letter`` and hand it to the mail server. Raises OSError, SMTPException.

    Call it from deferred work only: a mail server may take its time.
    """
    language = language_of(locale)
    # Not HTML: nothing is escaped here, and facts are one line each, so no header can be forged.
    context = {name: " ".join(value.split()) for name, value in facts.items()}
    words = Engine.get_default().get_template(f"emails/{language}/{letter}.txt")
    text = words.render(Context(context, autoescape=False))
    subject, _, body = text.partition("\n")
    paragraphs = [part.strip() for part in body.strip().split("\n\n")]
    html = render_to_string(
        "emails/layout.html",
        {"language": language, "subject": subject, "parts": [_part(p) for p in paragraphs]},
    )
    message = EmailMultiAlternatives(
        subject.strip(),
        "\n\n".join(_APART.sub(r"\1", paragraph) for paragraph in paragraphs) + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    message.attach_alternative(html, "text/html")
    message.send()
    metrics.LETTERS.labels(letter).inc()


def _part(paragraph: str) -> dict[str, str]:
    if re.fullmatch(r"https?://\S+", paragraph):
        return {"kind": "link", "text": paragraph}
    if apart := _APART.fullmatch(paragraph):
        return {"kind": "code", "text": apart[1]}
    return {"kind": "text", "text": paragraph}

"""Where the link in a check-in letter leads. The page asks, its buttons act: a mail scanner that
opens every link changes nothing. It shows nothing of what the session is about."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import InvalidOrExpiredToken
from solacore.kit.mail import language_of
from solacore.kit.threads import in_thread
from solve.rules.outcomes import Outcome
from solve.services import follow_through

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "How did it go?",
        "done": "Done", "not_yet": "Not yet", "changed": "My plan has changed",
        "after_done": "Well done. It is noted.",
        "after_not_yet": "That is all right, and it is noted. A smaller step may be easier to begin.",
        "after_changed": "Good to know, and it is noted. Plans are allowed to change.",
        "onward": "Go on from there in Solacore",
        "spent": "This link has been settled, replaced by a newer one, or has expired.",
    },
    "zh": {
        "title": "进展如何？",
        "done": "完成了", "not_yet": "还没有", "changed": "计划有变",
        "after_done": "真好，已经记下了。",
        "after_not_yet": "没关系，已经记下了。也许小一点的一步更容易开始。",
        "after_changed": "知道了，已经记下。计划是可以改变的。",
        "onward": "回到 Solacore 继续",
        "spent": "这个链接已经处理完毕、被新的链接取代，或已过期。",
    },
    "es": {
        "title": "¿Cómo te fue?",
        "done": "Hecho", "not_yet": "Todavía no", "changed": "Mi plan ha cambiado",
        "after_done": "Bien hecho. Queda anotado.",
        "after_not_yet": "No pasa nada, queda anotado. Quizá un paso más pequeño sea más fácil de empezar.",
        "after_changed": "Es bueno saberlo; queda anotado. Los planes pueden cambiar.",
        "onward": "Seguir desde ahí en Solacore",
        "spent": "Este enlace ya quedó resuelto, lo sustituyó otro más nuevo, o ha caducado.",
    },
}  # fmt: skip


@require_http_methods(["GET", "POST"])
async def check_in(request: HttpRequest) -> HttpResponse:
    """Ask how a first step went; note the answer that is pressed."""
    now = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    token, outcome = sent.get("token", ""), request.POST.get("outcome", "")
    try:
        if outcome not in Outcome.values:
            follow_through.link_leads_to(token=token, now=now)  # a look, no query
            return _page(request, token=token)
        session_id = await in_thread(follow_through.answer_by_link)(
            token=token, outcome=Outcome(outcome), now=now
        )
    except InvalidOrExpiredToken:
        return _page(request, say="spent", status=400)
    onward = "" if outcome == Outcome.DONE else f"{settings.FRONTEND_URL}/sessions/{session_id}"
    return _page(request, say=f"after_{outcome}", onward=onward)


def _page(
    request: HttpRequest, *, token: str = "", say: str = "", onward: str = "", status: int = 200
) -> HttpResponse:
    language = language_of(request.headers.get("Accept-Language", "en"))
    words = WORDS[language]
    context = {
        "language": language,
        "title": words["title"],
        "token": token,
        "answers": [(outcome, words[outcome]) for outcome in Outcome.values],
        "sentence": words.get(say, ""),
        "onward": onward,
        "onward_words": words["onward"],
    }
    return render(request, "pages/check_in.html", context, status=status)

"""Where the links in Learn's letters lead. A page asks, its button acts: a mail scanner that
opens every link changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.errors import InvalidOrExpiredToken
from learn.services import digests
from solacore.kit.mail import language_of
from solacore.kit.threads import in_thread

WORDS = {
    "en": ("No more review letters", "Stop these letters", "Done. We will not write to you about due cards any more.", "This link is not valid."),
    "zh": ("不再接收复习邮件", "停止发送", "好了，我们不会再发送复习提醒邮件。", "这个链接无效。"),
    "es": ("No más cartas de repaso", "Dejar de recibirlas", "Hecho. No volveremos a escribirte sobre tarjetas pendientes.", "Este enlace no es válido."),
}  # fmt: skip


@csrf_exempt  # the signed token is the proof; a mail program that posts has no cookie (RFC 8058)
@require_http_methods(["GET", "POST"])
async def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Send no more digests to whoever the link was made for."""
    language = language_of(request.headers.get("Accept-Language", "en"))
    title, button, done, invalid = WORDS[language]
    context = {"language": language, "title": title, "button": button}
    token = request.POST.get("token") or request.GET.get("token", "")
    if request.method == "GET":
        return render(request, "pages/letter.html", {**context, "token": token})
    try:
        await in_thread(digests.unsubscribe)(token=token)
    except InvalidOrExpiredToken:
        return render(request, "pages/letter.html", {**context, "sentence": invalid}, status=400)
    return render(request, "pages/letter.html", {**context, "sentence": done})

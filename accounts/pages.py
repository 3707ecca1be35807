"""Where the links in our letters lead. A page asks, its button acts: a mail scanner that opens
every link changes nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import InvalidOrExpiredToken
from accounts.services import devices, users
from solacore.kit.mail import language_of
from solacore.kit.threads import in_thread

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "verify": {
        "en": ("Confirm your e-mail address", "Yes, this address is mine", "Thank you. Your address is confirmed."),
        "zh": ("确认你的邮箱地址", "是的，这是我的地址", "谢谢，你的地址已确认。"),
        "es": ("Confirma tu dirección de correo", "Sí, esta dirección es mía", "Gracias. Tu dirección está confirmada."),
    },
    "free": {
        "en": ("Make room for your new device", "Sign out the device I use least", "Done. Now sign in again on your new device."),
        "zh": ("为新设备腾出位置", "退出我最久没用的设备", "好了。请在新设备上重新登录。"),
        "es": ("Haz sitio a tu nuevo dispositivo", "Sacar el dispositivo que menos uso", "Hecho. Ahora vuelve a entrar en tu nuevo dispositivo."),
    },
    "spent": {
        "en": ("This link has been used, replaced by a newer one, or has expired.",),
        "zh": ("这个链接已被使用、被新的链接取代，或已过期。",),
        "es": ("Este enlace ya se usó, lo sustituyó otro más nuevo, o ha caducado.",),
    },
}  # fmt: skip


@require_http_methods(["GET", "POST"])
async def verify(request: HttpRequest) -> HttpResponse:
    """Confirm an address."""
    return await _act(request, "verify", users.verify_by_token)


@require_http_methods(["GET", "POST"])
async def free_device(request: HttpRequest) -> HttpResponse:
    """Take the longest unused device off an account that is full."""
    return await _act(request, "free", devices.free_oldest)


async def _act(request: HttpRequest, words: str, act: Callable[..., None]) -> HttpResponse:
    language = _language(request)
    title, button, done = WORDS[words][language]
    context = {"language": language, "title": title, "button": button}
    if request.method == "GET":
        return _page(request, {**context, "token": request.GET.get("token", "")})
    try:
        token = request.POST.get("token", "").replace("\x00", "")
        await in_thread(act)(token=token, now=timezone.now())
    except InvalidOrExpiredToken:
        return _page(request, {**context, "sentence": WORDS["spent"][language][0]}, status=400)
    return _page(request, {**context, "sentence": done})


def _language(request: HttpRequest) -> str:
    return language_of(request.headers.get("Accept-Language", "en"))


def _page(request: HttpRequest, context: dict[str, str], status: int = 200) -> HttpResponse:
    return render(request, "pages/letter.html", context, status=status)

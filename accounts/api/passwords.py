"""Passwords forgotten, chosen anew, changed; addresses confirmed."""

from typing import Annotated

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from accounts import limits
from accounts.api.answers import Email, MessageOut, NewPassword
from accounts.auth import SIGNED_IN, ApiRequest
from accounts.services import passwords, users
from solacore.kit.http import Text, client_ip
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["accounts"])
Token = Annotated[Text, Field(min_length=1, max_length=512)]


class ForgotIn(Schema):
    email: Email


class ResetIn(Schema):
    token: Token
    new_password: NewPassword


class ChangeIn(Schema):
    current_password: Annotated[Text, Field(max_length=4096)]
    new_password: NewPassword


class TokenIn(Schema):
    token: Token


@router.post("/forgot-password", response=MessageOut)
async def forgot(request: ApiRequest, body: ForgotIn) -> dict[str, str]:
    """Have a letter with a link sent. The answer is the same whoever the address belongs to."""
    await meter(request.scope, limits.FORGOT_PASSWORD, client_ip(request.scope))
    await in_thread(passwords.request_reset)(email=body.email)
    return {"message": "If an account has this address, a letter with a link is on its way."}


@router.post("/reset-password", response=MessageOut)
async def reset(request: ApiRequest, body: ResetIn) -> dict[str, str]:
    """Choose a new password with the token of the letter; all devices are signed out."""
    await meter(request.scope, limits.API, client_ip(request.scope))
    await in_thread(passwords.reset, purpose="hashing")(
        token=body.token, password=body.new_password, now=timezone.now()
    )
    return {"message": "Your password has been changed. Please sign in with the new one."}


@router.post("/change-password", auth=SIGNED_IN, response=MessageOut)
async def change(request: ApiRequest, body: ChangeIn) -> dict[str, str]:
    """Change the password; all other devices are signed out."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(passwords.change, purpose="hashing")(
        user_id=who.user_id,
        session_id=who.session_id,
        current=body.current_password,
        password=body.new_password,
        now=timezone.now(),
    )
    return {"message": "Your password has been changed."}


@router.post("/verify-email", response=MessageOut)
async def verify(request: ApiRequest, body: TokenIn) -> dict[str, str]:
    """Confirm an address with the token of the letter."""
    await meter(request.scope, limits.API, client_ip(request.scope))
    await in_thread(users.verify_by_token)(token=body.token, now=timezone.now())
    return {"message": "Your e-mail address is confirmed."}


@router.post("/verify-email/send", auth=SIGNED_IN, response={204: None})
async def send_verification(request: ApiRequest) -> HttpResponse:
    """Send the letter that confirms the address once more."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    await in_thread(users.ask_to_verify)(user_id=request.auth.user_id, now=timezone.now())
    return HttpResponse(status=204)

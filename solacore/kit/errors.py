"""How the product says no: kinds with a status, codes with a sentence, one envelope.

A kind (here) gives the status, a class (``<app>/errors.py``) gives the code and a sentence
for people. The contract's six shapes (0.3) differ only in ``detail``: a kind overrides it.
"""

from typing import Any, ClassVar

from solacore.observability import request_id

Envelope = dict[str, object]


class DomainError(Exception):
    """An anticipated refusal. Keyword arguments become extras inside ``detail``."""

    status: ClassVar[int] = 400
    code: str = "BAD_REQUEST"
    message: str = "The request could not be understood."
    # Whether the body names the request. Where two refusals must not be told apart, byte for
    # byte, only the X-Request-ID header does.
    names_request: ClassVar[bool] = True

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details
        self.headers: dict[str, str] = {}
        self.extra: dict[str, object] = {}  # more for the top of the envelope

    def detail(self) -> object:
        """Return the contract's ``detail`` for this kind (E1: an object)."""
        return {"error": self.code, **self.details}


class BadRequest(DomainError):
    status = 400


class Unauthorized(DomainError):
    status = 401
    code = "INVALID_TOKEN"
    message = "Please sign in again."


class Forbidden(DomainError):
    status = 403


class NotFound(DomainError):
    status = 404


class Conflict(DomainError):
    status = 409


class NotOffered(DomainError):
    status = 501


class AuthFlow(DomainError):
    """Shape E2: in the sign-in flows ``detail`` is the code itself, a string."""

    def detail(self) -> object:
        return self.code


class _PlainDetail(DomainError):
    """Shape E6: the framework's own refusals, ``detail`` is an English phrase."""

    phrase: ClassVar[str]

    def detail(self) -> object:
        return self.phrase


class NoSuchPath(_PlainDetail):
    status = 404
    code = "NOT_FOUND"
    phrase = "Not Found"
    message = "There is nothing at this address."


class MethodNotAllowed(_PlainDetail):
    status = 405
    code = "METHOD_NOT_ALLOWED"
    phrase = "Method Not Allowed"
    message = "This address does not take that method."

    def __init__(self, allow: str) -> None:
        super().__init__()
        self.headers = {"Allow": allow}


class UnreadableBody(_PlainDetail):
    code = "UNREADABLE_BODY"
    phrase = "There was an error parsing the body"
    message = "The body is not UTF-8 text, or is nested too deeply."


class UnknownHost(_PlainDetail):
    code = "UNKNOWN_HOST"
    phrase = "Unknown host"
    message = "This server does not answer for that host."


class Timeout(DomainError):
    status = 408
    code = "REQUEST_TIMEOUT"
    message = "The request took too long to arrive."


class TooLarge(DomainError):
    status = 413
    code = "BODY_TOO_LARGE"
    message = "The request is larger than this address accepts."


class UnsupportedMediaType(DomainError):
    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send the body as application/json in UTF-8."


class Invalid(DomainError):
    """Shape E5: a list of what is wrong where. It never repeats the value."""

    status = 422
    code = "VALIDATION_ERROR"
    message = "Some of what was sent is missing or not as it should be."

    def __init__(self, fields: list[dict[str, Any]]) -> None:
        super().__init__()
        self.fields = [
            {"type": field["type"], "loc": list(field["loc"]), "msg": field["msg"]}
            for field in fields
        ]

    def detail(self) -> object:
        return self.fields


class RateLimited(DomainError):
    """Shape E4: ``error`` is the sentence that v0's clients were given."""

    status = 429
    code = "RATE_LIMITED"
    message = "Too many requests. Please wait a moment."

    def __init__(self, *, limit: str, retry_after: int) -> None:
        super().__init__(limit=limit, retry_after=retry_after)
        self.headers = {"Retry-After": str(retry_after)}


class Internal(DomainError):
    status = 500
    code = "INTERNAL_SERVER_ERROR"
    message = "Something went wrong on our side. It has been noted."


class Unavailable(DomainError):
    status = 503
    code = "SERVICE_UNAVAILABLE"
    message = "We cannot do this right now. Please try again in a moment."

    def __init__(self, retry_after: int = 2) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(retry_after)}


def invalid_field(*loc: str | int, kind: str, sentence: str) -> Invalid:
    """Return the refusal of one field at ``loc`` ("body", "email")."""
    return Invalid(fields=[{"type": kind, "loc": loc, "msg": sentence}])


def envelope(error: DomainError) -> Envelope:
    """Return the one body of every failure: ``error``, ``detail``, ``message``, ``request_id``."""
    code = error.code
    if isinstance(error, RateLimited):
        code = f"Rate limit exceeded: {error.details['limit']}"
    body: Envelope = {"error": code, "detail": error.detail(), "message": error.message}
    if error.names_request:
        body["request_id"] = request_id.get()
    return body | error.extra

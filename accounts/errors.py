"""Everything the porter can say no with. The codes are public API."""

from solacore.kit import errors


class InvalidToken(errors.Unauthorized):
    code = "INVALID_TOKEN"


class NoLoginSession(errors.Unauthorized):
    code = "SESSION_NOT_FOUND"


class SessionRevoked(errors.Unauthorized):
    code = "SESSION_REVOKED"
    message = "This sign-in has ended. Please sign in again."


class MissingRefreshToken(errors.Unauthorized):
    code = "MISSING_REFRESH_TOKEN"


class InvalidRefreshToken(errors.AuthFlow):
    status = 401
    code = "INVALID_TOKEN"
    message = "Please sign in again."


class InvalidCredentials(errors.AuthFlow):
    status = 401
    code = "INVALID_CREDENTIALS"
    names_request = False
    message = "The e-mail address or the password is not right."


class EmailAlreadyExists(errors.AuthFlow):
    status = 409
    code = "EMAIL_ALREADY_EXISTS"
    message = "This e-mail address is already registered."


class DeviceLimitReached(errors.AuthFlow):
    status = 403
    code = "DEVICE_LIMIT_REACHED"
    message = "Your plan's number of devices is reached. Remove one to sign in here."


class DeviceBoundToOther(errors.AuthFlow):
    status = 403
    code = "DEVICE_BOUND_TO_OTHER"
    message = "This device belongs to another account."


class DeviceBoundAtRegistration(DeviceBoundToOther):
    """The contract gives registration a 400 where sign-in has a 403."""

    status = 400


class CsrfTokenMissing(errors.Forbidden):
    code = "CSRF_TOKEN_MISSING"
    message = "The request lacks its CSRF token."


class CsrfTokenInvalid(errors.Forbidden):
    code = "CSRF_TOKEN_INVALID"
    message = "The request does not come from a page of ours."

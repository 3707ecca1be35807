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


class InvalidIdToken(errors.AuthFlow):
    """Google or Apple did not say this, or did not say it to us."""

    status = 401
    code = "INVALID_TOKEN"
    message = "This sign-in could not be verified. Please try again."


class InvalidTokenIssuer(errors.AuthFlow):
    code = "INVALID_TOKEN_ISSUER"
    message = "This sign-in comes from somewhere we do not know."


class EmailNotVerified(errors.AuthFlow):
    code = "EMAIL_NOT_VERIFIED"
    message = "Please confirm your e-mail address there first."


class OAuthAccountNotLinked(errors.AuthFlow):
    code = "OAUTH_ACCOUNT_NOT_LINKED"
    message = "No account belongs to this sign-in, and it came without an e-mail address."


class GoogleTokenInvalid(errors.AuthFlow):
    status = 401
    code = "GOOGLE_TOKEN_INVALID"
    message = "Google's answer could not be verified. Please try again."


class GoogleCodeExchangeFailed(errors.AuthFlow):
    status = 401
    code = "GOOGLE_CODE_EXCHANGE_FAILED"
    message = "Google did not accept this sign-in. Please try again."


class GoogleClientSecretNotConfigured(errors.AuthFlow):
    status = 401
    code = "GOOGLE_CLIENT_SECRET_NOT_CONFIGURED"
    message = "Signing in with Google is not set up here."


class BetaModeDisabled(errors.Forbidden):
    code = "BETA_MODE_DISABLED"
    message = "This server does not take testers."


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


class DeviceNotFound(errors.NotFound):
    code = "DEVICE_NOT_FOUND"
    message = "There is no such device."


class CannotRemoveCurrentDevice(errors.BadRequest):
    code = "CANNOT_REMOVE_CURRENT_DEVICE"
    message = "This is the device you are using. Sign out instead."


class RemovalLimitExceeded(errors.DomainError):
    status = 429
    code = "REMOVAL_LIMIT_EXCEEDED"
    message = "One device a day can be removed. Please try again tomorrow."

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(retry_after)}


class LoginSessionNotFound(errors.NotFound):
    code = "SESSION_NOT_FOUND"
    message = "There is no such sign-in."


class UserNotFound(errors.NotFound):
    code = "USER_NOT_FOUND"
    message = "There is no such account."


class InvalidOrExpiredToken(errors.BadRequest):
    code = "INVALID_OR_EXPIRED_TOKEN"
    message = "This link has been used, replaced by a newer one, or has expired."


class InvalidCurrentPassword(errors.BadRequest):
    code = "INVALID_CURRENT_PASSWORD"
    message = "The current password is not right."


class CsrfTokenMissing(errors.Forbidden):
    code = "CSRF_TOKEN_MISSING"
    message = "The request lacks its CSRF token."


class CsrfTokenInvalid(errors.Forbidden):
    code = "CSRF_TOKEN_INVALID"
    message = "The request does not come from a page of ours."

"""What a store may be told no with. The codes are public API."""

from solacore.kit import errors


class _PlainCode(errors.BadRequest):
    """Stripe's refusals say their code at the top level, as v0's did."""

    def detail(self) -> object:
        return self.code


class MissingSignature(_PlainCode):
    code = "MISSING_SIGNATURE"
    message = "The Stripe-Signature header is missing."


class InvalidSignature(_PlainCode):
    code = "INVALID_SIGNATURE"
    message = "The signature does not fit the body, or is older than five minutes."


class InvalidPayload(_PlainCode):
    code = "INVALID_PAYLOAD"
    message = "The body is not an event."


class MissingAuth(errors.Unauthorized):
    code = "MISSING_AUTH"
    message = "The Authorization header must be a bearer token."


class InvalidAuth(errors.Unauthorized):
    code = "INVALID_AUTH"
    message = "The bearer token is not ours."

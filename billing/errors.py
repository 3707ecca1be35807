"""Everything about plans and quotas that can be a no."""

from solacore.kit import errors


class QuotaExceeded(errors.Forbidden):
    code = "QUOTA_EXCEEDED"
    message = "You have used all the sessions of your plan."


class PaymentsDisabled(errors.NotOffered):
    code = "PAYMENTS_DISABLED"
    message = "Payments are switched off here."


class PaymentsUnavailable(errors.Unavailable):
    code = "PAYMENTS_UNAVAILABLE"
    message = "The payment service cannot be reached. Nothing was charged; please try again."


class InvalidPriceId(errors.BadRequest):
    code = "INVALID_PRICE_ID"
    message = "There is no plan at this price."


class AlreadySubscribed(errors.BadRequest):
    code = "ALREADY_SUBSCRIBED"
    message = "You have this plan or a higher one already."


class NoSubscription(errors.NotFound):
    code = "NO_SUBSCRIPTION"
    message = "You have not bought anything here yet."

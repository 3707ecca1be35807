"""Everything about plans and quotas that can be a no."""

from solacore.kit import errors


class QuotaExceeded(errors.Forbidden):
    code = "QUOTA_EXCEEDED"
    message = "You have used all the sessions of your plan."


class PaymentsDisabled(errors.NotOffered):
    code = "PAYMENTS_DISABLED"
    message = "Payments are switched off here."

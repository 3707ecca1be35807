from billing.models.customer import StripeCustomer
from billing.models.usage import Usage

__all__ = ["StripeCustomer", "Usage"]

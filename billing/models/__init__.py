from billing.models.customer import StripeCustomer
from billing.models.entitlement import Entitlement
from billing.models.spending import HouseSpending, UserSpending
from billing.models.store_event import StoreEvent
from billing.models.usage import Allowed, Usage

__all__ = [
    "Allowed",
    "Entitlement",
    "HouseSpending",
    "StoreEvent",
    "StripeCustomer",
    "Usage",
    "UserSpending",
]

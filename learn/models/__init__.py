from learn.models.calendar import CalendarFeed
from learn.models.card import Card, CardState, Review
from learn.models.concept import Concept
from learn.models.message import LearnMessage
from learn.models.session import LearnSession
from learn.models.settings import LearnerSettings
from solacore.kit.messages import Role

__all__ = [
    "CalendarFeed",
    "Card",
    "CardState",
    "Concept",
    "LearnMessage",
    "LearnSession",
    "LearnerSettings",
    "Review",
    "Role",
]

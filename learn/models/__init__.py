from learn.models.card import Card, CardState, Review
from learn.models.message import LearnMessage
from learn.models.session import LearnSession
from solacore.kit.messages import Role

__all__ = ["Card", "CardState", "LearnMessage", "LearnSession", "Review", "Role"]

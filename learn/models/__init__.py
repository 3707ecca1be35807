from learn.models.card import Card, CardState, Review
from learn.models.message import LearnMessage, Role
from learn.models.session import LearnSession

__all__ = ["Card", "CardState", "LearnMessage", "LearnSession", "Review", "Role"]

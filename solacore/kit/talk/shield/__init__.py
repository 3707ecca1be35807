"""What a model may see of what somebody wrote. What is stored is never changed.

``Shield`` hides what identifies people behind placeholders, the same ones for a whole
conversation; ``Restorer`` puts the originals back into what the model answers. Names of people
are not hidden, and street addresses only where they look like some.
"""

from solacore.kit.talk.shield.conversation import KINDS, Shield
from solacore.kit.talk.shield.restorer import Restorer
from solacore.kit.talk.shield.spans import Span, from_json, masked, to_json

__all__ = ["KINDS", "Restorer", "Shield", "Span", "from_json", "masked", "shield", "to_json"]


def shield(text: str) -> str:
    """Return a text that stands alone as a model may see it; nothing can be put back."""
    return masked(text, Shield().hide(text))

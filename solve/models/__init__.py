from solacore.kit.messages import Role
from solve.models.check_in import CheckIn
from solve.models.event import AnalyticsEvent
from solve.models.message import Message
from solve.models.profile import SolveProfile
from solve.models.search_entry import SearchEntry
from solve.models.session import SolveSession
from solve.models.template import PromptTemplate
from solve.models.visit import StepVisit

__all__ = [
    "AnalyticsEvent",
    "CheckIn",
    "Message",
    "PromptTemplate",
    "Role",
    "SearchEntry",
    "SolveProfile",
    "SolveSession",
    "StepVisit",
]

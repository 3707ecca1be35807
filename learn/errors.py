"""Everything Learn can say no with. The codes are public API."""

from solacore.kit import errors


class SessionNotFound(errors.NotFound):
    code = "SESSION_NOT_FOUND"
    message = "There is no such session."


class MessageNotFound(errors.NotFound):
    code = "MESSAGE_NOT_FOUND"
    message = "There is no such answer."


class SessionNotActive(errors.BadRequest):
    code = "SESSION_NOT_ACTIVE"
    message = "This session has ended. Begin a new one."


class InvalidMode(errors.BadRequest):
    code = "INVALID_MODE"
    message = "The modes are quick, deep and custom."


class InvalidStep(errors.BadRequest):
    code = "INVALID_STEP"
    message = "There is no such step."


class InvalidStatus(errors.BadRequest):
    code = "INVALID_STATUS"
    message = "A session is active, completed or abandoned."


class StepOrToolRequired(errors.BadRequest):
    code = "STEP_OR_TOOL_REQUIRED"
    message = "Name the step or the tool this message is for."


class InvalidTool(errors.BadRequest):
    code = "INVALID_TOOL"
    message = "There is no such tool."


class ToolNotInPlan(errors.BadRequest):
    code = "TOOL_NOT_IN_PLAN"
    message = "This tool is not part of the session's plan."


class ToolsRequired(errors.BadRequest):
    code = "TOOLS_REQUIRED"
    message = "A path of your own needs at least one tool."


class InvalidPreferredOrder(errors.BadRequest):
    code = "INVALID_PREFERRED_ORDER"
    message = "The preferred order may only name tools of the path."


class EmptyToolPlan(errors.BadRequest):
    code = "EMPTY_TOOL_PLAN"
    message = "The path would be empty."


class MessageNotLast(errors.BadRequest):
    code = "MESSAGE_NOT_LAST"
    message = "Only the last answer can be given anew."


class CardNotFound(errors.NotFound):
    code = "CARD_NOT_FOUND"
    message = "There is no such card."


class CardNotActive(errors.BadRequest):
    code = "CARD_NOT_ACTIVE"
    message = "This card is not being learned: accept it, or take it up again, first."


class GradeKeyReused(errors.Invalid):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another grade."

    def __init__(self) -> None:
        loc = ["header", "Idempotency-Key"]
        super().__init__([{"type": "value_error", "loc": loc, "msg": self.message}])


class TooManyCards(errors.BadRequest):
    code = "TOO_MANY_CARDS"
    message = "This account holds as many cards as it can."


class NothingToUndo(errors.BadRequest):
    code = "NOTHING_TO_UNDO"
    message = "This card has no grade that could be taken back."


class CalendarNotFound(errors.NotFound):
    code = "CALENDAR_NOT_FOUND"
    message = "There is no such calendar."

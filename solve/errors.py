"""Everything a Solve client can be told no about. The codes are public API."""

from solacore.kit import errors


class SessionNotFound(errors.NotFound):
    code = "SESSION_NOT_FOUND"
    message = "There is no such session."


class MessageNotFound(errors.NotFound):
    code = "MESSAGE_NOT_FOUND"
    message = "There is no such message in this session."


class SessionCompleted(errors.BadRequest):
    code = "SESSION_COMPLETED"
    message = "This session has ended. Start a new one to continue."


class InvalidStatus(errors.BadRequest):
    code = "INVALID_STATUS"
    message = "A session is active, completed or abandoned."


class InvalidStep(errors.BadRequest):
    code = "INVALID_STEP"
    message = "There is no such step."


class InvalidStepTransition(errors.BadRequest):
    code = "INVALID_STEP_TRANSITION"
    message = "Only the next step can be taken."


class DeviceNotFound(errors.Forbidden):
    code = "DEVICE_NOT_FOUND"
    message = "This device is not one of your account's."


class TemplateNotFound(errors.NotFound):
    code = "TEMPLATE_NOT_FOUND"
    message = "There is no such template."


class MessageNotLast(errors.BadRequest):
    code = "MESSAGE_NOT_LAST"
    message = "Only the last message and its answer can be changed."


class NothingToUndo(errors.BadRequest):
    code = "NOTHING_TO_UNDO"
    message = "This session is at its first step."


class CheckInNotFound(errors.NotFound):
    code = "CHECK_IN_NOT_FOUND"
    message = "There is no check-in for this session."


class NothingToCheck(errors.BadRequest):
    code = "NO_ACTION"
    message = "This session has no first step to ask about yet."


class ActionCompleted(errors.BadRequest):
    code = "ACTION_COMPLETED"
    message = "This first step is done already."


class CheckInSettled(errors.Conflict):
    """A conversation has begun from the answer that was given."""

    code = "CHECK_IN_SETTLED"
    message = "A follow-up has begun from your answer, so it cannot be changed any more."


class _ActionError(errors.DomainError):
    """The contract gives these a plain English sentence as ``detail`` (1.4)."""

    def detail(self) -> object:
        return self.message


class ActionSessionNotFound(_ActionError):
    status = 404
    code = "SESSION_NOT_FOUND"
    message = "Session not found"


class NoAction(_ActionError):
    status = 400
    code = "NO_ACTION"
    message = "This session has no action plan yet"

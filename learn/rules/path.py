"""Which tools in which order, and how far along (contract 4.2-4.4). Pure functions."""

from collections.abc import Sequence

from learn import errors
from learn.rules.methods import METHODS
from learn.rules.steps import Mode

QUICK = ("pareto", "feynman", "grow")
DEEP = tuple(METHODS)


def default(mode: str) -> list[str]:
    """Return the plan a session of ``mode`` begins with. Raises InvalidMode."""
    plans = {Mode.QUICK: QUICK, Mode.DEEP: DEEP, Mode.CUSTOM: ()}
    if mode not in plans:
        raise errors.InvalidMode
    return list(plans[Mode(mode)])


def plan(mode: str, selected: Sequence[str], preferred: Sequence[str]) -> list[str]:
    """Return the tools of a path; ``preferred`` ones come first, in that order.

    Quick and deep ignore ``selected``. Raises InvalidMode, ToolsRequired, InvalidTool,
    InvalidPreferredOrder, EmptyToolPlan.
    """
    tools = default(mode)
    if mode == Mode.CUSTOM:
        tools = _chosen(selected)
    first = list(dict.fromkeys(preferred))
    strangers = [tool for tool in first if tool not in tools]
    if strangers:
        raise errors.InvalidPreferredOrder(tools=strangers)
    ordered = first + [tool for tool in tools if tool not in first]
    if not ordered:
        raise errors.EmptyToolPlan
    return ordered


def _chosen(selected: Sequence[str]) -> list[str]:
    tools = list(dict.fromkeys(selected))
    if not tools:
        raise errors.ToolsRequired
    unknown = [tool for tool in tools if tool not in METHODS]
    if unknown:
        raise errors.InvalidTool(tools=unknown)
    return tools


def recorded(tools: Sequence[str], done: Sequence[str], *more: str | None) -> list[str]:
    """Return ``done`` with ``more`` added: what is still in the plan, once, in the plan's order."""
    return [tool for tool in tools if tool in done or tool in more]


def left_behind(tools: Sequence[str], current: str | None, chosen: str) -> str | None:
    """Return the tool that going on to ``chosen`` leaves done; None when it goes back."""
    if current not in tools or tools.index(chosen) <= tools.index(current):
        return None
    return current


def progress(
    tools: Sequence[str], current: str | None, *, finished: bool, done: Sequence[str] = ()
) -> tuple[list[str], int]:
    """Return the tools done, in the plan's order, and how much of it that is in percent (cut).

    Done are those recorded in ``done`` and, as the contract has it (4.4), those before the
    current one; of a finished session all are.
    """
    if finished:
        return list(tools), 100
    before = tools[: tools.index(current)] if current in tools else ()
    completed = recorded(tools, done, *before)
    return completed, 100 * len(completed) // len(tools) if tools else 0

"""Solve's allowances: how often, how long, how many."""

from solacore.kit.ratelimit import Limit

API = Limit("API")
SSE = Limit("SSE")

MESSAGE_CHARACTERS = 8_000
ACTION_CHARACTERS = 2_000
NOTE_CHARACTERS = 500
TAGS, TAG_CHARACTERS = 10, 50
HISTORY_TURNS = 40  # how much of a conversation a model is shown
FIRST_MESSAGE_CHARACTERS = 50
SEARCH_CHARACTERS = 200

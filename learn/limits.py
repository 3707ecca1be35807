"""Learn's allowances: how often, how long."""

from solacore.kit.ratelimit import Limit

API = Limit("API")
SSE = Limit("SSE")

MESSAGE_CHARACTERS = 4_000
TOPIC_CHARACTERS = 30
FIRST_MESSAGE_CHARACTERS = 50
HISTORY_TURNS = 40
ANSWERED_CHARACTERS = 50  # an answer longer than this completes its step (contract 4.5)
CARDS = 20_000  # of one account
CONCEPTS = 2_000  # of one account
CONCEPTS_AT_ONCE = 20  # named by one answer
ACCEPTED_AT_ONCE = 50  # proposals
PER_DAY = 9_999  # what a daily limit may be at most
SKIPPED_SHOWN = 1_000  # lines of an import that were left out

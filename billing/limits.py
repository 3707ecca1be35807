"""How often billing may be asked."""

from solacore.kit.ratelimit import Limit

API = Limit("API")

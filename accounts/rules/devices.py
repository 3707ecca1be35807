"""What a device's name tells."""


def platform(name: str | None) -> str | None:
    """Return "ios", "android" or None, as the contract guesses it (2.5)."""
    lowered = (name or "").lower()
    if "iphone" in lowered or "ipad" in lowered:
        return "ios"
    if any(word in lowered for word in ("pixel", "samsung", "android")):
        return "android"
    return None

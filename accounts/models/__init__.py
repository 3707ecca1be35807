from accounts.models.device import Device
from accounts.models.guard import SpentNonce, Tally
from accounts.models.identity import Identity
from accounts.models.mailed import MailedToken, Purpose
from accounts.models.session import LoginSession
from accounts.models.user import AuthProvider, User

__all__ = [
    "AuthProvider",
    "Device",
    "Identity",
    "LoginSession",
    "MailedToken",
    "Purpose",
    "SpentNonce",
    "Tally",
    "User",
]

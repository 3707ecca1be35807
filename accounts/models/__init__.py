from accounts.models.device import Device
from accounts.models.session import LoginSession
from accounts.models.user import User

__all__ = ["Device", "LoginSession", "User"]

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from solacore.kit.models import BaseModel


class AuthProvider(models.TextChoices):
    EMAIL = "email", "E-mail"
    GOOGLE = "google", "Google"
    APPLE = "apple", "Apple"


class UserManager(BaseUserManager["User"]):
    """What Django's own sign-in (the admin) asks of a manager."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def by_email(self, email: str) -> models.QuerySet["User"]:
        return self.annotate(address=Lower("email")).filter(address=email.lower())

    def create_superuser(self, email: str, password: str, **extra: Any) -> "User":
        user = self.model(email=email, is_staff=True, is_superuser=True, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin, BaseModel):
    """Somebody with an account. The address is kept as typed and matched without case."""

    email = models.EmailField(max_length=255)
    auth_provider = models.CharField(
        max_length=16, choices=AuthProvider.choices, default=AuthProvider.EMAIL
    )
    # When its holder proved that the address is theirs; until then nobody may rely on it.
    email_verified_at = models.DateTimeField(null=True, blank=True)
    locale = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_tester = models.BooleanField(default=False)  # made by beta-login, one for each device
    # Billing writes how many devices the plan allows; the porter only counts.
    device_limit = models.PositiveSmallIntegerField(default=1)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique"),
            models.CheckConstraint(
                name="accounts_user_provider_known",
                condition=models.Q(auth_provider__in=AuthProvider.values),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def natural_key(self) -> tuple[str]:
        return (self.email,)

from billing.models.usage import Usage

__all__ = ["Usage"]

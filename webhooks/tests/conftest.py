from billing.tests.conftest import post, provider, shops  # noqa: F401 (fixtures)

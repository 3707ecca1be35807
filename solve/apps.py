from django.apps import AppConfig


class SolveConfig(AppConfig):
    name = "solve"

from django.apps import AppConfig


class TalkConfig(AppConfig):
    name = "solacore.kit.talk"
    label = "talk"
    verbose_name = "Safety"

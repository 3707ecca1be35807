from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SolacoreConfig(AppConfig):
    name = "solacore"


class StaffAdminConfig(AdminConfig):
    default_site = "solacore.kit.adminsite.StaffSite"

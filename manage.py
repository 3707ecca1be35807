#!/usr/bin/env python
"""The engineers' door: ``python manage.py help`` lists what it can do."""

import os
import sys

from solacore import embedded

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solacore.settings")
    embedded.provide()
    # Django reads the settings on import, and those read what was just provided.
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

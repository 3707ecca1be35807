#!/bin/sh
# A wrong deploy does not start: check, migrate where told to, then become the command.
set -eu
if [ -n "${PROMETHEUS_MULTIPROC_DIR:-}" ]; then
    rm -rf "$PROMETHEUS_MULTIPROC_DIR"
    mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
fi
python manage.py check --deploy --fail-level WARNING
if [ "${RUN_MIGRATIONS:-false}" = true ]; then
    python manage.py migrate --noinput
    python manage.py seed
fi
exec "$@"

"""Alembic migrations: they own every table, FAB's included."""

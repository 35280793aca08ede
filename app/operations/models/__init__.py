"""Backups."""

from app.operations.models.backup import Backup, BackupState

__all__ = ["Backup", "BackupState"]

"""Imports and what went wrong in them."""

from app.dataexchange.models.import_job import IMPORT_JOB, ImportJob, ImportLink, ImportMode, ImportProblem, ImportState

__all__ = ["IMPORT_JOB", "ImportJob", "ImportLink", "ImportMode", "ImportProblem", "ImportState"]

"""Base classes and the kit's own tables."""

from app.core.models.audit import AuditEntry
from app.core.models.dictionary import DictionaryEntry
from app.core.models.job_run import JobRun, JobState, JobWorker
from app.core.models.number import NumberSequence
from app.core.models.record import Attached, Bilingual, Owned, Record

__all__ = ["Attached", "AuditEntry", "Bilingual", "DictionaryEntry", "JobRun", "JobState", "JobWorker", "NumberSequence", "Owned", "Record"]

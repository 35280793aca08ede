"""People, departments, roles, scopes."""

from app.security.models import framework as _framework  # noqa: F401
from app.security.models.department import DEPARTMENT, Department
from app.security.models.dictionary import DICTIONARY
from app.security.models.role import ROLE, CrmRole, DataScope, Level
from app.security.models.user import USER, CrmUser

__all__ = ["DEPARTMENT", "DICTIONARY", "ROLE", "USER", "CrmRole", "CrmUser", "DataScope", "Department", "Level"]

"""Departments: the kit's pages, and the tree at a glance."""

from typing import Any

from app.core.views.lists import ListPage
from app.core.views.records import EntityView
from app.security.models import DEPARTMENT
from app.security.services.department import DepartmentService


class DepartmentView(EntityView):
    """Lists departments in the order of the tree."""

    entity = DEPARTMENT
    service_class = DepartmentService

    def list_extras(self, found: ListPage) -> dict[str, Any]:
        return {"depths": {row.id: max(row.record.path.count("/") - 2, 0) for row in found.rows}}

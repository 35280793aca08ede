"""Corrections to the tables that Flask-AppBuilder declares."""

from flask_appbuilder import Model
from flask_appbuilder.security.sqla import models as _declared  # noqa: F401
from sqlalchemy import Sequence

# FAB names a sequence for every key. MariaDB knows sequences too, so SQLAlchemy would ask for ones that no migration
# makes; all three databases count such keys by themselves.
for _table in Model.metadata.tables.values():
    for _column in _table.primary_key:
        if isinstance(_column.default, Sequence):
            _column.default = None

"""Flask-AppBuilder without the pages that have a better place here."""

import flask_appbuilder

from app.core.api.specification import SpecificationApi


class AppBuilder(flask_appbuilder.AppBuilder):  # type: ignore[misc]
    """No language switch by GET, no page history in the cookie, no menu and specification of the framework's own."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()
        self.add_api(SpecificationApi)

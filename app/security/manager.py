"""FAB's security manager, reduced to what we let it do: sign-in, password check, permission rows."""

from typing import Any

from flask import Flask, current_app
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_jwt_extended import JWTManager
from flask_limiter.util import get_remote_address

from app.core.actor import SYSTEM, acting_as, current_actor
from app.security.models import CrmRole, CrmUser
from app.security.views.auth import SignInView, TokenApi, account_and_address, has_failed

# Failures from one address, whatever the names: an office of many people, but no dictionary of names.
LIMIT_OF_ADDRESS = "100 per 15 minute"


class SecurityManager(FabSecurityManager):
    """Rights are answered by the actor; users and roles are entities of our own kit, not FAB views."""

    user_model = CrmUser
    role_model = CrmRole
    authdbview = SignInView
    security_api = TokenApi

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Every FAB decorator ends here, and so does every button and menu entry."""
        return current_actor().may(permission_name.removeprefix("can_"), view_name)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public by a role."""
        return False

    def load_user(self, pk: str) -> Any | None:
        """The person of a session or token, unless it has been ended; not subject to what that person may see."""
        user_id, _dot, epoch = str(pk).partition(".")
        with acting_as(SYSTEM):
            user = super().load_user(int(user_id))
        return user if user is not None and user.session_epoch == int(epoch or 0) else None

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """Tokens name their person as sessions do, so that they end together."""
        manager = super().create_jwt_manager(app)
        manager.user_identity_loader(self._identity_of)
        return manager

    def _identity_of(self, identity: str) -> str:
        with acting_as(SYSTEM):
            return identity if "." in identity else str(self.get_user_by_id(int(identity)).get_id())

    def auth_user_db(self, username: str, password: str) -> Any | None:
        """Checking a password happens before anybody acts; an account without one is no account yet."""
        with acting_as(SYSTEM):
            user = self.find_user(username=username) or self.find_user(email=username)
            if user is not None and not user.password:
                username = "nobody has spaces"  # takes as long as any wrong name
            return super().auth_user_db(username, password)

    def register_views(self) -> None:
        """Only sign-in and tokens: FAB's user, role and permission pages would write past our services."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_api(self.security_api)
        if self.is_auth_limited:
            for limited in (self.auth_view.blueprint, current_app.blueprints[self.security_api.__name__]):
                for limit, key in ((self.auth_rate_limit, account_and_address), (LIMIT_OF_ADDRESS, get_remote_address)):
                    self.limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=has_failed)(limited)

    def add_permissions_view(self, base_permissions: Any, view_menu: str) -> None:
        """FAB would write rows at every start; `flask crm setup` does it once, see services/permissions.py."""

    def add_permissions_menu(self, view_menu_name: str) -> None:
        """See add_permissions_view."""

    def security_cleanup(self, baseviews: Any, menus: Any) -> None:
        """See add_permissions_view."""

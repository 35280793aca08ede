"""Signing in and out."""

from typing import Any

from flask import Response, make_response, redirect, request, session
from flask_appbuilder import expose
from flask_appbuilder.security.api import SecurityApi
from flask_appbuilder.security.views import AuthDBView
from flask_limiter.util import get_remote_address
from flask_login import current_user, logout_user

from app.core.database import unit_of_work
from app.core.views.access import public
from app.core.views.links import own_path
from app.security.services import user as users


class SignInView(AuthDBView):
    """FAB's sign-in with our page; signing out is a POST, so that no picture on another site can do it."""

    @expose("/login/", methods=["GET", "POST"])
    @public
    def login(self) -> Response:
        """The sign-in page, or the attempt."""
        answer = make_response(super().login())
        if answer.location:  # FAB trusts the host that the request names
            answer.location = own_path(answer.location)
        return answer

    @expose("/logout/", methods=["POST"])
    @public
    def logout(self) -> Any:
        """End the person's sessions, here and elsewhere, and forget everything in this one but the language."""
        locale = session.get("locale")
        if current_user.is_authenticated:
            with unit_of_work():
                users.end_sessions(users.get_user(current_user.id))
        logout_user()
        session.clear()
        if locale:
            session["locale"] = locale
        return redirect("/login/")


class TokenApi(SecurityApi):
    """Bearer tokens for programs."""


# -- how often one may try -----------------------------------------------------
def account_and_address() -> str:
    """Whose password is being tried, from where."""
    sent: Any = request.form or request.get_json(silent=True)
    name = sent.get("username") if hasattr(sent, "get") else ""
    return f"{get_remote_address()} {str(name).strip().casefold()[:100]}"


def has_failed(response: Response) -> bool:
    """Whether an answer of the sign-in says no; colleagues behind one address do not count against each other."""
    if (request.endpoint or "").rpartition(".")[2] != "login":
        return False
    return response.status_code == 401 or (response.status_code == 302 and not current_user.is_authenticated)

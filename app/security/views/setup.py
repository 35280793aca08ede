"""The first visit: a wizard that makes the company and its administrator; afterwards it is gone."""

import hmac
from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_login import login_user

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.errors import InvalidValues, NotAllowed, NotFound
from app.core.i18n import _, _l, current_language
from app.core.views.access import public
from app.security.services.setup import is_set_up, set_up
from app.security.views.forms import SetupForm

OPEN_ENDPOINTS = {"static", "SetupView.wizard", "PreferencesView.language", "PreferencesView.theme", "HealthView.alive", "HealthView.ready"}


def require_setup() -> Any:
    """Until there is an administrator every page leads to the wizard."""
    if request.endpoint in OPEN_ENDPOINTS or request.endpoint is None or is_set_up():
        return None
    return redirect(url_for("SetupView.wizard"))


class SetupView(BaseView):
    """The wizard itself."""

    route_base = "/setup"

    @expose("/", methods=["GET", "POST"])
    @public
    def wizard(self) -> Any:
        """Ask, check, make everything in one transaction, sign in."""
        if is_set_up():
            raise NotFound()
        form = SetupForm(language=current_language(), token=request.args.get("token", ""))
        if not _may_set_up(form.token.data):
            raise NotAllowed(_l("Open this page on the server itself, or add ?token= with the SETUP_TOKEN of its settings."))
        if form.validate_on_submit():
            try:
                with acting_as(SYSTEM), unit_of_work():
                    user = set_up(form.data)
                    with_demo, locale = form.demo.data, form.language.data
            except InvalidValues as refusal:
                for name, sentence in refusal.problems.items():
                    form[name if name in form else "username"].errors = [str(sentence)]
            else:
                session["locale"] = locale
                login_user(user)
                flash(_("Welcome! Everything is ready."), "success")
                return redirect("/demo/start" if with_demo else "/")
        return render_template("setup/wizard.html", form=form), 422 if form.errors else 200


def _may_set_up(token: str | None) -> bool:
    """From the server itself (no proxy in between), or with the token of the settings."""
    expected = current_app.config["SETUP_TOKEN"]
    if expected:
        return hmac.compare_digest((token or "").encode(), expected.encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return request.remote_addr in {"127.0.0.1", "::1"} and not forwarded

"""What people choose for themselves: language, theme, profile, password."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, session
from flask_appbuilder import BaseView, expose
from flask_login import current_user, login_user
from werkzeug import Response

from app.core.actor import current_actor
from app.core.database import unit_of_work
from app.core.errors import BadRequest, InvalidValues
from app.core.i18n import LANGUAGES, _
from app.core.shell import THEMES
from app.core.views.access import public, signed_in
from app.core.views.links import own_path
from app.security.services import user as users
from app.security.views.forms import PasswordForm, ProfileForm


class PreferencesView(BaseView):
    """Language and theme also work before signing in."""

    route_base = "/preferences"

    @expose("/language", methods=["POST"])
    @public
    def language(self) -> Response:
        """Speak another language from now on, and stay on the page."""
        locale = request.form.get("locale", "")
        if locale not in LANGUAGES:
            raise BadRequest()
        session["locale"] = locale
        if current_user.is_authenticated:
            with unit_of_work():
                users.set_preference(current_user.id, locale=locale)
        return redirect(own_path(request.form.get("next")))

    @expose("/theme", methods=["POST"])
    @public
    def theme(self) -> Response:
        """Light, dark, or as the device says."""
        theme = request.form.get("theme", "")
        if theme not in THEMES:
            raise BadRequest()
        if current_user.is_authenticated:
            with unit_of_work():
                users.set_preference(current_user.id, theme=theme)
        response = make_response("", 204)
        response.set_cookie("theme", theme, max_age=31536000, samesite="Lax")
        return response

    @expose("/profile", methods=["GET", "POST"])
    @signed_in
    def profile(self) -> Any:
        """Own name, phone, time zone."""
        actor = current_actor()
        user = users.get_user(int(actor.id or 0))
        form = ProfileForm(obj=user)
        if form.validate_on_submit():
            with unit_of_work():
                users.update_profile(user.id, form.values(), actor=actor)
            flash(_("Saved."), "success")
            return redirect("/preferences/profile")
        return render_template(
            "security/profile.html", form=form, password_form=PasswordForm(formdata=None), user=user
        ), 422 if form.errors else 200

    @expose("/password", methods=["POST"])
    @signed_in
    def password(self) -> Any:
        """A new password; the current one must be known."""
        actor = current_actor()
        form = PasswordForm()
        user = users.get_user(int(actor.id or 0))
        try:
            if form.validate():
                with unit_of_work():
                    users.change_password(user.id, form.current.data, form.new.data, actor=actor)
                login_user(user)  # all sessions have ended; this one goes on
                flash(_("Your password has been changed."), "success")
                return redirect("/preferences/profile")
        except InvalidValues as refusal:
            for name, sentence in refusal.problems.items():
                form[name].errors = [str(sentence)]
        return render_template("security/profile.html", form=ProfileForm(formdata=None, obj=user), password_form=form, user=user), 422

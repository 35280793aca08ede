"""Hand-made forms of the domain: set-up, profile, password."""

from typing import Any
from zoneinfo import available_timezones

from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp, ValidationError

from app.core.i18n import LANGUAGES, _l
from app.core.views.forms import PageForm
from app.security.rules.passwords import password_problem

USERNAME = r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}"
REQUIRED = InputRequired(_l("This field is required."))


def _zones() -> list[str]:
    return sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix", "right", "SystemV")))


class ProfileForm(PageForm):
    """What a person may change of oneself."""

    last_name = StringField(_l("Family name"), [REQUIRED, Length(max=64)])
    first_name = StringField(_l("Given name"), [REQUIRED, Length(max=64)])
    phone = StringField(_l("Phone"), [Optional(), Length(max=40)])
    timezone = SelectField(_l("Time zone"), choices=lambda: [("", "")] + [(z, z) for z in _zones()], validators=[Optional()])

    def values(self) -> dict[str, Any]:
        return {name: f.data or None for name, f in self._fields.items() if name != "csrf_token"}


class PasswordForm(PageForm):
    """Changing one's own password."""

    current = PasswordField(_l("Current password"), [REQUIRED])
    new = PasswordField(_l("New password"), [REQUIRED])
    again = PasswordField(_l("New password again"), [REQUIRED])

    def validate_again(self, field: Any) -> None:
        if field.data != self.new.data:
            raise ValidationError(_l("The two passwords differ."))


class SetupForm(PageForm):
    """The first visit."""

    language = RadioField(_l("Language"), choices=lambda: list(LANGUAGES.items()), validators=[REQUIRED])
    company = StringField(_l("Company"), [REQUIRED, Length(max=100)])
    last_name = StringField(_l("Family name"), [REQUIRED, Length(max=64)])
    first_name = StringField(_l("Given name"), [REQUIRED, Length(max=64)])
    email = StringField(_l("E-mail"), [REQUIRED, Email(_l("Please enter an e-mail address such as name@example.com.")), Length(max=254)])
    username = StringField(_l("User name"), [REQUIRED, Regexp(f"^{USERNAME}$", message=_l("Letters, digits, dot, dash; at least two."))])
    password = PasswordField(_l("Password"), [REQUIRED])
    again = PasswordField(_l("Password again"), [REQUIRED])
    demo = BooleanField(_l("Fill in a demo company to look around"))
    token = StringField(_l("Set-up token"), [Optional()])

    def validate_password(self, field: Any) -> None:
        about = (self.username.data or "", self.first_name.data or "", self.last_name.data or "", (self.email.data or "").split("@")[0])
        problem = password_problem(field.data or "", about=about)
        if problem:
            raise ValidationError(problem)

    def validate_again(self, field: Any) -> None:
        if field.data != self.password.data:
            raise ValidationError(_l("The two passwords differ."))

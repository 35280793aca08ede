"""Languages: which one a request speaks, and the gettext functions everybody imports from here."""

from typing import Any

from flask import Flask, current_app, has_request_context, request, session
from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

__all__ = ["LANGUAGES", "LazyString", "Text", "_", "_l", "current_language", "force_locale", "ngettext"]

LANGUAGES = {"zh": "中文", "en": "English"}
Text = str | LazyString


def choose_language() -> str | None:
    """The signed-in user's language, else the session's, else the browser's first one we speak."""
    if not has_request_context():
        return None
    stored = getattr(current_user, "locale", None) or session.get("locale")
    if stored in LANGUAGES:
        return stored
    return request.accept_languages.best_match(list(LANGUAGES))


def choose_timezone() -> str:
    """The signed-in user's time zone, else the company's."""
    own = getattr(current_user, "timezone", None) if has_request_context() else None
    return own or current_app.config["TIMEZONE"]


def current_language() -> str:
    """'zh' or 'en'."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "en"


def pick(zh: str | None, en: str | None) -> str:
    """The text of a bilingual pair in the current language, the other one when it is empty."""
    first, second = (zh, en) if current_language() == "zh" else (en, zh)
    return first or second or ""


def install(app: Flask) -> None:
    """FAB's selector ignores Accept-Language and the user's own choice: replace it by ours."""
    babel: Any = app.extensions["babel"]
    babel.locale_selector = choose_language
    babel.timezone_selector = choose_timezone

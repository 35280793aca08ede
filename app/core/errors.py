"""Typed refusals that services raise, and the one place that turns them into answers."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.json.provider import DefaultJSONProvider
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from app.core.i18n import Text, _, _l
from app.extensions import db


class Refusal(Exception):
    """A request that cannot be carried out, with a sentence for the person who asked."""

    status = 400
    code = "bad_request"
    sentence: Text = _l("This request could not be understood.")

    def __init__(self, sentence: Text | None = None, **details: Any) -> None:
        self.sentence = sentence if sentence is not None else type(self).sentence
        self.details = details
        super().__init__(str(type(self).__name__))


class BadRequest(Refusal):
    """Parameters that make no sense."""


class NotFound(Refusal):
    """No such record, or none that the actor may see: the two must not be told apart."""

    status, code = 404, "not_found"
    sentence = _l("This record does not exist, or you may not see it.")


class NotAllowed(Refusal):
    """The actor may see it but lacks the right."""

    status, code = 403, "not_allowed"
    sentence = _l("You do not have the right to do this. Ask your administrator for it.")


class StaleRecord(Refusal):
    """Someone else saved the record since it was loaded."""

    status, code = 409, "stale"
    sentence = _l("Someone else has changed this record meanwhile. Nothing was saved.")


class RuleViolation(Refusal):
    """A business rule says no."""

    status, code = 422, "rule"


class InvalidValues(RuleViolation):
    """Values that cannot be taken: one sentence per field."""

    code = "invalid"
    sentence = _l("Some values need your attention.")

    def __init__(self, problems: Mapping[str, Text]) -> None:
        super().__init__(None)
        self.problems = dict(problems)
        self.details = {"fields": self.problems}


class JsonProvider(DefaultJSONProvider):
    """Brackets within brackets without end, and halves of characters, are malformed like any other nonsense."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            value = super().loads(s, **kwargs)
            super().dumps(value, ensure_ascii=False).encode()  # a ValueError unless every half has its other one
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return value


def wants_json() -> bool:
    """API calls and calls of our own scripts get JSON, people get pages."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def json_refusal(refusal: Refusal) -> Response:
    """{"error": code, "message": sentence, …details}."""
    details = {
        key: {field: str(text) for field, text in value.items()} if key == "fields" else value for key, value in refusal.details.items()
    }
    answer = jsonify(error=refusal.code, message=str(refusal.sentence), **details)
    answer.status_code = refusal.status
    return answer


TITLES: dict[int, Text] = {
    400: _l("Something is wrong with this request"),
    401: _l("Please sign in"),
    403: _l("No access"),
    404: _l("Not found"),
    405: _l("Not possible here"),
    409: _l("Changed meanwhile"),
    413: _l("Too large"),
    422: _l("Not possible"),
    429: _l("Too many attempts"),
    500: _l("Something went wrong on our side"),
    503: _l("Just a moment, please"),
}
SENTENCES: dict[int, Text] = {
    400: _l("The address or the form holds something this page cannot understand."),
    404: _l("There is nothing at this address, or you may not see it."),
    405: _l("This address does not take such a request."),
    413: _l("What you sent is larger than allowed."),
    429: _l("Please wait a while and try again."),
    500: _l("It has been noted. Nothing was half saved; please try again."),
}


def answer(status: int, sentence: Text) -> Response:
    """An error page in the user's language; only a bare sentence for fragments."""
    title = TITLES.get(status, TITLES[400])
    if request.headers.get("HX-Request"):
        return make_response(str(sentence), status)
    return make_response(render_template("errors/error.html", status=status, title=title, sentence=sentence), status)


def install(app: Flask) -> None:
    """Map refusals, HTTP errors and surprises to answers; always roll back first."""
    app.json = JsonProvider(app)

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        db.session.rollback()
        return json_refusal(refusal) if wants_json() else answer(refusal.status, refusal.sentence)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        sentence = _("Your session has expired or the form was opened elsewhere. Reload the page and try again.")
        refusal = BadRequest(sentence)
        return json_refusal(refusal) if wants_json() else answer(400, sentence)

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def out_of_range(_error: Exception) -> Response:
        """Numbers no column can hold, mostly ids from hand-made addresses."""
        return refused(BadRequest())

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        status = error.code or 500
        if status == 401 and not wants_json():
            return sign_in()
        if status < 400:
            return make_response(error.get_response())
        sentence = SENTENCES.get(status, _l("This is not possible."))
        if wants_json():
            response = jsonify(error=error.name.lower().replace(" ", "_"), message=str(sentence))
            response.status_code = status
            return response
        return answer(status, sentence)

    @app.errorhandler(500)
    def broken(_error: Exception) -> Response:
        db.session.rollback()
        if wants_json():
            response = jsonify(error="internal", message=str(SENTENCES[500]))
            response.status_code = 500
            return response
        return answer(500, SENTENCES[500])


def sign_in() -> Response:
    """Send an anonymous visitor to the sign-in page and back afterwards."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    url = url_for("SignInView.login", next=target)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url))


def refuse_access() -> Response:
    """Anonymous → sign in; signed in → 403."""
    if wants_json():
        refusal = NotAllowed()
        if not current_user.is_authenticated:
            refusal = NotAllowed(_l("Please sign in first."))
            refusal.status, refusal.code = 401, "sign_in"
        return json_refusal(refusal)
    if not current_user.is_authenticated:
        return sign_in()
    return answer(403, NotAllowed.sentence)

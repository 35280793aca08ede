"""Declaring the right a page needs: FAB makes the permission of it, the actor answers it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_appbuilder.security.decorators import permission_name

from app.core.actor import Right, current_actor
from app.core.errors import refuse_access

Handler = Callable[..., Any]


def requires(right: Right | str) -> Callable[[Handler], Handler]:
    """The view method runs only for actors who hold `right` on the view's `class_permission_name`."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not current_actor().may(str(right), self.class_permission_name):
                return refuse_access()
            return handler(self, *args, **kwargs)

        guarded.guard = str(right)  # type: ignore[attr-defined]
        return permission_name(str(right))(guarded)

    return decorate


def signed_in(handler: Handler) -> Handler:
    """For pages that every signed-in person has (home, own profile): no right of their own."""

    @wraps(handler)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current_actor().id is None:
            return refuse_access()
        return handler(self, *args, **kwargs)

    guarded.guard = "signed_in"  # type: ignore[attr-defined]
    return guarded


def public(handler: Handler) -> Handler:
    """For the few pages anybody may open; the attack tests list them."""
    handler.guard = "public"  # type: ignore[attr-defined]
    return handler

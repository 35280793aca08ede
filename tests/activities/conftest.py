"""Verbs in somebody's name, and uploads through a browser."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.actor import Actor, acting_as
from app.core.database import unit_of_work
from app.core.services.records import EntityService

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


@pytest.fixture
def do(app: Flask, actor_of: Callable[[str], Actor]) -> Callable[..., int]:
    """`do("sales_a1", TaskService, "complete", 7)`: one verb in somebody's name, committed."""

    def run(who: str, service: type[EntityService[Any]], verb: str, *args: Any, **more: Any) -> int:
        actor = actor_of(who)
        with app.app_context(), acting_as(actor), unit_of_work():
            return int(getattr(service(), verb)(*args, actor=actor, **more).id)

    return run


def upload(client: FlaskClient, customer_id: int, *files: tuple[str, bytes]) -> Any:
    """Send files to a customer as the panel does."""
    data = {"file": [(BytesIO(content), name) for name, content in files]}
    return client.post(f"/attachments/of/customer/{customer_id}", data=data, headers={"HX-Request": "true"})

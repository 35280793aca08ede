"""The page of the service figures."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Do = Callable[..., Any]
Clients = Callable[..., FlaskClient]


def test_figures_of_what_one_sees(client_of: Clients, do: Do) -> None:
    do("service_a", "create", {"subject": "T", "channel": "phone"})
    page = client_of("service_a").get("/service-figures/?days=7")
    assert page.status_code == 200 and "Department a" in page.text
    foreign = client_of("service_b").get("/service-figures/?days=7")
    assert foreign.status_code == 200 and "Department a" not in foreign.text
    assert client_of("service_a", "zh").get("/service-figures/").status_code == 200


@pytest.mark.parametrize(("who", "path", "status"), [("service_a", "?days=1000000", 400), ("marketer", "", 403), (None, "", 302)])
def test_refusals(client_of: Clients, who: str | None, path: str, status: int) -> None:
    assert client_of(who).get(f"/service-figures/{path}").status_code == status

"""Imports through both doors, and the product's own reports read back."""

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.operations.services.worker import Worker


@pytest.fixture
def facts(data: Path) -> dict[str, Any]:
    """Figures that an independent program computed from the raw files."""
    return json.loads((data / "facts.json").read_text())


@pytest.fixture
def by_command(app: Flask) -> Callable[..., str]:
    """`flask crm import …` as the administrator; returns what it said."""

    def run(entity: str, file: Path, *options: str) -> str:
        done = app.test_cli_runner().invoke(args=["crm", "import", entity, str(file), "--as", "admin", *options])
        assert done.exit_code == 0, done.output
        return done.output

    return run


class Browser:
    """A person at the import pages; the jobs process does its part whenever there is something to do."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.client, self.worker = client, Worker(app)

    def import_file(self, entity: str, file: Path, **answers: Any) -> str:
        """Upload, check as proposed, answer what is asked, check again if something was, run; returns the last page."""
        with file.open("rb") as opened:
            sent = self.client.post("/imports/new", data={"entity": entity, "file": (opened, file.name)})
        assert sent.status_code == 302, sent.text
        address = sent.location
        if "sheet" in answers:
            self.press(address, "read", sheet=answers["sheet"])
        page = self.press(address, "check")
        if set(answers) - {"sheet"}:
            page = self.press(address, "check", **answers)
        assert 'value="run"' in page, page
        return self.press(address, "run", **answers)

    def press(self, address: str, step: str, **answers: Any) -> str:
        """Send the form as it stands on the page, with further answers, by one of its buttons."""
        page = self.client.get(address).text
        form = {**form_of(page), **answers, "step": step}
        done = self.client.post(f"{address}/configure", data=form)
        assert done.status_code == 302, done.text
        self.worker.work_off()
        return self.client.get(address).text


def form_of(page: str) -> dict[str, Any]:
    """The values that a browser would send: chosen options and ticked boxes."""
    values: dict[str, Any] = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', options)
        if chosen is None and (first := re.search(r'<option value="([^"]*)"', options)):
            chosen = first
        values[name] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and 'type="checkbox"' in tag:
            if re.search(r"\bchecked\b", tag):
                values.setdefault(name[1], []).append(value[1] if value else "on")
        elif name and 'type="file"' not in tag:
            values.setdefault(name[1], value[1] if value else "")
    return values


@pytest.fixture
def by_pages(app: Flask, client_of: Callable[..., FlaskClient]) -> Browser:
    return Browser(app, client_of("admin"))


@pytest.fixture
def reported(client_of: Callable[..., FlaskClient]) -> Callable[[str], dict[str, dict[str, Decimal]]]:
    """{first cell: {column: figure}} of the funnel report's table, split by a dimension."""
    client = client_of("admin")

    def read(dimension: str) -> dict[str, dict[str, Decimal]]:
        text = client.get(f"/funnel/report/breakdown.csv?by={dimension}").get_data().decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(text))
        return {row[0]: {name: Decimal(cell) for name, cell in zip(head[1:], row[1:], strict=True) if cell} for row in rows}

    return read

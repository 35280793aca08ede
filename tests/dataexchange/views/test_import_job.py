"""Imports in the browser: what is asked, what a second click does, who may see what."""

import csv
import io
import re

import pytest
from sqlalchemy import func, select

from app.core.models import JobRun, JobState
from app.customers.models import Customer
from app.dataexchange.models import ImportJob
from app.operations.services import job_queue
from app.operations.services.worker import Worker
from tests.acceptance.conftest import Browser, form_of

GOOD = "name,industry\nOne,retail\nTwo,technolgy\n"


@pytest.fixture
def upload(client_of):
    """Upload a text; returns the client and the import's address."""

    def go(content=GOOD, who="manager_a", entity="customer", name="rows.csv"):
        client = client_of(who)
        stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
        sent = client.post("/imports/new", data={"entity": entity, "file": (stream, name)})
        assert sent.status_code == 302, sent.text
        return client, sent.location

    return go


@pytest.fixture
def browse(app, upload):
    """A person who has uploaded something, and the address of the import."""

    def go(*args, **kwargs):
        client, address = upload(*args, **kwargs)
        return Browser(app, client), address

    return go


def post(client, address, step, **changes):
    return client.post(f"{address}/configure", data={**form_of(client.get(address).text), "step": step, **changes})


def test_from_the_file_to_the_records(browse, session):
    person, address = browse()
    page = person.client.get(address).text
    assert 'value="name" selected' in page
    page = person.press(address, "check")
    assert "technolgy" in page
    assert 'data-value="technology"' in page
    assert "Say what they mean or have them created, then check again." in page
    page = person.press(address, "check", **{"value:industry:technolgy": "technology"})
    page = person.press(address, "run", **{"value:industry:technolgy": "technology"})
    assert "The import is done." in page
    assert dict(session.execute(select(Customer.name, Customer.industry).where(Customer.name.in_(["One", "Two"]))).tuples().all()) == {
        "One": "retail",
        "Two": "technology",
    }
    link = re.search(r'href="(/customers/\?[^"]+)"', page)[1].replace("&amp;", "&")
    listed = person.client.get(link).text
    assert "One" in listed
    assert "CNRY-sales_a1-customer" not in listed


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7\n1 0 obj", "This is a PDF document."),
        (b"\x89PNG\r\n\x1a\n0000", "This is a picture."),
        (b"PK\x03\x04garbage", "This workbook is damaged"),
    ],
    ids=["empty", "pdf", "png", "zip"],
)
def test_a_file_that_is_no_table_is_refused_beside_the_field(client_of, session, content, sentence):
    client = client_of("manager_a")
    answer = client.post("/imports/new", data={"entity": "customer", "file": (io.BytesIO(content), "customers.csv")})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="customer" selected' in answer.text
    assert session.scalar(select(func.count(ImportJob.id))) == 0


@pytest.mark.parametrize("data", [{}, {"entity": "customer"}, {"entity": "nonsense"}, {"entity": "user"}])
def test_what_is_missing_is_said(client_of, data):
    answer = client_of("manager_a").post("/imports/new", data=data)
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_a_second_click_changes_nothing(app, upload, session):
    client, address = upload("name\nOne\n")
    assert post(client, address, "check").status_code == 302
    assert client.post(f"{address}/configure", data={"step": "check", "column-1": "name"}).status_code == 422
    Worker(app).work_off()
    form = {**form_of(client.get(address).text), "step": "run"}
    assert client.post(f"{address}/configure", data=form).status_code == 302
    again = client.post(f"{address}/configure", data=form)
    assert (again.status_code, "has already started" in again.text, f"{address}/progress" in again.text) == (422, True, True)
    Worker(app).work_off()
    assert client.post(f"{address}/configure", data=form).status_code == 422
    assert client.post(f"{address}/resume").status_code == 422
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name == "One")) == 1
    assert session.scalar(select(func.count(JobRun.id))) == 2


def test_decisions_that_have_not_been_checked_are_checked_before_anything_is_written(browse, session):
    person, address = browse()
    person.press(address, "check")
    page = person.press(address, "run", **{"value:industry:technolgy": "technology"})
    assert "checked again" in page
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name == "One")) == 0
    assert "Import 2 rows" in page


def test_two_columns_for_one_field_and_a_field_that_does_not_exist(upload):
    client, address = upload("name,other\nOne,x\n")
    answer = post(client, address, "check", **{"column-2": "name"})
    assert (answer.status_code, "Two columns go to" in answer.text) == (422, True)
    assert post(client, address, "check", **{"column-2": "id"}).status_code == 400
    assert post(client, address, "check", **{"column-9": "city"}).status_code == 400


def test_what_was_chosen_stays_chosen_beside_a_refusal(upload, session):
    client, address = upload("name,other,more\nOne,x,y\n")
    answer = post(client, address, "check", **{"column-2": "city", "column-3": "city", "mode": "upsert", "whole": "true"})
    kept = form_of(answer.text)
    assert (answer.status_code, kept["column-2"], kept["column-3"], kept["mode"], kept["whole"]) == (
        422,
        "city",
        "city",
        "upsert",
        ["true"],
    )
    unchanged = session.scalars(select(ImportJob).order_by(ImportJob.id.desc()).limit(1)).one()
    assert (unchanged.mapping, unchanged.options["mode"], unchanged.options["whole"]) == ({"1": "name"}, "create", False)


def test_changing_needs_a_way_to_find(upload):
    client, address = upload("name\nOne\n")
    answer = post(client, address, "check", mode="upsert")
    assert answer.status_code == 422
    assert "Choose a mapped column by which existing records are found." in answer.text


def test_reading_in_another_way_proposes_anew(browse):
    person, address = browse("Title of the sheet\n;;\nname;city;x\nOne;Wuhan;1\n".encode("gb18030"))
    answer = post(person.client, address, "check", header_row="3", delimiter=";")
    assert answer.status_code == 302
    page = person.client.get(address).text
    assert "read again" in page
    assert 'value="city" selected' in page
    assert "Import 1 rows" in person.press(address, "check")


def test_unknown_readings_are_no_failure_of_ours(upload):
    client, address = upload()
    answer = post(client, address, "read", encoding="no-such-encoding")
    assert answer.status_code == 422
    assert client.get(address).status_code == 200


def test_refused_rows_as_a_file_that_can_be_put_right_and_imported(browse):
    person, address = browse("name,e-mail,remark\nBad,nonsense,=1+1\n,b@example.com,x\n")
    person.press(address, "check")
    answer = person.client.get(f"{address}/problems")
    head, first, second = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert head == ["Row", "Reason", "name", "e-mail", "remark"]
    assert first == ["2", "E-mail: “nonsense” is not an e-mail address.", "Bad", "nonsense", "'=1+1"]
    assert second[:2] == ["3", "Name: This field is required."]


def test_stop_while_waiting_frees_the_import(upload, session):
    client, address = upload()
    post(client, address, "check")
    assert "Waiting for its turn" in client.get(f"{address}/progress").text
    assert client.post(f"{address}/cancel").status_code == 302
    page = client.get(address).text
    assert 'value="check"' in page
    assert session.scalars(select(JobRun)).one().state is JobState.CANCELLED


def test_a_run_that_was_given_up_can_be_started_again(app, upload, session):
    client, address = upload("name\nOne\n")
    post(client, address, "check")
    with app.app_context():
        for _attempt in range(3):
            run = job_queue.claim("another-machine:1:x")
            job_queue.sweep(["another-machine:1:x"], run.started_at)
    page = client.get(address).text
    assert "interrupted" in page
    post(client, address, "check")
    Worker(app).work_off()
    assert "Import 1 rows" in client.get(address).text


def test_progress_asks_again_until_the_end(app, upload):
    client, address = upload("name\nOne\n")
    post(client, address, "check")
    assert "HX-Refresh" not in client.get(f"{address}/progress").headers
    Worker(app).work_off()
    assert client.get(f"{address}/progress").headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("path", ["", "/progress", "/problems"])
def test_nobody_sees_the_imports_of_others(upload, client_of, path):
    _client, address = upload(who="manager_a")
    assert client_of("admin").get(f"{address}{path}").status_code == 200
    for who in ("sales_a1", "sales_b1", "reader", "nobody"):
        assert client_of(who).get(f"{address}{path}").status_code in {403, 404}
    assert client_of(None).get(f"{address}{path}").status_code in {302, 401}


@pytest.mark.parametrize("verb", ["configure", "resume", "cancel"])
def test_nobody_touches_the_imports_of_others(upload, client_of, verb, session):
    _client, address = upload(who="manager_a")
    for who in ("sales_a1", "marketer", "nobody"):
        assert client_of(who).post(f"{address}/{verb}", data={"step": "check"}).status_code in {403, 404}
    assert session.scalars(select(ImportJob)).one().state == "uploaded"


def test_the_list_names_things_in_the_readers_language(upload, client_of):
    client, _address = upload()
    page = client.get("/imports/").text
    assert "rows.csv" in page
    assert ">Customers<" in page


def test_template_has_the_headers_that_an_import_understands(browse, client_of):
    text = client_of("manager_a").get("/imports/template?entity=customer").get_data().decode("utf-8-sig")
    headers = next(csv.reader(io.StringIO(text)))
    assert headers[0] == "Name"
    person, address = browse(f"{text}{','.join('x' for _ in headers)}\n")
    assert f"{len(headers)} of {len(headers)} columns" in person.client.get(address).text
    assert client_of("sales_a1").get("/imports/template?entity=customer").status_code == 404

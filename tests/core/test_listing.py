"""Lists by key: every record exactly once, forwards and backwards, whatever the order and however many are empty."""

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.core.errors import BadRequest
from app.core.services.listing import PAGE_SIZES, Question, count, page, read_filters
from app.customers.models import CUSTOMER, Customer
from app.customers.services.customer import CustomerService
from app.extensions import db

SORTABLE = [f.name for f in CUSTOMER.fields.values() if f.sortable]


@pytest.fixture
def many(app):
    """60 customers with ties and gaps in most columns."""
    rows = [
        {
            "name": f"Customer {n // 2}",
            "city": ["Wuhan", None, "Beijing"][n % 3],
            "employees": None if n % 4 else n,
            "level": ["a", "b", None][n % 3],
        }
        for n in range(60)
    ]
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        CustomerService().add_many(rows, actor=SYSTEM)


def walk(session, sort):
    """Ids page by page forwards, then back to the start."""
    question, forwards, last = Question(sort=sort, size=20), [], None
    while True:
        last = page(session, CUSTOMER, question, SYSTEM)
        forwards.append([r.id for r in last.records])
        if last.next is None:
            break
        question = Question(sort=sort, size=20, after=last.next)
    backwards = [forwards[-1]]
    while last.previous is not None:
        last = page(session, CUSTOMER, Question(sort=sort, size=20, before=last.previous), SYSTEM)
        backwards.append([r.id for r in last.records])
    return forwards, backwards


@pytest.mark.parametrize("sort", [sign + name for name in SORTABLE for sign in ("", "-")])
def test_every_record_once_in_both_directions(app, many, sort):
    with app.app_context(), acting_as(SYSTEM):
        forwards, backwards = walk(db.session(), sort)
        everything = set(db.session.scalars(select(Customer.id)))
    flat = [i for p in forwards for i in p]
    assert len(flat) == len(set(flat)) == len(everything)
    assert backwards[::-1] == forwards


def test_the_end_has_no_next_and_the_beginning_no_previous(app, many):
    with app.app_context(), acting_as(SYSTEM):
        first = page(db.session(), CUSTOMER, Question(size=PAGE_SIZES[-1]), SYSTEM)
    assert (first.next, first.previous) == (None, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("city:eq:Wuhan", "all of Wuhan"),
        ("level:in:a,b", "a or b"),
        ("employees:gte:40", "40 and more"),
        ("city:empty", "no city"),
        ("city:filled", "a city"),
        ("name:contains:CUSTOMER 1", "any case"),
        ("created_at:gte:2020-01-01", "since"),
    ],
)
def test_filters_mean_what_they_say(app, many, text, names):
    meaning = {
        "all of Wuhan": lambda c: c.city == "Wuhan",
        "a or b": lambda c: c.level in {"a", "b"},
        "40 and more": lambda c: (c.employees or 0) >= 40,
        "no city": lambda c: not c.city,
        "a city": lambda c: bool(c.city),
        "any case": lambda c: "customer 1" in c.name.lower(),
        "since": lambda c: True,
    }[names]
    with app.app_context(), acting_as(SYSTEM):
        question = Question(filters=read_filters(CUSTOMER, [text]), size=200)
        found = {c.id for c in page(db.session(), CUSTOMER, question, SYSTEM).records}
        expected = {c.id for c in db.session.scalars(select(Customer)) if meaning(c)}
        assert found == expected
        assert count(db.session(), CUSTOMER, question, SYSTEM) == (len(expected), False)


@pytest.mark.parametrize("special", ["%", "_", "\\", "'", "--"])
def test_searched_characters_are_meant_literally(app, many, special):
    with app.app_context(), acting_as(SYSTEM):
        found = {c.id for c in page(db.session(), CUSTOMER, Question(search=special, size=200), SYSTEM).records}
        texts = {c.id: (c.name, c.short_name or "", c.number, c.phone or "") for c in db.session.scalars(select(Customer))}
    assert found == {i for i, columns in texts.items() if any(special in text for text in columns)}


@pytest.mark.parametrize(
    "text", ["password:eq:x", "city:like:x", "city", "owner.password:eq:x", "employees:eq:many", "created_at:gte:someday"]
)
def test_filters_that_make_no_sense_are_refused(app, text):
    with app.app_context(), acting_as(SYSTEM), pytest.raises(BadRequest):
        page(db.session(), CUSTOMER, Question(filters=read_filters(CUSTOMER, [text])), SYSTEM)

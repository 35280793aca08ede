"""Imports through the services: what is proposed, checked, written, refused, and what a crash leaves."""

import io

import pytest
from sqlalchemy import func, select, update

from app.core.actor import acting_as
from app.core.database import unit_of_work
from app.core.errors import NotAllowed, RuleViolation
from app.core.i18n import force_locale
from app.core.jobs import Cancelled, Interrupted
from app.core.models import DictionaryEntry
from app.customers.models import Contact, Customer
from app.dataexchange.models import ImportLink, ImportProblem, ImportState
from app.dataexchange.services import imports, running
from app.security.models import CrmUser


def names(session):
    return set(session.scalars(select(Customer.name)))


def test_chinese_headers_and_labels_in_gb18030(import_rows, session):
    text = "客户名称,客户级别,电话,备注\n东海贸易,A 级 · 战略,021-55550001,重要\n南山科技,b,,\n"
    done = import_rows(text, encoding="gb18030")
    assert (done.checked, done.state, done.created) == ((2, 0), "done", 2)
    customer = session.scalar(select(Customer).where(Customer.name == "东海贸易"))
    assert (customer.level, customer.phone, customer.remark) == ("a", "021-55550001", "重要")


def test_bad_rows_are_refused_with_reasons_and_the_good_ones_written(import_rows, session):
    text = "name,e-mail,level,founded\nGood,a@example.com,a,1999\n,b@example.com,a,1999\nBad,not an address,zzz,long ago\n"
    done = import_rows(text)
    assert done.checked == (3, 2)
    assert (done.created, done.failed) == (1, 2)
    assert "Good" in names(session)
    assert "Bad" not in names(session)
    problems = session.scalars(select(ImportProblem).where(ImportProblem.import_job_id == done.id)).all()
    assert {(p.row, p.field) for p in problems} >= {(3, "name"), (4, "email"), (4, "level"), (4, "founded")}


def test_all_or_nothing_writes_nothing(import_rows, session):
    before = names(session)
    done = import_rows("name,e-mail\nGood,a@example.com\nBad,nope\n", whole=True)
    assert (done.state, done.created) == ("failed", 0)
    assert names(session) == before


def test_related_records_are_found_by_name_within_what_one_sees(import_rows, session, world):
    text = "name,customer\nAnna,CNRY-sales_a1-customer\nBerta,CNRY-sales_b1-customer\nCleo,nowhere\n"
    done = import_rows(text, entity="contact")
    assert (done.created, done.failed) == (1, 2)
    assert session.scalar(select(Contact.customer_id).where(Contact.name == "Anna")) == world.customers["sales_a1"]
    assert session.scalar(select(Contact).where(Contact.name == "Berta")) is None


def test_an_ambiguous_name_is_never_the_first_hit(import_rows, session):
    import_rows("name,external number\nTwin,X1\nTwin,X2\n")
    done = import_rows("name,customer\nAnna,Twin\n", entity="contact")
    assert (done.created, done.failed) == (0, 1)


def test_upsert_changes_what_is_there_and_creates_the_rest(import_rows, session):
    import_rows("name,external number,city\nOne,E1,Wuhan\n")
    done = import_rows("name,external number,city\nOne,E1,Beijing\nTwo,E2,Xian\n", mode="upsert", match="external_id")
    assert (done.created, done.updated, done.failed) == (1, 1, 0)
    assert session.scalar(select(Customer.city).where(Customer.external_id == "E1")) == "Beijing"


def test_the_same_unique_value_twice_or_already_there_is_refused(import_rows, session):
    import_rows("name,external number\nOne,E1\n")
    done = import_rows("name,external number\nAgain,E1\nTwo,E2\nThree,E2\n")
    assert (done.created, done.failed) == (1, 2)


def test_what_does_not_exist_is_created_on_request(import_rows, session):
    done = import_rows("name,customer\nAnna,Brand New Ltd\nBob,Brand New Ltd\n", entity="contact", create_missing=["customer_id"])
    assert (done.created, done.failed) == (2, 0)
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name == "Brand New Ltd")) == 1


def test_a_second_run_writes_nothing_again(app, import_rows, actor_of, session):
    done = import_rows("name\nOnce\n")
    actor = actor_of("manager_a")
    with app.app_context(), acting_as(actor):
        imports.run(done.id, actor=actor)
        with pytest.raises(RuleViolation):
            imports.start(done.id, "run", actor=actor)
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name == "Once")) == 1


def test_a_crash_in_the_middle_loses_and_doubles_nothing(app, actor_of, session, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 10)
    actor = actor_of("manager_a")
    text = "name\n" + "".join(f"Crash {n}\n" for n in range(45))
    with app.app_context(), acting_as(actor), force_locale("en"):
        with unit_of_work():
            job_id = imports.take_in(io.BytesIO(text.encode()), "rows.csv", "customer", actor=actor).id

        def crash(done, total):
            if done >= 20:
                raise SystemExit  # as a killed process: nothing after this line runs

        with pytest.raises(SystemExit):
            imports.run(job_id, actor=actor, progress=crash)
    count = select(func.count(Customer.id)).where(Customer.name.startswith("Crash"))
    assert session.scalar(count) == 20
    with app.app_context(), acting_as(actor):
        job = imports.run(job_id, actor=actor)
        assert (job.state, job.created_count) == (ImportState.DONE, 45)
    assert session.scalar(count) == 45


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n1 0 obj", b"\x89PNG\r\n\x1a\n0000", b"PK\x03\x04garbage"], ids=["empty", "pdf", "png", "zip"]
)
def test_a_file_that_is_no_table_is_refused_and_not_kept(app, actor_of, content):
    actor = actor_of("manager_a")
    with app.app_context(), acting_as(actor), force_locale("en"):
        before = set(imports.folder().iterdir())
        with pytest.raises(RuleViolation), unit_of_work():
            imports.take_in(io.BytesIO(content), "customers.csv", "customer", actor=actor)
        assert set(imports.folder().iterdir()) == before


def test_without_the_right_nothing_is_taken_in(app, actor_of):
    actor = actor_of("sales_a1")
    with app.app_context(), acting_as(actor), pytest.raises(NotAllowed), unit_of_work():
        imports.take_in(io.BytesIO(b"name\nX\n"), "x.csv", "customer", actor=actor)


def sentences(session, done):
    found = session.scalars(
        select(ImportProblem).where(ImportProblem.import_job_id == done.id).order_by(ImportProblem.row, ImportProblem.id)
    )
    return {(p.row, p.field): p.sentence for p in found}


def test_every_kind_of_bad_cell_gets_its_sentence_and_leaves_nothing(import_rows, session):
    head = "name,e-mail,phone,founded,next follow-up,annual revenue,status,level,parent company,website\n"
    good = "Fine 🚢,a@example.com,021-5555 0001,1999,2026-03-01,12.50,prospect,a,,example.com\n"
    bad = {
        "e-mail": "Bad1,nonsense,,,,,,,,", "phone": "Bad2,,call me,,,,,,,", "founded": "Bad3,,,19x9,,,,,,", "day": "Bad4,,,,2026-02-30,,,,,",
        "amount": "Bad5,,,,,twelve,,,,", "status": "Bad6,,,,,,no such status,,,", "level": "Bad7,,,,,,,zzz,,", "parent": "Bad8,,,,,,,,Nowhere Ltd,",
        "website": "Bad9,,,,,,,,,not a web address", "name": ",x@example.com,,,,,,,,", "long": f"{'x' * 300},,,,,,,,,", "huge": f"{'x' * 300_000},,,,,,,,,",
        "control": "Bad\x07bell,,,,,,,,,", "many": "Bad10,,,,,,,,,,,,surplus", "cents": "Bad11,,,,,1.234,,,,", "year": "Bad12,,,1,,,,,,",
    }  # fmt: skip
    done = import_rows(head + good + "\n".join(bad.values()) + "\n")
    assert (done.checked, done.created, done.failed) == ((17, 16), 1, 16)
    told = sentences(session, done)
    places = (
        "email",
        "phone",
        "founded",
        "next_follow_up_on",
        "annual_revenue",
        "status",
        "level",
        "parent_id",
        "website",
        "name",
        "name",
        "name",
        "name",
        None,
        "annual_revenue",
        "founded",
    )
    assert list(told) == [(row, field) for row, field in enumerate(places, start=3)]
    assert told[6, "next_follow_up_on"] == "“2026-02-30” is not a date. Write it like 2026-01-31."
    assert told[14, "name"] == "This value has 300000 characters; at most 32767 are possible."
    assert told[10, "parent_id"] == "There is no Customer “Nowhere Ltd”."
    assert names(session) & {"Fine 🚢", "Bad1", "Bad11"} == {"Fine 🚢"}


def test_sentences_are_in_the_importers_language(import_rows, session):
    session.execute(update(CrmUser).where(CrmUser.username == "manager_a").values(locale="zh"))
    done = import_rows("name,e-mail\nBad,nonsense\n")
    assert "邮箱" in sentences(session, done)[2, "email"] or "邮件" in sentences(session, done)[2, "email"]


def test_unknown_words_are_counted_with_what_may_be_meant_and_can_be_explained(import_rows, session):
    text = "name,industry,status\nA,technolgy,won\nB,technolgy,won\nC,nonsense word,Kunde\nD,retail,won\n"
    done = import_rows(text)
    assert done.created == 1
    unknown = {word["text"]: (word["rows"], [value for value, _label in word["nearest"]]) for word in done.findings["unknown"]["industry"]}
    assert unknown["technolgy"] == (2, ["technology"])
    assert unknown["nonsense word"][0] == 1
    assert [word["text"] for word in done.findings["unknown"]["status"]] == ["Kunde"]
    done = import_rows(text, values={"industry": {"technolgy": "technology", "nonsense word": ""}, "status": {"Kunde": "won"}})
    assert (done.created, done.findings["unknown"]) == (4, {})
    stored = dict(session.execute(select(Customer.name, Customer.industry).where(Customer.name.in_(["A", "B", "C"]))).tuples().all())
    assert stored == {"A": "technology", "B": "technology", "C": None}


def test_new_terms_only_by_those_who_may_add_to_dictionaries(import_rows, session):
    text = "name,industry\nA,电子商务\nB,电子商务\nC,Space travel\n"
    assert import_rows(text, create_missing=["industry"]).created == 0
    done = import_rows(text, who="admin", create_missing=["industry"])
    assert (done.created, done.findings["new"]["industry"]) == (3, [["电子商务", 2], ["Space travel", 1]])
    made = session.scalars(
        select(DictionaryEntry.key).where(
            DictionaryEntry.dictionary == "industry", DictionaryEntry.name_en.in_(["电子商务", "Space travel"])
        )
    )
    assert set(made) == {"dian_zi_shang_wu", "space_travel"}
    assert session.scalar(select(Customer.industry).where(Customer.name == "C")) == "space_travel"


def test_days_that_read_in_two_ways_are_asked_about(import_rows, session):
    text = "name,next follow-up\nA,01/02/2026\nB,03/04/2026\n"
    done = import_rows(text)
    assert (done.created, done.findings["open"]) == (0, {"next_follow_up_on": {"date_order": ["01/02/2026", "03/04/2026"]}})
    assert import_rows(text, formats={"next_follow_up_on": {"date_order": "dmy"}}).created == 2
    assert str(session.scalar(select(Customer.next_follow_up_on).where(Customer.name == "A"))) == "2026-02-01"


def test_amounts_that_read_in_two_ways_are_asked_about(import_rows, session):
    text = "name;annual revenue\nA;1.234\nB;5.678\n"
    done = import_rows(text)
    assert (done.created, list(done.findings["open"]["annual_revenue"])) == (0, ["decimal_sign"])
    assert import_rows(text, formats={"annual_revenue": {"decimal_sign": ","}}).created == 2
    assert session.scalar(select(Customer.annual_revenue).where(Customer.name == "A")) == 1234


def test_rows_of_one_file_refer_to_each_other(import_rows, session):
    text = "name,parent company\nLeaf,Branch\nBranch,Root\nRoot,\nOrphan,Nobody\nSelf,Self\n"
    done = import_rows(text)
    assert (done.checked, done.created) == ((5, 1), 4)
    ids = dict(session.execute(select(Customer.name, Customer.id)).tuples().all())
    parents = dict(
        session.execute(select(Customer.name, Customer.parent_id).where(Customer.name.in_(["Leaf", "Branch", "Root", "Self"])))
        .tuples()
        .all()
    )
    assert parents == {"Leaf": ids["Branch"], "Branch": ids["Root"], "Root": None, "Self": None}
    assert sentences(session, done)[6, "parent_id"] == "A company cannot lie below itself."
    assert session.scalar(select(func.count(ImportLink.id))) == 0


def test_circles_of_one_file_stop_an_import_of_all_or_nothing(import_rows, session):
    done = import_rows("name,parent company\nA,B\nB,A\n", whole=True)
    assert (done.state, names(session) & {"A", "B"}) == ("failed", set())


def test_changing_by_our_own_number(import_rows, session, world):
    number = session.scalar(select(Customer.number).where(Customer.id == world.customers["sales_a1"]))
    done = import_rows(f"number,city\n{number},Harbin\nC999999,Nowhere\n", mode="update", match="number")
    assert (done.updated, done.failed) == (1, 1)
    assert session.scalar(select(Customer.city).where(Customer.id == world.customers["sales_a1"])) == "Harbin"


def test_only_what_one_may_change_is_changed(import_rows, session, world):
    text = "name,city\nCNRY-sales_a1-customer,Harbin\nCNRY-sales_b1-customer,Harbin\n"
    done = import_rows(text, mode="update", match="name")
    assert (done.updated, done.failed) == (1, 1)
    assert session.scalar(select(Customer.city).where(Customer.id == world.customers["sales_b1"])) is None


def test_a_name_that_several_records_bear_changes_none_of_them(import_rows, session):
    import_rows("name,external number\nTwin,X1\nTwin,X2\n")
    done = import_rows("name,city\nTwin,Harbin\n", mode="upsert", match="name")
    assert (done.created, done.updated, done.failed) == (0, 0, 1)


def test_the_next_file_with_the_same_headers_is_read_like_the_last(app, import_rows, take_in, actor_of):
    import_rows("Firma,Wo\nOne,Wuhan\n", mapping={"1": "name", "2": "city"}, mode="upsert", match="name")
    job_id = take_in("Firma,Wo\nTwo,Xian\n")
    actor = actor_of("manager_a")
    with app.app_context(), acting_as(actor):
        job = imports.get_job(job_id, actor=actor)
        assert (job.mapping, job.options["mode"], job.options["match"]) == ({"1": "name", "2": "city"}, "upsert", "name")


def test_a_second_row_of_headers_is_left_out_unless_it_is_data(import_rows, session):
    text = "name,annual revenue,employees\n名称,营业额,人数\nA,1,2\nB,3,4\nC,5,6\nD,7,8\n"
    assert import_rows(text).created == 4
    done = import_rows(text, second_header=False)
    assert (done.created, done.failed) == (4, 1)


def test_two_workers_never_write_the_same_rows(app, take_in, actor_of, session, monkeypatch):
    """One that was thought dead wakes up in the middle: it finds the place moved and writes nothing."""
    monkeypatch.setattr(running, "BATCH", 10)
    actor = actor_of("manager_a")
    job_id = take_in("name\n" + "".join(f"Race {n}\n" for n in range(30)))
    with app.app_context(), acting_as(actor), force_locale("en"):

        def another_takes_over(done, _total):
            if done == 10:
                imports.run(job_id, actor=actor)

        with pytest.raises(Interrupted):
            imports.run(job_id, actor=actor, progress=another_takes_over)
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name.startswith("Race"))) == 30


def test_stopping_keeps_what_is_written_and_the_rest_can_follow(app, take_in, actor_of, session, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 10)
    actor = actor_of("manager_a")
    job_id = take_in("name\n" + "".join(f"Stop {n}\n" for n in range(30)))

    def stop(done, _total):
        if done == 20:
            raise Cancelled

    with app.app_context(), acting_as(actor), force_locale("en"):
        job = imports.run(job_id, actor=actor, progress=stop)
        assert (job.state, job.created_count, job.last_row) == ("cancelled", 20, 21)
        with unit_of_work():
            imports.start(job_id, "run", actor=actor)
        job = imports.run(job_id, actor=actor)
        assert (job.state, job.created_count) == ("done", 30)
    assert session.scalar(select(func.count(Customer.id)).where(Customer.name.startswith("Stop"))) == 30


def test_too_many_rows_for_all_or_nothing(app, import_rows, session, monkeypatch):
    monkeypatch.setattr(running, "MOST_WHOLE", 2)
    done = import_rows("name\nA\nB\nC\n", whole=True)
    assert (done.state, done.message) == ("failed", "All rows or none is possible up to 2 rows.")


def test_headers_without_rows_are_said_to_be_empty(import_rows):
    done = import_rows("name,city\n")
    assert (done.state, done.message) == ("failed", "This file holds headers, but no rows below them.")

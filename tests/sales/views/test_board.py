"""The funnel board through HTTP: columns, sums, more cards, moves, filters, and the number of statements."""

import re
from datetime import date, timedelta

import pytest

from app.core.actor import SYSTEM, Source, acting_as
from app.core.database import unit_of_work
from app.sales.models import StageChange
from app.sales.services.opportunity import OpportunityService

JSON = {"Accept": "application/json"}
IMPORTER = SYSTEM.through(Source.IMPORT)


@pytest.fixture
def many(app, world, stages):
    """`count` opportunities of somebody in one stage."""

    def create(count, stage="prospecting", who="sales_a1", **values):
        with app.app_context(), acting_as(IMPORTER), unit_of_work():
            rows = [
                {"name": f"deal-{n:03d}", "owner_id": world.users[who], "stage_id": stages[stage], "amount": 10, **values}
                for n in range(count)
            ]
            return [record.id for record in OpportunityService().add_many(rows, actor=IMPORTER)]

    return create


def cards(text):
    return re.findall(r'class="board-card" data-card data-id="(\d+)"', text)


def column(text, stage):
    return text.split(f'data-column="{stage}"', 1)[1].split("</section>", 1)[0]


def test_columns_show_counts_sums_and_weights(client_of, make, stages):
    make(amount="1000", stage="proposal")
    make(amount="500", stage="proposal")
    make(amount="70", stage="won")
    page = client_of("sales_a1").get("/funnel/board").text
    proposal, won = column(page, stages["proposal"]), column(page, stages["won"])
    assert re.findall(r'data-figure="(\w+)">([\d,]+)<', proposal) == [("count", "2"), ("sum", "1,500"), ("weighted", "750")]
    assert re.findall(r'data-figure="(\w+)">([\d,]+)<', won) == [("count", "1"), ("sum", "70")]


def test_people_see_their_own_part(client_of, make):
    make("sales_a1"), make("sales_a2"), make("sales_b1")
    seen = {
        who: set(re.findall(r"CNRY-(\w+)-deal", client_of(who).get("/funnel/board").text)) for who in ("sales_a1", "manager_a", "reader")
    }
    assert seen == {"sales_a1": {"sales_a1"}, "manager_a": {"sales_a1", "sales_a2"}, "reader": {"sales_a1", "sales_a2", "sales_b1"}}


def test_newer_cards_of_others_do_not_push_out_the_own_ones(client_of, many, stages):
    mine = many(3, who="sales_a1")
    many(60, who="sales_b1")
    page = column(client_of("sales_a1").get("/funnel/board").text, stages["prospecting"])
    assert sorted(map(int, cards(page))) == sorted(mine)
    assert "hx-get" not in page


@pytest.mark.parametrize("who", [None, "nobody", "service_a", "marketer"])
def test_without_the_right_there_is_no_board(client_of, who):
    for path in ("/funnel/board", "/funnel/report", "/funnel/board/cards", "/funnel/report/stages.csv"):
        assert client_of(who).get(path).status_code in {302, 403}


def test_fifty_cards_then_more_without_gaps_or_repetitions(client_of, many, stages):
    ids = many(120)
    client, seen = client_of("sales_a1"), []
    page = column(client.get("/funnel/board").text, stages["prospecting"])
    assert len(cards(page)) == 50
    for _round in range(4):
        seen += cards(page)
        more = re.search(r'hx-get="([^"]+)"', page)
        if more is None:
            break
        page = client.get(more.group(1).replace("&amp;", "&")).text
    assert sorted(map(int, seen)) == sorted(ids)


def test_the_number_of_statements_is_small_and_does_not_grow(client_of, many, statements):
    client = client_of("manager_a")
    counts = []
    for number in (1, 60):
        for stage in ("prospecting", "engaging", "proposal", "won"):
            many(number, stage=stage)
        client.get("/funnel/board")  # what is read once per process is not the page's
        with statements() as seen:
            assert client.get("/funnel/board").status_code == 200
        counts.append(len(seen))
    assert counts[1] <= 12
    assert counts[1] == counts[0]


def test_a_move_answers_with_the_new_sums(client_of, make, read, stages):
    record_id = make(amount="1000")
    answer = client_of("sales_a1").post(
        f"/opportunities/{record_id}/move", data={"stage": stages["negotiation"], "version": 1}, headers=JSON
    )
    assert answer.status_code == 200
    assert answer.json["version"] == 2
    assert answer.json["columns"][str(stages["negotiation"])] == {"count": "1", "sum": "1,000", "weighted": "750"}
    assert answer.json["columns"][str(stages["prospecting"])]["count"] == "0"
    assert read(record_id).stage.key == "negotiation"


def test_a_refused_move_says_why_and_changes_nothing(client_of, make, read, session, stages):
    record_id = make()
    url, client = f"/opportunities/{record_id}/move", client_of("sales_a1")
    without_reason = client.post(url, data={"stage": stages["lost"], "version": 1}, headers=JSON)
    stale = client.post(url, data={"stage": stages["won"], "version": 7}, headers=JSON)
    nowhere = client.post(url, data={"stage": 10**6, "version": 1}, headers=JSON)
    nonsense = client.post(url, data={"stage": "won", "version": 1}, headers=JSON)
    assert [r.status_code for r in (without_reason, stale, nowhere, nonsense)] == [422, 409, 422, 400]
    assert without_reason.json["message"] == "Please choose why it was lost."
    assert client_of("sales_b1").post(url, data={"stage": stages["won"], "version": 1}, headers=JSON).status_code == 404
    assert client_of("reader").post(url, data={"stage": stages["won"], "version": 1}, headers=JSON).status_code == 403
    assert read(record_id).stage.key == "prospecting"
    assert session.query(StageChange).count() == 1


def test_filters_narrow_cards_and_sums(client_of, make, world, stages):
    soon, late = date.today() + timedelta(days=5), date.today() + timedelta(days=50)
    (
        make("sales_a1", amount="1", expected_close=soon.isoformat()),
        make("sales_a2", amount="20", expected_close=late.isoformat()),
        make("sales_b1", amount="300"),
    )
    client = client_of("reader")

    def found(query):
        text = client.get(f"/funnel/board?{query}").text
        return set(re.findall(r"CNRY-(\w+)-deal", text)), re.findall(r'data-figure="sum">([\d,]+)<', column(text, stages["prospecting"]))[0]

    assert found("") == ({"sales_a1", "sales_a2", "sales_b1"}, "321")
    assert found(f"owner_id={world.users['sales_a2']}") == ({"sales_a2"}, "20")
    assert found(f"department_id={world.departments['a']}") == ({"sales_a1", "sales_a2"}, "21")
    assert found(f"expected_start={date.today()}&expected_end={soon}") == ({"sales_a1"}, "1")


@pytest.mark.parametrize(
    "query", ["owner_id=x", "expected_start=tomorrow", "department_id=-1", "pipeline_id=1e5", "owner_id=99999999999999999999"]
)
def test_nonsense_in_the_address_is_refused(client_of, query):
    assert client_of("sales_a1").get(f"/funnel/board?{query}").status_code == 400


def test_the_stage_bar_moves_and_the_way_is_told(client_of, make, stages):
    record_id, client = make(), client_of("sales_a1")
    moved = client.post(f"/opportunities/{record_id}/move", data={"stage": stages["engaging"], "version": 1})
    assert (moved.status_code, moved.location) == (302, f"/opportunities/{record_id}")
    page = client.get(moved.location).text
    assert "is now in Engaging." in page
    way = client.get(f"/opportunities/{record_id}/stages").text
    assert way.index("Engaging") < way.rindex("Prospecting")
    assert client_of("sales_b1").get(f"/opportunities/{record_id}/stages").status_code == 404

"""Which backups stay."""

from datetime import date, timedelta

from app.operations.rules.retention import Kept, expendable

TODAY = date(2026, 7, 15)


def nightly(days: int, good: bool = True) -> list[Kept]:
    return [Kept(f"b{(TODAY - timedelta(days=n)).isoformat()}", TODAY - timedelta(days=n), good) for n in range(days)]


def test_a_year_of_nights() -> None:
    backups = nightly(500)
    kept = {b.day for b in backups} - {b.day for b in expendable(backups)}
    assert {TODAY - timedelta(days=n) for n in range(7)} <= kept
    assert len([d for d in kept if d.isocalendar()[:2] in {(TODAY - timedelta(weeks=w)).isocalendar()[:2] for w in range(4)}]) >= 4
    assert len({(d.year, d.month) for d in kept}) == 12
    assert len(kept) <= 7 + 4 + 12


def test_nothing_goes_while_the_newest_is_bad() -> None:
    backups = [*nightly(60)[1:], Kept("bad", TODAY, False)]
    assert expendable(backups) == []


def test_bad_ones_go_and_count_for_nothing() -> None:
    yesterday = TODAY - timedelta(days=1)
    backups = [Kept("today", TODAY, True), Kept("bad", yesterday, False), Kept("old", TODAY - timedelta(days=2), True)]
    assert [b.name for b in expendable(backups)] == ["bad"]


def test_several_by_hand_on_one_day() -> None:
    backups = [Kept(f"{hour:02}", TODAY, True) for hour in range(6)]
    assert [b.name for b in expendable(backups)] == ["02", "01", "00"]


def test_no_backup_at_all() -> None:
    assert expendable([]) == []

"""Long tables: the page has the first rows and the sum, the file has all."""

import pytest

from app.sales.views.tables import SHOWN, Cell, Table


@pytest.mark.parametrize(
    ("rows", "shown", "left_out"), [(1, 2, 0), (SHOWN, SHOWN + 1, 0), (SHOWN + 1, SHOWN + 1, 1), (5000, SHOWN + 1, 5000 - SHOWN)]
)
def test_the_page_ends_the_file_does_not(rows, shown, left_out):
    body = [(Cell(f"Owner {n}", "text"), Cell(n)) for n in range(rows)]
    table = Table("breakdown", "By owner", ("Owner", "Open"), [*body, (Cell("All together", "total"), Cell(7))])
    assert (len(table.shown), table.left_out) == (shown, left_out)
    assert table.shown[-1][0].value == "All together"
    assert len(table.as_csv().splitlines()) == rows + 2

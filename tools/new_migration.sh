#!/bin/sh
# Before the first release there is one migration: make it again from the models.
# It is written beside and put in place when it is complete, so that nobody meets a half-made one.
set -e
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -R migrations "$scratch/migrations"
rm -f "$scratch"/migrations/versions/*.py
export DATABASE_URL="sqlite:///$scratch/empty.db" PYTHONPATH=. KEHU_DATA_DIR="$scratch"
.venv/bin/flask --app run db revision --directory "$scratch/migrations" --autogenerate --rev-id 0001 -m "Initial tables" >/dev/null
.venv/bin/python - "$scratch/migrations/versions/0001_initial_tables.py" <<'P'
import sys
from pathlib import Path

from app import create_app
from app.extensions import db

path = Path(sys.argv[1])
create_app()
# Tables that refer to each other: such a key comes when both are there. SQLite takes it with the table.
late = sorted((k for t in db.metadata.tables.values() for k in t.foreign_key_constraints if k.use_alter), key=lambda k: k.name)
made = [f'op.create_foreign_key("{k.name}", "{k.table.name}", "{k.referred_table.name}", {list(k.column_keys)!r}, ["id"])' for k in late]
dropped = [f'op.drop_constraint("{k.name}", "{k.table.name}", type_="foreignkey")' for k in reversed(late)]


def elsewhere(statements):
    return "".join(f"    {line}\n" for line in ['if op.get_bind().dialect.name != "sqlite":', *(f"    {s}" for s in statements)])


up, down = path.read_text().split("def downgrade() -> None:\n")
# A table takes its indexes along; MariaDB would not drop those of foreign keys before.
down = "".join(line for line in down.splitlines(keepends=True) if "op.drop_table" in line)
if late:
    up = up.rstrip() + "\n" + elsewhere(made) + "\n\n"
    down = elsewhere(dropped) + down
path.write_text(f"{up}def downgrade() -> None:\n{down}")
P
.venv/bin/ruff format -q "$scratch"/migrations/versions/*.py
mv "$scratch"/migrations/versions/0001_initial_tables.py migrations/versions/0001_initial_tables.py

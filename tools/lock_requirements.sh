#!/bin/sh
# Write the hashed lock files again, with the newest versions that the *.in files allow.
#   tools/lock_requirements.sh            keep what is locked, add what is new
#   tools/lock_requirements.sh --upgrade  take newer versions
set -e
cd "$(dirname "$0")/.."
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet uv
for name in app dev node; do
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes "$@" \
    "requirements/$name.in" --output-file "requirements/$name.txt"
done

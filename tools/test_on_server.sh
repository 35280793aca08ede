#!/bin/sh
# Run tests on a database server: test_on_server.sh NAME URL COMMAND…
# A server that does not answer is a failure where CI is set, and said loudly elsewhere.
set -e
name=$1 url=$2
shift 2
echo "== $name"
if .venv/bin/python -c 'import sys, sqlalchemy; sqlalchemy.create_engine(sys.argv[1]).connect()' "$url" 2>/dev/null; then
  TEST_DATABASE_URL=$url exec "$@"
fi
[ -z "$CI" ] || { echo "!! $name does not answer, and CI needs it." >&2; exit 1; }
echo "!! SKIPPED: $name does not answer. Nothing was tested on it. Start it, or say where it is (see the Makefile)." >&2

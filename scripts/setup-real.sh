#!/bin/sh
# What `make test-real` needs besides the tests' own: Dovecot, Exim and ClamAV from Debian, a whole Bluesky network from npm.
set -eu
cd "$(dirname "$0")/.."
PATH="${PATH:-/usr/bin:/bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
export PATH

missing=""
command -v dovecot >/dev/null || missing="$missing dovecot-imapd dovecot-lmtpd"
command -v exim4 >/dev/null || missing="$missing exim4-daemon-light"
command -v clamd >/dev/null || missing="$missing clamav-daemon"
command -v node >/dev/null || missing="$missing nodejs npm"

if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing the Debian packages$missing"
        export DEBIAN_FRONTEND=noninteractive
        # Nothing is to be started that listens to the world: the tests start their own.
        # shellcheck disable=SC2086
        { apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing; } >/dev/null ||
            echo "apt-get could not install$missing: the tests that need them are skipped." >&2
    else
        echo "Missing for some tests, which are skipped without: as root, apt-get install$missing" >&2
    fi
fi

network="${APPEAL_REAL_NETWORK:-${XDG_CACHE_HOME:-$HOME/.cache}/appeal/bluesky-network}"
# The newest that runs on Node 18 and later; one of its parts is compiled against the headers of the node that is here.
version=0.3.215
if command -v npm >/dev/null && [ ! -d "$network/node_modules/@atproto/dev-env" ]; then
    echo "Installing a Bluesky network from npm into $network"
    mkdir -p "$network"
    echo '{"name": "bluesky-network", "private": true}' >"$network/package.json"
    headers="$(dirname "$(dirname "$(command -v node)")")"
    [ -f "$headers/include/node/node.h" ] && export npm_config_nodedir="$headers"
    (cd "$network" && npm install --no-audit --no-fund --loglevel=error "@atproto/dev-env@$version") ||
        echo "npm could not install it: the tests that need it are skipped." >&2
fi

# The judge of the platforms' own descriptions, which are used where a folder with them is given as SPECS.
judge="${APPEAL_REAL_JUDGE:-${XDG_CACHE_HOME:-$HOME/.cache}/appeal/prism}"
if [ -n "${SPECS:-}" ] && command -v npm >/dev/null && [ ! -x "$judge/node_modules/.bin/prism" ]; then
    echo "Installing Prism from npm into $judge"
    mkdir -p "$judge"
    echo '{"name": "judge", "private": true}' >"$judge/package.json"
    (cd "$judge" && npm install --no-audit --no-fund --loglevel=error "@stoplight/prism-cli@5") ||
        echo "npm could not install it: the tests that need it are skipped." >&2
fi

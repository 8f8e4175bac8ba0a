#!/usr/bin/env bash
# Makes sure that the machine has what the build and the demo need; installs it where it may.
set -euo pipefail

if ! command -v swift > /dev/null; then
  echo "No Swift toolchain found. Atelier needs Swift 6.3: https://www.swift.org/install" >&2
  exit 1
fi

# command or header -> Debian package
needed=()
[ -e /usr/include/sqlite3.h ] || needed+=(libsqlite3-dev)
[ -e /usr/include/openssl/evp.h ] || needed+=(libssl-dev)
[ -e /usr/include/zlib.h ] || needed+=(zlib1g-dev)
for pair in git:git curl:curl jq:jq pkg-config:pkg-config python3:python3; do
  command -v "${pair%%:*}" > /dev/null || needed+=("${pair##*:}")
done
[ "${#needed[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
  echo "Installing ${needed[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}"
else
  echo "Missing: ${needed[*]}. Install them, for example with:" >&2
  echo "  sudo apt-get install ${needed[*]}" >&2
  exit 1
fi

#!/usr/bin/env bash
# All tests: Swift's, then the viewer in a real browser (where Chromium is installed; it says so where not).
set -euo pipefail
cd "$(dirname "$0")/.."

swift test -c release --skip-build
python3 Tests/Viewer/browser_test.py

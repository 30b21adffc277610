#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests: the system's, or Playwright's own.
# Where there is none, install one.
# usage: tools/browser.sh PYTHON
set -euo pipefail

system() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

playwright_s_own() {
    "$1" - <<'PYTHON'
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = playwright.chromium.executable_path
print(path) if Path(path).exists() else exit(1)
PYTHON
}

system && exit
playwright_s_own "$1" && exit

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get -qq update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >&2
    system && exit
fi

"$1" -m playwright install chromium >&2 && playwright_s_own "$1" && exit
echo "No Chromium for the browser tests: install your system's package 'chromium'." >&2
exit 1

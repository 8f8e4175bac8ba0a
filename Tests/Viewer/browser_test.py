#!/usr/bin/env python3
"""Tests the viewer in a real headless Chromium.

    python3 Tests/Viewer/browser_test.py                      against the fixture server beside it
    python3 Tests/Viewer/browser_test.py http://127.0.0.1:8080/   against a running service
    python3 Tests/Viewer/browser_test.py --shots FOLDER       also saves pictures of every page

Ends with a line `N passed, M failed` and exit status 0 or 1; where no Chromium is installed, says
so in one line and exits 0.
"""
import argparse
import pathlib
import sys

import cell_checks
import form_checks
import job_checks
import kind_checks
import layout_checks
import list_checks
import live_checks
import service_checks
import trust_checks
from browser import Browser, find_chromium
from checks import Checks
from fixture_server import Fixture

PICTURES = ["index.html", "job.html?id=job_shared", "job.html?id=job_checked", "job.html?id=job_training", "new.html?clone=job_shared",
            "job.html?id=job_running", "job.html?id=job_done", "job.html?id=job_chain",
            "job.html?id=job_nasnet", "job.html?id=job_block", "job.html?id=job_grown", "job.html?id=job_running&trial=62",
            "new.html?clone=job_running", "job.html?id=job_table", "job.html?id=job_lost", "job.html?id=job_many", "job.html?id=job_empty",
            "new.html", "datasets.html"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="a running service; without it the fixture server")
    parser.add_argument("--shots", type=pathlib.Path, help="folder for pictures, light, dark and narrow")
    arguments = parser.parse_args()
    if not find_chromium():
        print("viewer: Chromium is not installed, so the browser test is left out")
        return 0
    if arguments.url:
        with Browser() as browser:
            checks = Checks(browser)
            service_checks.run(checks, arguments.url.rstrip("/") + "/")
    else:
        with Fixture() as fixture, Browser() as browser:
            checks = Checks(browser, fixture)
            if arguments.shots:
                take_pictures(checks, arguments.shots)
            for part in (list_checks, job_checks, kind_checks, layout_checks, cell_checks, form_checks, live_checks, trust_checks):
                part.run(checks)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


def take_pictures(checks, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for look, size, dark in [("light", (1360, 900), False), ("dark", (1360, 900), True), ("narrow", (390, 800), False)]:
        checks.browser.resize(*size)
        checks.browser.theme(dark)
        for path in PICTURES:
            checks.open(path)
            checks.browser.settle(0.4)
            name = path.replace(".html", "").replace("?id=job_", "-").replace("?", "-").replace("&", "-")
            checks.browser.shot(folder / f"{name}-{look}.png")
    checks.browser.resize(1360, 900)
    checks.browser.theme(False)


if __name__ == "__main__":
    sys.exit(main())

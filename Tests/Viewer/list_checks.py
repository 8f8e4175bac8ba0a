"""The list of jobs, the list of data sets, and what holds for every page in every theme and width."""
from urllib.parse import urlsplit

EVERY_PAGE = ["index.html", "job.html?id=job_running", "job.html?id=job_done", "job.html?id=job_lost",
              "job.html?id=job_nasnet", "job.html?id=job_block&trial=12", "job.html?id=job_grown",
              "job.html?id=job_running&trial=62", "job.html?id=job_chain", "job.html?id=job_empty", "job.html?id=job_one", "job.html?id=job_nan",
              "job.html?id=job_shared", "job.html?id=job_checked", "job.html?id=job_training", "new.html?clone=job_shared",
              "new.html", "new.html?clone=job_done", "datasets.html"]


def run(checks):
    browser = checks.browser

    def look(dark, width):
        browser.theme(dark)
        browser.resize(width, 800)
        browser.settle(0.3)
        checks.sound()

    for path in EVERY_PAGE:
        checks.run(f"{path} opens", lambda path=path: checks.open(path))
        for dark, width in ((False, 1360), (True, 1360), (True, 390), (False, 390), (False, 320)):
            checks.run(f"{path} is sound {'dark' if dark else 'light'} at {width} px",
                       lambda dark=dark, width=width: look(dark, width))
        browser.resize(1360, 900)

    def names():
        return checks.eval("[...document.querySelectorAll('tbody th')].map((cell) => cell.textContent)")

    def rows():
        checks.open("index.html")
        checks.equal(len(names()), len(checks.fixture.jobs), "rows")
        cells = checks.eval("[...document.querySelectorAll('tr[data-job=job_running] > *')].map((cell) => cell.textContent)")
        checks.equal(cells[0], "small cells")
        checks.equal(cells[2], f"{138 - checks.fixture.jobs['job_running'].repeated} of 200", "trials without repeats")
        best = checks.fixture.jobs["job_running"].record["best"]
        checks.equal(cells[3], f"{best['search_accuracy'] * 100:.2f} %")
        assert cells[4].endswith(" k") and cells[5] == "regularized evolution" and cells[8] != "–", cells

    def sorting():
        checks.open("index.html")
        browser.click("th:nth-child(4) button")
        checks.equal(checks.eval("document.querySelectorAll('th')[3].ariaSort"), "descending")
        values = checks.eval("[...document.querySelectorAll('tbody tr td:nth-child(4)')].map((cell) => parseFloat(cell.textContent))")
        numbers = [value for value in values if value is not None]
        assert numbers == sorted(numbers, reverse=True) and values[-1] is None, values
        browser.click("th:nth-child(1) button")
        checks.equal(names(), sorted(names(), key=str.lower), "names")
        checks.holds("location.search.includes('sort=name')")

    def filtering():
        checks.open("index.html")
        browser.choose("#state", "failed")
        checks.wait("document.querySelectorAll('tbody tr').length === 1", "one failed job")
        checks.equal(names(), ["all lost"])
        browser.choose("#state", "")
        checks.wait("document.querySelectorAll('tbody tr').length === %d" % len(checks.fixture.jobs), "all jobs again")
        browser.type("#search", "wine")
        checks.wait("document.querySelectorAll('tbody tr').length === 1", "one job named wine")
        browser.type("#search", "nothing has this name")
        checks.wait("document.querySelector('.empty').checkVisibility()", "the worded empty state")
        checks.equal(checks.text(".empty"), "No job matches these filters.")

    def refreshing():
        checks.open("index.html?state=running&q=small")
        job = checks.fixture.jobs["job_running"]
        checks.fixture.change(lambda: job.run_trial("completed"))
        checks.wait("document.querySelector('tr[data-job=job_running]').textContent.includes('%d of 200')" % (139 - job.repeated), "the new count")
        checks.equal(names(), ["small cells"], "rows under the kept filter")

    def nothing():
        jobs, checks.fixture.jobs = checks.fixture.jobs, {}
        try:
            checks.open("index.html")
            assert checks.text(".empty").startswith("No search has been started yet."), checks.text(".empty")
            checks.holds("document.querySelector('.empty a').href.endsWith('new.html')")
            checks.sound()
        finally:
            checks.fixture.jobs = jobs

    def theme():
        checks.open("index.html")
        before = checks.eval("getComputedStyle(document.body).backgroundColor")
        browser.click("#theme")
        checks.equal(checks.eval("document.querySelector('#theme').ariaPressed"), "true")
        checks.open("datasets.html")
        checks.holds("getComputedStyle(document.body).backgroundColor !== " + repr(before), "the dark theme is remembered")
        browser.click("#theme")
        checks.equal(checks.eval("getComputedStyle(document.body).backgroundColor"), before, "back in light, the page")

    def keyboard():
        checks.open("index.html")
        browser.key("Tab")
        checks.equal(checks.eval("document.activeElement.textContent"), "Skip to content")
        checks.holds("document.activeElement.getBoundingClientRect().top >= 0", "the skip link shows when it has the focus")
        browser.key("Enter")
        checks.equal(checks.eval("document.activeElement.id"), "main")

    def datasets():
        checks.open("datasets.html")
        checks.equal(names(), ["digits", "wine", "mnist", "half-sent"])
        text = checks.text("tr[data-dataset=mnist]")
        for part in ("28×28×1", "a1" * 32, "54.9 MB"):
            assert part in text, f"{part} is not in {text}"
        checks.equal(checks.text("pre").count("curl"), 3, "curl lines")
        assert urlsplit(checks.fixture.url).netloc in checks.text("pre")
        browser.click("th:nth-child(3) button")
        checks.equal(names()[0], "mnist", "the largest first")

    def gone():
        checks.open("job.html?id=job_of_nobody")
        checks.equal(checks.text("h1"), "This page cannot be shown")
        assert "nothing at" in checks.text("main")
        checks.open("job.html")
        assert "names no job" in checks.text("main")

    for name, check in [
            ("the list shows name, progress, best, strategy and time left", rows),
            ("the list is sorted by its heads, rows without a value last", sorting),
            ("the list is filtered by state and by name, and says when nothing matches", filtering),
            ("the list refreshes itself and keeps its filter", refreshing),
            ("an empty list says how to start", nothing),
            ("the theme button is remembered", theme),
            ("the skip link is the first stop and leads to the content", keyboard),
            ("the data sets show rows, shape, size, digest and three curl lines", datasets),
            ("a job that is not there is said in words", gone)]:
        checks.run(name, check)

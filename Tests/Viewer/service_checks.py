"""Checks against a running service: its own pages, its own data, nothing assumed about what it holds."""
import json

from checks import READY


def run(checks, url):
    browser = checks.browser

    def open_page(path):
        browser.open(url + path)
        browser.wait(READY, f"{path} to be ready")
        browser.settle(0.5)

    def sound(path):
        open_page(path)
        checks.holds("document.querySelector('h1').textContent !== 'This page cannot be shown'", checks.text("main")[:200])
        checks.sound()

    def jobs():
        return checks.eval(f"fetch({json.dumps(url + 'v1/jobs?page_size=20')}).then((reply) => reply.json()).then((page) => page.data)")

    for path in ("", "index.html", "new.html", "datasets.html"):
        checks.run(f"/{path} is sound", lambda path=path: sound(path))
    browser.open(url)
    for job in jobs():
        def page(job=job):
            sound(f"job.html?id={job['id']}")
            checks.equal(checks.eval("document.querySelector('code.meta') !== null"), True)
            if job.get("best"):
                browser.wait("!!document.querySelector('.graph .state')", "the architecture's figure")
                links = checks.eval("[...document.querySelectorAll('a[download]')].map((link) => link.href)")
                checks.equal(len(links), 3, "downloads")
                for link in links[:2]:
                    found = checks.eval(f"fetch({json.dumps(link)}).then((reply) => [reply.status, reply.headers.get('content-disposition')])")
                    assert found[0] == 200 and found[1], f"{link}: {found}"
        checks.run(f"the page of {job['id']} is sound", page)

    def refused():
        open_page("new.html")
        browser.type('[data-pointer="/budget/max_trials"]', "none")
        browser.click("button[type=submit]")
        browser.wait("!!document.querySelector('[aria-invalid]')", "the fault")
        checks.equal(checks.eval("document.querySelector('[aria-invalid]').dataset.pointer"), "/budget/max_trials")

    checks.run("a fault of the service stands beside its field", refused)

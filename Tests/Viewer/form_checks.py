"""The form of a new search: schemas, what will be sent, faults beside their fields, clones."""
import json
import shlex


def run(checks):
    browser, fixture = checks.browser, checks.fixture

    def field(pointer):
        return f'[data-pointer="{pointer}"]'

    def body():
        return json.loads(checks.text("pre"))

    def schemas():
        checks.open("new.html")
        browser.choose(field("/strategy/name"), "regularized-evolution")
        kinds = checks.eval("""[...document.querySelectorAll('[data-pointer^="/strategy/params/"]')].map((one) => [one.dataset.pointer, one.type, one.type === 'checkbox' ? one.checked : one.value])""")
        checks.equal(kinds, [["/strategy/params/population", "text", "20"], ["/strategy/params/sample", "text", "5"],
                             ["/strategy/params/mutation", "select-one", "one"], ["/strategy/params/aging", "checkbox", True]])
        hint = checks.eval(f"document.getElementById(document.querySelector('{field('/strategy/params/population')}').getAttribute('aria-describedby').split(' ')[0]).textContent")
        assert "Architectures alive" in hint and "2 to 1000" in hint, hint
        browser.choose(field("/strategy/name"), "random")
        checks.equal(checks.eval("document.querySelectorAll('[data-pointer^=\"/strategy/params/\"]').length"), 0, "parameters of random")

    def preview():
        checks.open("new.html")
        browser.choose(field("/strategy/name"), "regularized-evolution")
        browser.type(field("/strategy/params/population"), "30")
        browser.type(field("/name"), "it's quick")
        checks.wait("document.querySelector('pre').textContent.includes('30')")
        sent = body()
        checks.equal(sent["strategy"], {"name": "regularized-evolution", "params": {"population": 30}})
        checks.equal(sent["dataset"], "digits")
        words = shlex.split(checks.eval("document.querySelectorAll('pre')[1].textContent").replace("\\\n", " "))
        checks.equal(words[0], "curl")
        checks.equal(json.loads(words[words.index("-d") + 1]), sent, "the body in the curl line")
        checks.equal(words[-1], fixture.url + "v1/jobs")
        assert "content-type: application/json" in words

    def suits():
        checks.open("new.html?dataset=wine")
        checks.equal(body()["dataset"], "wine")
        checks.equal(body()["space"]["name"], "mlp", "the space for a table")
        browser.choose(field("/dataset"), "digits")
        checks.equal(body()["space"]["name"], "mlp", "a space that also reads images stays")

    def faults():
        checks.open("new.html")
        browser.choose(field("/strategy/name"), "regularized-evolution")
        browser.type(field("/strategy/params/population"), "1")
        browser.type(field("/budget/max_trials"), "many")
        browser.type(field("/name"), "clash")
        browser.click("button[type=submit]")
        checks.wait(f"document.querySelector('{field('/budget/max_trials')}').ariaInvalid === 'true'", "the faults")
        beside = checks.eval(f"[...document.querySelectorAll('[aria-invalid]')].map((one) => [one.dataset.pointer, document.getElementById(one.getAttribute('aria-describedby').split(' ')[1]).textContent])")
        checks.equal(beside, [["/strategy/params/population", "1 must be a whole number from 2 to 1000"],
                              ["/budget/max_trials", "must be a whole number of 1 or more"]])
        assert "/labels/0: must be a word" in checks.text("form [role=alert]"), checks.text("form [role=alert]")
        checks.holds("document.activeElement.ariaInvalid === 'true'", "the focus is on a field with a fault")
        checks.sound(allowed=("422",))
        browser.type(field("/budget/max_trials"), "12")
        checks.holds(f"!document.querySelector('{field('/budget/max_trials')}').hasAttribute('aria-invalid')", "mended")

    def pruners():
        checks.open("new.html")
        checks.equal(checks.eval(f"[...document.querySelector('{field('/pruner/name')}').options].map((one) => one.value)"), ["", "asha", "hyperband", "median"])
        assert "pruner" not in body(), body()
        browser.choose(field("/pruner/name"), "median")
        checks.equal(body()["pruner"], {"name": "median"})
        browser.type(field("/pruner/params/warmup_epochs"), "2")
        checks.equal(body()["pruner"], {"name": "median", "params": {"warmup_epochs": 2}})
        assert "below the median" in checks.text("form"), "the pruner's summary"
        browser.choose(field("/pruner/name"), "")
        assert "pruner" not in body() and not checks.eval("document.querySelectorAll('[data-pointer^=\"/pruner/params/\"]').length"), body()
        checks.open("new.html?clone=job_running")
        checks.equal(body()["pruner"]["name"], "median", "the clone's pruner")
        browser.choose(field("/pruner/name"), "")
        assert "pruner" not in body(), body()
        checks.sound()

    def untrained():
        checks.open("new.html")
        shown = "document.querySelector('{}').checkVisibility()".format
        assert not {"warm_start", "filter"} & set(body()), body()
        checks.equal([checks.eval(shown(field(f"/{name}"))) for name in ("warm_start/draws", "filter/keep")], [False, False], "sizes of what is not asked")
        browser.choose(field("/warm_start/proxy"), "snip")
        browser.type(field("/warm_start/keep"), "5")
        browser.choose(field("/filter/proxy"), "naswot")
        checks.equal((body()["warm_start"], body()["filter"]), ({"proxy": "snip", "draws": 100, "keep": 5}, {"proxy": "naswot", "keep": 0.5}))
        browser.choose(field("/warm_start/proxy"), "")
        assert "warm_start" not in body(), body()
        browser.choose(field("/warm_start/proxy"), "snip")
        browser.choose(field("/strategy/name"), "darts")
        assert not {"warm_start", "filter"} & set(body()), "shared weights train no trial alone"
        checks.equal(checks.eval(shown('[data-group="Untrained networks"]')), False)
        checks.open("new.html?clone=job_one")
        checks.equal(checks.eval(f"document.querySelector('{field('/filter/proxy')}').value"), "naswot", "the clone's filter")
        checks.sound()

    def control():
        checks.open("new.html")
        checks.equal(body()["control"], 0.1)
        checks.equal(body()["budget"], {"max_trials": 40})
        browser.type(field("/control"), "0")
        browser.choose(field("/budget/count_repeats"), True)
        checks.equal((body()["control"], body()["budget"]["count_repeats"]), (0, True))

    def objectives():
        checks.open("new.html")
        assert "objectives" not in body(), body()
        browser.choose(field("/objectives/parameters"), True)
        checks.equal(body()["objectives"], [{"metric": "accuracy", "goal": "max"}, {"metric": "parameters", "goal": "min"}])
        browser.type(field("/objectives/macs/limit"), "2000000")
        browser.type(field("/objectives/accuracy/limit"), "0.9")
        checks.equal(body()["objectives"], [{"metric": "accuracy", "goal": "max", "limit": 0.9}, {"metric": "parameters", "goal": "min"},
                                            {"metric": "macs", "goal": "min", "limit": 2000000}])
        checks.holds(f"document.querySelector('{field('/objectives/macs')}').checked", "a limit makes it an objective")
        browser.type(field("/objectives/latency/limit"), "2.5")
        checks.equal(body()["objectives"][-1], {"metric": "latency", "goal": "min", "limit": 2.5})
        browser.choose(field("/objectives/latency"), False)
        browser.choose(field("/objectives/parameters"), False)
        browser.type(field("/objectives/macs/limit"), "small")
        browser.type(field("/control"), "0.9")
        browser.click("button[type=submit]")
        checks.wait("document.querySelectorAll('[aria-invalid]').length === 2", "the faults")
        checks.equal(sorted(checks.eval("[...document.querySelectorAll('[aria-invalid]')].map((one) => one.dataset.pointer)")),
                     ["/control", "/objectives/macs/limit"], "fields with a fault")
        checks.open("new.html?clone=job_running")
        checks.equal(body()["objectives"], fixture.jobs["job_running"].record["request"]["objectives"], "the clone's objectives")
        checks.equal(checks.eval(f"document.querySelector('{field('/objectives/macs/limit')}').value"), "500000")

    def sends():
        checks.open("new.html")
        browser.type(field("/name"), "from the form")
        browser.type(field("/seed"), "41")
        sent = body()
        browser.click("button[type=submit]")
        checks.wait("location.pathname.endsWith('job.html') && document.body?.dataset.ready === 'true'", "the new job's page")
        path, posted, headers = fixture.posted[-1]
        checks.equal((path, json.loads(posted)), ("/v1/jobs", sent), "what was posted")
        names = {name.lower(): value for name, value in headers.items()}
        checks.equal(names["content-type"], "application/json")
        assert len(names["idempotency-key"]) == 32, names
        checks.equal(checks.text("h1"), "from the form")

    def clones():
        checks.open("new.html?clone=job_done")
        sent, asked = body(), fixture.jobs["job_done"].record["request"]
        for name in ("dataset", "seed", "trial", "final", "objectives", "parallelism"):
            checks.equal(sent[name], asked[name], name)
        checks.equal(sent["budget"], {"max_trials": 40}, "the budget")
        browser.type(field("/trial/epochs"), "7")
        checks.equal((body()["trial"]["epochs"], "samples_seen" in body()["trial"]), (7, False), "length given and in samples")
        checks.equal(sent["strategy"]["name"], "random")
        checks.equal(checks.eval(f"document.querySelector('{field('/budget/max_trials')}').value"), "40")
        checks.open("job.html?id=job_done")
        checks.holds("[...document.querySelectorAll('a')].some((link) => link.getAttribute('href') === 'new.html?clone=job_done')", "the link to clone")

    for name, check in [
            ("parameters come from the schemas with their defaults", schemas),
            ("the JSON and the curl line are what is filled in", preview),
            ("the space suits the data", suits),
            ("the server's faults stand beside their fields", faults),
            ("pruners come from the catalog, none is the first", pruners),
            ("untrained networks are asked about where trials are trained alone", untrained),
            ("the control's share and the counting of repeats can be set", control),
            ("objectives have limits, and faults stand beside them", objectives),
            ("the search is sent once, with a key, and its page opens", sends),
            ("a clone fills the form and keeps what it does not show", clones)]:
        checks.run("form: " + name, check)

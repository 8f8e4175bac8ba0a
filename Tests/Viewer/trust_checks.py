"""Searches on shared weights and the trust in their scores: supernets, fidelity, rank verdict, marks, the form."""
import json

import fixture_server
import fixture_trust

SUPERNETS = "section[aria-labelledby=supernets-title]"
FIDELITY = "section[aria-labelledby=fidelity-title]"
FINAL = "section[aria-labelledby=final-title]"


def run(checks):
    browser, fixture = checks.browser, checks.fixture
    shared = fixture.jobs["job_shared"]

    def texts(css):
        return checks.eval(f"[...document.querySelectorAll({json.dumps(css)})].map((one) => one.textContent)")

    def label(css):
        return checks.eval(f"document.querySelector({json.dumps(css)}).getAttribute('aria-label')")

    def seen(css):
        return checks.eval(f"document.querySelector({json.dumps(css)})?.checkVisibility() ?? false")

    def rounds():
        checks.open("job.html?id=job_shared")
        rows = checks.eval(f"[...document.querySelectorAll('{SUPERNETS} tr[data-round]')].map((row) => [...row.children].map((cell) => cell.textContent))")
        last = shared.supernets[0]["curve"][-1]["metrics"]
        checks.equal(rows[0], ["round 1", "✓ completed", "20", f"{last['train_accuracy'] * 100:.2f} %", f"{last['validation_accuracy'] * 100:.2f} %", "12 s", "101"])
        checks.equal(len(rows), 2, "rounds")
        checks.equal(checks.text(f"{SUPERNETS} .warnings"), "Warning, round 2, epoch 18: skip connections are 3 of the 4 edges that would be derived.")
        assert "validation accuracy 93.8 at epoch 20, train accuracy 98.4" in label(f"{SUPERNETS} .chart"), label(f"{SUPERNETS} .chart")
        checks.equal(checks.text(f"{SUPERNETS} .chart .title"), "accuracy of the shared weights %", "the axis says whose accuracy")
        browser.click(f"{SUPERNETS} [data-value=loss]")
        assert "validation loss" in label(f"{SUPERNETS} .chart"), label(f"{SUPERNETS} .chart")
        for path in ("job_done", "job_running", "job_empty"):
            checks.open(f"job.html?id={path}")
            checks.equal((seen(SUPERNETS), seen(FIDELITY)), (False, False), f"sections of {path}")

    def metrics():
        drawn = f"[...document.querySelectorAll('{SUPERNETS} [data-metric]')].map((one) => [one.dataset.metric, one.querySelectorAll('.chart [data-key]').length])"
        checks.open("job.html?id=job_shared")
        checks.equal(checks.eval(drawn), [["alpha_entropy", 20], ["skip_share", 20], ["alpha_curvature", 17]], "by gradients")
        browser.eval(f"document.querySelector('{SUPERNETS} tr[data-round=\"2\"] button').focus()")
        browser.key("Enter")
        checks.wait(f"document.querySelector('{SUPERNETS} tr.selected').dataset.round === '2'", "round 2 by the keyboard")
        checks.equal(checks.eval(f"[...document.querySelectorAll('{SUPERNETS} [data-metric=skip_share] .warned[data-key]')].map((one) => one.dataset.key)"), ["18"], "the watchdog's mark")
        assert "the watchdog spoke at epoch 18" in label(f"{SUPERNETS} [data-metric=skip_share] .chart")
        checks.open("job.html?id=job_checked")
        checks.equal(checks.eval(drawn), [["skip_share", 18], ["reward", 18], ["policy_entropy", 18]], "by a policy")
        checks.equal(seen(f"{SUPERNETS} .heat"), False, "a table of strengths where there are none")
        assert "train accuracy" in label(f"{SUPERNETS} .chart") and "validation" not in label(f"{SUPERNETS} .chart")

    def strengths():
        checks.open("job.html?id=job_shared")
        checks.wait(f"document.querySelector('{SUPERNETS} .heat thead').textContent.includes('none')", "the names of the branches")
        checks.equal(texts(f"{SUPERNETS} .heat caption"), ["normal edges", "reduction edges"])
        checks.equal(texts(f"{SUPERNETS} .heat:first-of-type thead th")[:9], ["Choice", "none", "max 3×3", "avg 3×3", "skip", "sep 3×3", "sep 5×5", "dil 3×3", "dil 5×5"])
        found = checks.eval(f"""Object.fromEntries([...document.querySelectorAll('{SUPERNETS} tr[data-choice]')].map((row) => [row.dataset.choice,
          [...row.querySelectorAll('td')].map((cell) => [parseFloat(cell.firstChild.textContent.replace('★', '')), cell.matches('.strongest')])]))""")
        wanted = shared.supernets[0]["strengths"]
        checks.equal(sorted(found), sorted(wanted), "choices")
        for key, values in wanted.items():
            assert all(abs(value - told) <= 0.0051 for value, (told, _) in zip(values, found[key], strict=True)), (key, found[key])
            checks.equal([i for i, (_, strongest) in enumerate(found[key]) if strongest], [values.index(max(values))], f"the strongest of {key}")
        browser.click(f"{SUPERNETS} tr[data-round='2'] button")
        checks.wait(f"document.querySelectorAll('{SUPERNETS} .heat').length === 6", "the shares of edges apart, by their number of states")
        checks.equal(texts(f"{SUPERNETS} [aria-label='Strengths of normal nodes'] thead th")[:3], ["Choice", "state 0", "state 1"], "the states that edges start from")
        checks.equal(texts(f"{SUPERNETS} [aria-label='Strengths of reduction nodes'] thead th")[:3], ["Choice", "branch 0", "branch 1"], "branches without names")

    def trusted():
        checks.open("job.html?id=job_shared")
        said, report = checks.text(FIDELITY), shared.fidelity["report"]
        for part in ("▲ The score ranks better than chance", "Kendall τ 0.58, 95 % interval 0.31 to 0.77", "excludes 0", "good is told from bad",
                     "23 of 24 architectures asked for", "1 of 24 could not be trained to the end", "0.83 points below the best"):
            assert part in said, f"{part!r} is not in {said!r}"
        titles = texts(f"{FIDELITY} .chart .title")
        checks.equal(titles, ["validation accuracy %, trained alone", "search accuracy by shared weights %"], "each axis says what it is of")
        keys = checks.eval(f"[...document.querySelectorAll('{FIDELITY} .chart [data-key]')].map((one) => Number(one.dataset.key))")
        checks.equal(sorted(keys), sorted(pair["trial"] for pair in report["pairs"]), "points")
        checks.equal(texts(f"{FIDELITY} tbody th")[:2], ["Kendall τ1: same order, 0: chance, −1: reversed", "τ of the better halfamong those that are best when trained alone"])
        browser.focus(f"{FIDELITY} .chart")
        browser.key("End")
        best = max(report["pairs"], key=lambda pair: pair["search_accuracy"])["trial"]
        checks.holds(f"document.querySelector('#live').textContent.startsWith('trial {best}: search accuracy by shared weights')", "the point is announced")
        browser.key("Enter")
        checks.wait(f"document.querySelector('#learning-title').textContent === 'Learning curve of trial {best}'", "its trial")
        checks.holds(f"location.search.includes('trial={best}')")
        browser.eval(f"document.querySelector('{FIDELITY} details').open = true")
        listed = checks.eval(f"[...document.querySelectorAll('{FIDELITY} details tbody button')].map((one) => Number(one.textContent.split(' ')[1]))")
        checks.equal(listed, [pair["trial"] for pair in sorted(report["pairs"], key=lambda pair: (-pair["search_accuracy"], pair["search_loss"]))], "the table")
        browser.click(f"{FIDELITY} details tbody button")
        checks.wait(f"document.querySelector('#learning-title').textContent.endsWith('trial {listed[0]}')", "the trial of the table")

    def fell_back():
        checks.open("job.html?id=job_nasnet")
        said = checks.text(FIDELITY)
        for part in ("≈ The score's order is not distinguishable from chance", "does not exclude 0", "−0.25 to 0.68", "fell back", "0.20 asked for",
                     "12 of 24 architectures: so many fit 40 % of the job's work", "the score of a short training"):
            assert part in said, f"{part!r} is not in {said!r}"
        assert "shared weights" not in said, said
        checks.open("job.html?id=job_block")
        assert "It was not measured" in checks.text(FIDELITY) and "fewer than 5 say nothing" in checks.text(FIDELITY), checks.text(FIDELITY)
        checks.equal(seen(f"{FIDELITY} table"), False, "measures of nothing")
        checks.open("job.html?id=job_checked")
        assert "7 of 24 architectures trained alone so far" in checks.text(FIDELITY) and "0.30" in checks.text(FIDELITY), checks.text(FIDELITY)

    def rank():
        checks.open("job.html?id=job_shared")
        verdict = shared.rank_verdict
        checks.equal(checks.text(f"{FINAL} .rank .answer"), "≈ Not distinguishable from random architectures")
        for part in (f"p = {verdict['p']:g}", f"{verdict['above']} of 19 random architectures", "cannot be smaller than 0.05"):
            assert part in checks.text(f"{FINAL} .rank"), checks.text(f"{FINAL} .rank")
        places = checks.eval(f"[...document.querySelectorAll('{FINAL} .ranks .control')].map((one) => Number(one.getAttribute('d').match(/M([\\d.]+)/)[1])).sort((a, b) => a - b)")
        winner = checks.eval(f"document.querySelector('{FINAL} .ranks .front').cx.baseVal.value")
        checks.equal(len(places), 19, "marks of random architectures")
        checks.equal(sum(place >= winner for place in places), verdict["above"], "marks at or right of the winner")
        assert f"the winner has {verdict['validation_accuracy'] * 100:.2f} %" in label(f"{FINAL} .ranks"), label(f"{FINAL} .ranks")
        assert "retrained" in checks.text(f"{FINAL} .ranks .title")
        head = texts(f"{FINAL} thead th")
        checks.equal(head[1:3], ["Search accuracyby shared weights, not trained alone", "Validation accuracyretrained, mean and 95 % interval"])
        checks.equal(seen(f"{FINAL} > .verdict"), False, "a second verdict")
        checks.open("job.html?id=job_nasnet")
        checks.equal(seen(f"{FINAL} .rank"), False, "a strip without its verdict")

    def words():
        report = fixture_trust.recorded(fixture.jobs["job_nasnet"])["report"]
        verdict = fixture_trust.rank(1, 0.95, [0.9] * 19, 0)
        few = fixture_trust.rank(1, 0.95, [0.9] * 9, 0)
        found = checks.eval("""Promise.all([import(new URL('lib/trust.js', document.baseURI)), import(new URL('lib/verdict.js', document.baseURI))])
          .then(([{ rankWords, trustWords }, { noVerdict }]) => { const [report, verdict, few] = %s;
            const of = (tau, least, back) => trustWords({ report: { ...report, tau }, min_tau: least, fell_back: back }, true);
            return { better: of({ value: 0.5, low: 0.01, high: 0.8 }, 0.01, false), worse: of({ value: -0.5, low: -0.8, high: -0.1 }, null, false),
              touching: of({ value: 0.4, low: 0, high: 0.7 }, null, false).answer, none: trustWords({ report: null, min_tau: 0.3 }, true),
              ranked: rankWords(verdict), few: rankWords(few),
              missing: [noVerdict({ final: { controls: 19 } }, true, false), noVerdict({ final: { controls: 19 } }, true, true), noVerdict({ final: { controls: 0 } }, true, true)] }; })"""
                            % json.dumps([report, verdict, few]))
        checks.equal((found["better"]["answer"], found["worse"]["answer"], found["touching"], found["none"]["answer"]),
                     ("better", "worse", "not_distinguishable", "unknown"))
        assert "reaches the 0.01" in " ".join(found["better"]["sentences"]), found["better"]
        assert "nothing to fall back on" in " ".join(found["none"]["sentences"]), found["none"]
        checks.equal((found["ranked"]["title"], found["ranked"]["finding"].split(";")[0]), ("Better than random architectures", "p = 0.05"))
        checks.equal(found["few"]["title"], "Not distinguishable from random architectures")
        assert "no winner could have been called better" in found["few"]["floor"], found["few"]
        checks.equal(len(set(found["missing"])), 3, "reasons for no verdict")

    def marked():
        checks.open("job.html?id=job_shared&sort=number")
        rows = checks.eval("[...document.querySelectorAll('tr[data-trial] > td:nth-child(4)')].filter((one) => one.closest('section').querySelector('#trials-title')).map((one) => one.textContent)")
        wanted = ["● strategy" if not trial["is_random"] else "◆ random, probe" if trial["is_probe"] else "◆ random" for trial in shared.trials[:50]]
        checks.equal(rows, wanted, "drawn by")
        first = checks.eval("[...document.querySelectorAll('section[aria-labelledby=trials-title] tr[data-trial=\"1\"] > *')].map((cell) => cell.textContent)")
        checks.equal((first[2], first[6]), (f"{shared.trials[0]['search_accuracy'] * 100:.2f} %by shared weights", "not trained"))
        browser.choose("#trial-origin", "probe")
        checks.wait("document.querySelector('#trials-title + p').textContent === '24 trials of 105, drawn as probes'", "the probes")
        checks.holds("location.search.includes('origin=probe')")
        checks.equal(checks.text(".chart .title"), "search accuracy %, by shared weights", "the axis of the progress")
        legend = checks.text(".legend")
        assert "5 by the strategy" in legend and "100 at random" in legend, legend
        checks.open("job.html?id=job_shared&trial=6")
        learning = checks.text("section[aria-labelledby=learning-title]")
        for part in ("by shared weights · not trained alone", "A probe", "no epochs of its own"):
            assert part in learning, f"{part!r} is not in {learning!r}"
        checks.open("job.html?id=job_checked")
        assert "probes, to measure" in checks.text(".legend"), checks.text(".legend")
        checks.open("index.html")
        cells = texts("tr[data-job=job_shared] > *")
        assert cells[3].endswith(", shared weights"), cells
        assert not texts("tr[data-job=job_done] > *")[3].endswith("weights")

    def live():
        job = fixture.jobs["job_training"]
        checks.open("job.html?id=job_training")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        assert "Shared weights are trained first" in checks.text("section[aria-labelledby=progress-title]")
        browser.settle(0.8)
        checks.equal((checks.text(".progress-row > span"), checks.eval("document.querySelector('.progress-row progress').value")),
                     ("supernet 1 of 2, epoch 3 of 20", 3 / 40), "how far the weights are")
        asked = sum(path.endswith("job_training/supernets") for _, path in fixture.log)
        fixture.change(lambda: job.report_supernet_epoch(1, fixture_trust.relaxed_epoch(4)))
        checks.wait(f"document.querySelector('{SUPERNETS} .chart').getAttribute('aria-label').includes('at epoch 4')", "the epoch")
        checks.holds(f"!!document.querySelector('{SUPERNETS} [data-metric=alpha_curvature]')", "a metric that came later")
        checks.equal(sum(path.endswith("job_training/supernets") for _, path in fixture.log), asked, "questions for an epoch that was told")
        browser.eval(f"document.querySelector('{SUPERNETS} tr[data-round=\"2\"] button').focus()")
        fixture.change(lambda: job.finish_supernet(1, fixture_trust.strengths(job), ["epoch 4: accuracy on train is 0.3 above that on validation"]))
        checks.wait(f"document.querySelector('{SUPERNETS} tr[data-round=\"1\"]').textContent.includes('completed')", "the round's end")
        checks.wait(f"document.querySelectorAll('{SUPERNETS} .heat').length === 2", "its strengths")
        checks.wait(f"document.querySelector('{SUPERNETS} .warnings').textContent.includes('0.3 above')", "its warning")
        checks.equal(checks.eval("document.activeElement.closest('tr')?.dataset.round"), "2", "the focus")
        fixture.change(lambda: job.run_scored())
        checks.wait("document.querySelector('#trials-title + p').textContent === '1 trial of 1'", "a scored candidate")
        checks.wait("document.querySelector('.progress-row > span').textContent === '1 trial'", "trials once there are some")
        checks.sound()

    def measured():
        job = fixture.jobs["job_checked"]
        checks.open("job.html?id=job_checked")
        checks.wait("document.querySelector('.live').textContent === 'live'")

        def train_one():
            job.fidelity["reached"] += 1
            job.emit("final.finished", {"stage": "selection", "trial": 12, "repetition": 0, "state": "completed", "validation_accuracy": 0.95})
        fixture.change(train_one)
        checks.wait(f"document.querySelector('{FIDELITY}').textContent.includes('8 of 24')", "one more")

        def end():
            job.fidelity = {**fixture_trust.trusted(job), "min_tau": 0.3}
            job.emit("fidelity.finished", {"reached": 23, "asked": 24, "tau": 0.58, "tau_low": 0.31, "tau_high": 0.77, "fell_back": False})
        fixture.change(end)
        checks.wait(f"document.querySelectorAll('{FIDELITY} .chart [data-key]').length === {len(job.fidelity['report']['pairs'])}", "the scatter")
        assert "reaches the 0.30 asked for" in checks.text(FIDELITY), checks.text(FIDELITY)

    def field(pointer):
        return f'[data-pointer="{pointer}"]'

    def body():
        return json.loads(checks.text("pre"))

    def form():
        checks.open("new.html")
        browser.choose(field("/pruner/name"), "median")
        browser.choose(field("/objectives/parameters"), True)
        browser.choose(field("/strategy/name"), "darts")
        sent = body()
        checks.equal(sent["space"]["name"], "darts-cell", "a space that it runs on")
        checks.equal((sent.get("pruner"), sent.get("control"), sent.get("budget"), sent.get("objectives")), (None,) * 4, "what does not apply")
        checks.equal((sent["final"]["controls"], sent["fidelity"]), (19, {"share": 0.2, "architectures": 24}))
        for pointer in ("/budget/max_trials", "/budget/target_accuracy", "/control", "/pruner/name", "/pruner/params/startup_trials", "/objectives/parameters", "/trial/epochs"):
            checks.equal(seen(field(pointer)), False, f"{pointer} of a search on shared weights")
        checks.equal([seen(f"[data-explains={name}]") for name in ("budget", "objectives", "control")], [True] * 3, "why")
        checks.holds(f"document.querySelector('{field('/strategy/params/rounds')}').value === '2'", "its parameters")
        browser.type(field("/budget/max_seconds"), "600")
        browser.type(field("/fidelity/min_tau"), "0.3")
        browser.type(field("/final/controls"), "39")
        checks.equal((body()["budget"], body()["fidelity"]["min_tau"], body()["final"]["controls"]), ({"max_seconds": 600}, 0.3, 39))
        checks.sound()
        browser.choose(field("/strategy/name"), "random")
        sent = body()
        checks.equal((sent["pruner"]["name"], sent["control"], sent["budget"]["max_trials"], len(sent["objectives"])), ("median", 0.1, 40, 2), "all is back")
        checks.equal(("controls" in sent["final"], seen(field("/final/controls"))), (False, False), "controls of a search without supernets")
        checks.holds(f"document.querySelector('{field('/budget/max_trials')}').checkVisibility()")
        browser.choose(field("/strategy/name"), "enas")
        browser.type(field("/name"), "by shared weights")
        browser.click("button[type=submit]")
        checks.wait("location.pathname.endsWith('job.html') && document.body?.dataset.ready === 'true'", "the service takes it")

    def clones():
        checks.open("new.html?clone=job_shared")
        asked = shared.record["request"]
        sent = body()
        for name in ("strategy", "final", "trial", "fidelity", "control"):
            wanted = {k: v for k, v in asked[name].items() if v is not None} if name == "fidelity" else {"name": "darts"} if name == "strategy" else asked[name]
            checks.equal(sent[name], wanted, name)
        browser.choose(field("/strategy/name"), "random")
        checks.equal((body()["control"], body()["budget"]["max_trials"], "controls" in body()["final"]), (0.1, 40, False), "as another kind of search")
        checks.open("new.html?clone=job_one")
        checks.equal((body()["proxies"], body()["filter"]["proxy"]), (["synflow"], "naswot"), "proxies stay")
        browser.choose(field("/strategy/name"), "enas")
        checks.equal([name for name in ("proxies", "filter", "control", "objectives") if name in body()], [], "what shared weights do not take")
        browser.click("button[type=submit]")
        checks.wait("location.pathname.endsWith('job.html') && document.body?.dataset.ready === 'true'", "the service takes the clone")

    def cost():
        card = "section[aria-labelledby=cost-title]"
        checks.open("new.html")
        checks.equal([path for path, _, _ in fixture.posted if path.endswith("estimate")], [], "estimates that nobody asked for")
        checks.equal(seen(f"{card} table"), False)
        browser.type(field("/budget/max_trials"), "60")
        sent = body()
        browser.click(f"{card} button")
        checks.wait(f"document.querySelector('{card} table').checkVisibility()", "the estimate")
        path, posted, _ = fixture.posted[-1]
        checks.equal((path, json.loads(posted)), ("/v1/jobs/estimate", sent), "what was asked")
        rows = checks.eval(f"[...document.querySelectorAll('{card} tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))")
        checks.equal(rows[0], ["The whole job", "2.3 min", "68 s to 3.4 min"])
        checks.equal(rows[1][:2], ["Search", "45 s"])
        checks.equal(rows[5], ["Memory at its fullest", "48 MB", "24 MB to 72 MB"])
        assert "12 networks drawn at random, 2 further ones" in checks.text(card), checks.text(card)
        checks.holds("document.querySelector('#live').textContent.startsWith('Estimated: the whole job')", "it is announced")
        checks.sound()
        browser.type(field("/budget/max_trials"), "80")
        checks.equal(seen(f"{card} table"), False, "numbers of another request")
        assert "has changed" in checks.text(card)
        browser.type(field("/budget/max_trials"), "many")
        browser.click(f"{card} button")
        checks.wait(f"document.querySelector('{field('/budget/max_trials')}').ariaInvalid === 'true'", "the fault beside its field")
        browser.choose(field("/strategy/name"), "darts")
        assert "trains a supernet" in checks.text(card), checks.text(card)
        browser.click(f"{card} button")
        checks.wait(f"document.querySelector('{card} table').checkVisibility()", "the estimate of a search on shared weights")
        assert "Paths scored" in checks.text(card) and "One trial" not in checks.text(card), checks.text(card)

    def documented():
        contract = (fixture_server.PUBLIC.parent / "openapi.yaml").read_text()
        known = [line.strip().rstrip(":") for line in contract.splitlines() if line.startswith("  /")]
        for method, path in [(m, p.split("?")[0]) for m, p in fixture.log] + [("POST", p) for p, _, _ in fixture.posted]:
            if path.startswith("/v1/"):
                assert any(matches(path, one) for one in known), f"{method} {path} is not in openapi.yaml"

    for name, check in [
            ("rounds have their state, epochs and warnings, and other jobs have no such part", rounds),
            ("the metrics drawn are those that the strategy reports", metrics),
            ("strengths are a table with the strongest marked", strengths),
            ("a trusted score is told in words, and each point leads to its trial", trusted),
            ("falling back, leaving out and under way are told", fell_back),
            ("the winner stands among the random architectures", rank),
            ("the sentences follow the numbers", words),
            ("scored candidates, probes and random draws are marked", marked),
            ("epochs come live, and the end brings strengths and warnings", live),
            ("the fidelity phase comes live", measured),
            ("the form leaves out what does not apply to shared weights, and brings it back", form),
            ("a clone of such a search is one", clones),
            ("the cost is told when asked for, and not of another request", cost),
            ("no route is asked that is not documented", documented)]:
        checks.run("trust: " + name, check)


def matches(path, pattern):
    """True where a path is one of a documented pattern."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(want.startswith("{") or part == want for part, want in zip(parts, wanted))

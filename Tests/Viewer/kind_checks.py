"""What a trial is: drawn by the strategy or at random, a repeat, stopped early; and the verdict on the strategy."""
import json

FINAL = "document.querySelector('#final-title').closest('section')"
LEARNING = "section[aria-labelledby=learning-title]"


def run(checks):
    browser, fixture = checks.browser, checks.fixture
    job = fixture.jobs["job_running"]

    def marks(chart=0):
        """Of each mark of a chart its trial, its class and the name of its element."""
        return checks.eval(f"[...document.querySelectorAll('.chart')[{chart}].querySelectorAll('[data-key]')]"
                           ".map((mark) => [Number(mark.dataset.key), mark.getAttribute('class'), mark.tagName])")

    def told_apart():
        checks.open("job.html?id=job_running")
        found = {number: (kind.split(" ")[0], "control" in kind, tag) for number, kind, tag in marks()}
        checks.equal(len(found), len(job.trials), "marks")
        for trial in job.trials:
            kind, is_control, tag = found[trial["number"]]
            checks.equal(is_control, trial["is_random"], f"control of trial {trial['number']}")
            if trial["search_accuracy"] is None:
                checks.equal(kind, "lost", f"mark of trial {trial['number']}")
            elif trial["cached_from"]:
                assert kind in ("repeat", "low"), (trial["number"], kind)
            elif trial["state"] == "stopped_early":
                assert kind in ("hollow", "hollow-low"), (trial["number"], kind)
            else:
                assert kind in ("dot", "low"), (trial["number"], kind)
                if kind == "dot":
                    checks.equal(tag, "path" if trial["is_random"] else "circle", f"shape of trial {trial['number']}")

    def unscored():
        checks.open("job.html?id=job_block")
        wanted = [one["number"] for one in fixture.jobs["job_block"].trials if one["state"] == "stopped_early"]
        checks.equal(sorted(number for number, kind, _ in marks() if kind.startswith("gone")), wanted, "stopped trials")
        assert wanted and "without" in checks.text(".legend"), checks.text(".legend")

    def legend():
        checks.open("job.html?id=job_running")
        found = marks()
        items = checks.eval("[...document.querySelector('.legend').children].map((item) => [item.querySelector('svg [class]').getAttribute('class'), item.textContent])")
        checks.equal(checks.eval("document.querySelector('.legend').ariaLabel"), "Marks of the chart")
        for kind, text in items:
            number = sum((one == kind) if kind.split(" ")[0] in ("dot", "hollow") else one.split(" ")[0] == kind for _, one, _ in found)
            said = sum(int(word) for word in text.replace(",", "").split() if word.isdigit()) if kind == "lost" else int(text.split(" ")[0])
            checks.equal(said, number, f"count of {text!r}")
        texts = " / ".join(text for _, text in items)
        for part in ("by the strategy", "at random, the control", "repeating an earlier trial", "stopped early", "diverged"):
            assert part in texts, f"{part} is not in {texts}"
        checks.open("job.html?id=job_one")
        checks.equal(checks.eval("[...document.querySelector('.legend').children].map((item) => item.textContent)"), ["1 at random, the control"])

    def saved():
        checks.open("job.html?id=job_running")
        wanted = f"{len(job.trials) - job.repeated} of 200 trials, {job.repeated} trainings saved"
        checks.equal(checks.text(".progress-row > span"), wanted)
        checks.open("job.html?id=job_one")
        assert "saved" not in checks.text(".progress-row"), checks.text(".progress-row")

    def rows():
        checks.open("job.html?id=job_running&sort=number&origin=repeats")
        wanted = [trial for trial in job.trials if trial["cached_from"]]
        found = checks.eval("[...document.querySelectorAll('tr[data-trial]')].map((row) => [Number(row.dataset.trial), row.children[3].textContent, row.children[6].textContent])")
        checks.equal(found, [[trial["number"], f"{'◆ random' if trial['is_random'] else '● strategy'}, repeats trial {trial['cached_from']}", "saved"]
                             for trial in wanted], "repeats")
        browser.choose("#trial-origin", "random")
        count = sum(trial["is_random"] for trial in job.trials)
        checks.wait(f"document.querySelectorAll('tr[data-trial]').length === {count}", "the random draws")
        checks.equal(checks.text("#trials-title + p"), f"{count} trials of {len(job.trials)}, drawn at random")
        checks.holds("location.search.includes('origin=random')")
        browser.type("#goto", str(wanted[0]["number"]))
        browser.key("Enter")
        checks.wait(f"document.querySelector('tr.selected')?.dataset.trial === '{wanted[0]['number']}'", "the trial that the filter hid")

    def repeat():
        trial = next(one for one in job.trials if one["cached_from"])
        checks.open(f"job.html?id=job_running&trial={trial['number']}")
        assert "not trained again" in checks.text(LEARNING) and "training saved" in checks.text(LEARNING), checks.text(LEARNING)
        browser.eval(f"document.querySelector('{LEARNING} .link').click()")
        checks.wait(f"document.querySelector('#learning-title').textContent === 'Learning curve of trial {trial['cached_from']}'", "the original")
        checks.holds(f"location.search.includes('trial={trial['cached_from']}')")
        assert "not trained again" not in checks.text(LEARNING)

    def stopped():
        trial = next(one for one in job.trials if one["state"] == "stopped_early" and not one["is_random"])
        checks.open(f"job.html?id=job_running&trial={trial['number']}")
        checks.wait(f"document.querySelector('{LEARNING}').textContent.includes('stopped early after epoch 2 of 5')", "how far it would have gone")
        checks.equal(checks.text(f"{LEARNING} .alert"), f"Stopped early: {trial['failure']}")
        chart = "document.querySelector('section[aria-labelledby=learning-title] .chart')"
        assert "stopped after epoch 2" in checks.eval(f"{chart}.getAttribute('aria-label')")
        ends = checks.eval(f"[...{chart}.querySelectorAll('.line')].map((line) => /v18$/.test(line.getAttribute('d')))")
        checks.equal(ends, [True, True], "bars at the curves' ends")
        reach = checks.eval(f"(() => {{ const at = [...{chart}.querySelectorAll('.front')].map((mark) => mark.cx.baseVal.value); return [at.length, Math.max(...at), {chart}.clientWidth]; }})()")
        assert reach[0] == 2 and reach[1] < reach[2] / 2, f"two epochs in the left half: {reach}"
        checks.open(f"job.html?id=job_running&trial={job.record['best']['trial']}")
        checks.wait(f"{chart}.querySelectorAll('.line').length === 2", "the curve of the best")
        checks.holds(f"![...{chart}.querySelectorAll('.line')].some((line) => /v18$/.test(line.getAttribute('d')))", "a whole curve has no bar")

    def verdicts():
        for key, title, p in (("nasnet", "▲ Better than random search", "p = 0.003"), ("grown", "▼ Worse than random search", "p < 0.001"),
                              ("block", "≈ Not distinguishable from random search", "p = 0.21 for better, p = 0.8 for worse")):
            checks.open(f"job.html?id=job_{key}")
            said, verdict = checks.text(".verdict"), fixture.jobs[f"job_{key}"].verdict
            checks.equal(checks.text(".verdict .answer"), title)
            for part in (p, f"{verdict['strategy_trials']} trials of the strategy against {verdict['control_trials']} random",
                         f"{round(verdict['effect'] * 100)} % of the pairs", f"with a chance of {round(verdict['power'] * 100)} %", "Mann–Whitney"):
                assert part in said, f"{part!r} is not in {said!r}"
        checks.open("job.html?id=job_done")
        checks.equal(checks.text(".verdict"), "No verdict: the strategy is random search itself.")

    def wording():
        found = checks.eval("""import(new URL('lib/verdict.js', document.baseURI)).then(({ chance, noVerdict }) =>
          [[0.0004, 0.003, 0.0468, 0.0497, 0.05, 0.0524, 0.2113, 1, null].map(chance), noVerdict({ strategy: { name: 'random' }, control: 0.1 }),
           noVerdict({ strategy: { name: 'x' }, control: 0 }), noVerdict({ strategy: { name: 'x' }, control: 0.1 })])""")
        checks.equal(found[0], ["p < 0.001", "p = 0.003", "p = 0.0468", "p = 0.0497", "p = 0.05", "p = 0.0524", "p = 0.21", "p = 1", "p unknown"])
        assert len(set(found[1:])) == 3, found

    def finalist():
        checks.open("job.html?id=job_nasnet")
        finalists = fixture.jobs["job_nasnet"].wire_result()["finalists"]
        marked = checks.eval(f"[...{FINAL}.querySelectorAll('tbody tr')].map((row) => row.textContent.includes('random control'))")
        checks.equal(marked, [one["is_random"] for one in finalists], "finalists marked as the control's")
        assert any(marked) and not all(marked), marked
        text = checks.eval(f"{FINAL}.textContent")
        assert "best random draw is retrained beside them" in text and f"{fixture.jobs['job_nasnet'].repeated} trials repeated" in text, text

    def settings():
        checks.open("job.html?id=job_running")
        facts = checks.eval("Object.fromEntries([...document.querySelectorAll('details dl.facts dt')].map((name) => [name.textContent, name.nextSibling.textContent]))")
        wanted = {"Pruner": "median (startup trials 5, warmup epochs 1)", "Random control": "10 % of the trials",
                  "Objectives": "most accuracy; fewest parameters; fewest macs, at most 500 k", "Budget": "200 trials, repeats not counted"}
        checks.equal({name: facts.get(name) for name in wanted}, wanted)
        checks.open("job.html?id=job_done")
        checks.holds("[...document.querySelectorAll('dl.facts dt')].some((name) => name.textContent === 'Pruner' && name.nextSibling.textContent === 'none')")

    def front():
        checks.open("job.html?id=job_running&cost=macs")
        stressed = [number for number, kind, _ in marks(1) if kind.startswith("front")]
        listed = checks.eval("[...document.querySelectorAll('section[aria-labelledby=tradeoff-title] tbody button')].map((one) => Number(one.textContent.split(' ')[1]))")
        checks.equal(sorted(listed), sorted(stressed), "the front's table")
        front = [job.trials[number - 1] for number in listed]
        checks.equal([one["macs"] for one in front], sorted(one["macs"] for one in front), "from the smallest on")
        for one in job.trials:
            if one["state"] == "completed" and one["search_accuracy"] and one["macs"] <= 500_000:
                assert any(other["macs"] <= one["macs"] and other["search_accuracy"] >= one["search_accuracy"] for other in front), one["number"]
        assert max(one["macs"] for one in front) <= 500_000 < max(one["macs"] or 0 for one in job.trials), "the limit counts"
        checks.equal(checks.eval("document.querySelectorAll('.chart')[1].querySelectorAll('.limit').length"), 1, "the limit's line")
        served = job.wire_pareto("macs")
        checks.equal(listed, [one["trial"] for one in served["data"]], "the front that the service tells")
        browser.eval("document.querySelector('section[aria-labelledby=tradeoff-title] details').open = true")
        checks.wait("document.querySelector('section[aria-labelledby=tradeoff-title] details').textContent.includes('Hypervolume')", "the volume")
        assert f"{served['trials_compared']} trials compared" in checks.text("section[aria-labelledby=tradeoff-title] details")
        browser.eval("document.querySelector('section[aria-labelledby=tradeoff-title] tbody button').click()")
        checks.wait(f"document.querySelector('#learning-title').textContent.endsWith('trial {listed[0]}')", "the chosen trial")
        label = json.dumps(checks.eval("document.querySelectorAll('.chart')[1].getAttribute('aria-label')"))
        assert f"{len(front)} trials on the front" in label, label

    def timed():
        buttons = "[...document.querySelectorAll('section[aria-labelledby=tradeoff-title] .segments button')].map((one) => one.textContent)"
        checks.open("job.html?id=job_running&cost=latency")
        checks.equal(checks.eval(buttons), ["parameters", "macs"], "costs of a job that measures no latency")
        checks.open("job.html?id=job_nasnet&cost=latency")
        checks.equal(checks.eval(buttons), ["parameters", "macs", "latency"], "costs")
        assert "ms of latency" in checks.eval("document.querySelectorAll('.chart')[1].getAttribute('aria-label')")
        scored = sum(trial["search_accuracy"] is not None for trial in fixture.jobs["job_nasnet"].trials)
        checks.equal(len(marks(1)), scored, "marks")

    for name, check in [
            ("latency is an axis where it is measured", timed),
            ("strategy, control, repeats and stopped trials have marks of their own", told_apart),
            ("a stopped trial without an accuracy is not drawn as lost", unscored),
            ("the legend says what each mark is and how many there are", legend),
            ("the head says how many trainings were saved", saved),
            ("the table tells where trials come from, and filters by it", rows),
            ("a repeat leads to its original", repeat),
            ("a stopped trial says why, and its curve ends where it ended", stopped),
            ("the verdict is in plain words with its numbers", verdicts),
            ("rounding never carries p over the level", wording),
            ("the control's finalist is marked", finalist),
            ("the settings name pruner, control, objectives and budget", settings),
            ("the front is listed, within the limits", front)]:
        checks.run(name, check)

"""Live updates: events move the page and keep the view; a cut stream is said, bridged and resumed."""


def run(checks):
    browser, fixture = checks.browser, checks.fixture
    job = fixture.jobs["job_running"]

    def moves():
        checks.open("job.html?id=job_running&sort=number")
        checks.wait("document.querySelector('.live').textContent === 'live'", "the stream")
        browser.choose("#trial-state", "failed")
        browser.focus("#trial-state")
        before = len(job.trials)
        shown = checks.eval("document.querySelectorAll('tr[data-trial]').length")
        bar = checks.eval("document.querySelector('.progress-row progress').value")
        marks = "document.querySelector('.chart').querySelectorAll('.dots > *').length"
        dots = checks.eval(marks)
        fixture.change(lambda: [job.run_trial("completed") for _ in range(3)])
        checks.wait(f"document.querySelector('.progress-row').textContent.includes('{before + 3 - job.repeated} of 200')", "the new count")
        checks.wait(f"{marks} === {dots + 3}", "three new dots")
        checks.holds(f"document.querySelector('.progress-row progress').value > {bar}", "the bar moves")
        checks.equal(checks.eval("document.querySelector('#trial-state').value"), "failed", "the filter")
        checks.equal(checks.eval("document.querySelectorAll('tr[data-trial]').length"), shown, "rows under the filter")
        checks.equal(checks.eval("document.activeElement.id"), "trial-state", "the focus")
        browser.choose("#trial-state", "")
        browser.type("#goto", str(before + 3))
        browser.key("Enter")
        code = job.trials[-1]["code"]
        checks.wait(f"document.querySelector('tr.selected code')?.textContent === {code!r}", "the new row with its architecture")

    def epochs():
        checks.open("job.html?id=job_running&sort=-number")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        trial, _ = fixture.change(job.start_trial)
        number = trial["number"]
        checks.wait(f"document.querySelector('tr[data-trial=\"{number}\"]')?.textContent.includes('running')", "a running row")
        fixture.change(lambda: job.report_epoch(trial, 1, 0.71))
        checks.wait(f"document.querySelector('tr[data-trial=\"{number}\"]').textContent.includes('epoch 1')", "its epoch")
        browser.eval(f"document.querySelector('tr[data-trial=\"{number}\"] button').click()")
        fixture.change(lambda: job.report_epoch(trial, 2, 0.82))
        checks.wait("document.querySelector('section[aria-labelledby=learning-title] .chart').getAttribute('aria-label')?.includes('82.0 at epoch 2')", "a growing curve")
        fixture.change(lambda: job.finish_trial(trial, "completed", 0.999))
        checks.wait("document.querySelector('.figures').textContent.includes('99.90 %')", "the new best")
        checks.holds(f"document.querySelector('tr.selected').dataset.trial === '{number}'", "the choice stays")

    def keeps_focus():
        checks.open("job.html?id=job_running")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        browser.eval("document.querySelectorAll('tr[data-trial] button')[4].focus()")
        number = checks.eval("document.activeElement.closest('tr').dataset.trial")
        browser.eval("document.querySelector('.tall').scrollTop = 60; scrollTo(0, 200)")
        fixture.change(lambda: [job.run_trial("completed") for _ in range(2)])
        checks.wait(f"document.querySelector('#trials-title + p').textContent.startsWith('{len(job.trials)} ')", "new rows")
        checks.equal(checks.eval("document.activeElement.closest('tr')?.dataset.trial"), number, "the focus")
        checks.equal(checks.eval("[document.querySelector('.tall').scrollTop, scrollY]"), [60, 200], "the scroll")

    def cut():
        checks.open("job.html?id=job_running")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        before = len(job.trials)
        fixture.cut(refuse=True)
        checks.wait("document.querySelector('.live').textContent.startsWith('reconnecting')", "the word reconnecting")
        fixture.change(lambda: job.run_trial("completed"))
        fixture.mend()
        checks.wait("document.querySelector('.live').textContent === 'live'", "the stream again")
        checks.wait(f"document.querySelector('#trials-title + p').textContent.startsWith('{before + 1} ')", "the trial of the gap")
        after = [path for _, path in fixture.log if "/job_running/events" in path]
        assert any("after=" in path for path in after), "it resumes by number"
        checks.wait(f"document.querySelector('.chart').querySelectorAll('.dots > *').length === {before + 1}", "one more dot, none twice")

    def ends():
        checks.open("job.html?id=job_nan")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        nan = fixture.jobs["job_nan"]
        fixture.change(lambda: (nan.conclude(), nan.set_state("succeeded", stop_reason="budget_trials")))
        checks.wait("document.querySelector('.chip').textContent.includes('succeeded')", "the end")
        checks.wait("document.querySelector('#final-title').closest('section').checkVisibility()", "the final results")
        checks.wait("document.title.includes('succeeded')", "the title")
        streams = sum("/job_nan/events" in path for _, path in fixture.log)
        browser.settle(2.5)
        checks.equal(sum("/job_nan/events" in path for _, path in fixture.log), streams, "streams after the end")

    def hidden():
        checks.open("job.html?id=job_running")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        browser.settle(1.2)
        browser.eval("""(() => { window.far = false; Object.defineProperty(document, 'hidden', { get: () => window.far, configurable: true });
          window.drawn = 0; new MutationObserver(() => { window.drawn += 1; }).observe(document.querySelector('.chart'), { childList: true }); })()""")
        browser.eval("window.far = true")
        fixture.change(lambda: job.run_trial("completed"))
        browser.settle(1.2)
        checks.equal(checks.eval("window.drawn"), 0, "redraws while hidden")
        browser.eval("window.far = false; document.dispatchEvent(new Event('visibilitychange'))")
        checks.wait("window.drawn > 0", "a redraw when seen again")

    def few():
        checks.open("job.html?id=job_running")
        checks.wait("document.querySelector('.live').textContent === 'live'")
        browser.settle(0.8)
        browser.eval("""(() => { window.drawn = 0; new MutationObserver(() => { window.drawn += 1; })
          .observe(document.querySelector('.chart'), { childList: true }); })()""")
        for _ in range(20):
            fixture.change(lambda: job.run_trial("completed"))
            browser.settle(0.1)
        drawn = checks.eval("window.drawn")
        assert 0 < drawn <= 14, f"{drawn} redraws in two seconds of twenty trials"

    for name, check in [
            ("new trials move bar, dots and count; filter and focus stay", moves),
            ("a running trial shows its epochs and becomes the best", epochs),
            ("focus and scroll survive new rows", keeps_focus),
            ("a cut stream says reconnecting, then goes on without gap or repeat", cut),
            ("the end of a job is shown and nothing is asked any more", ends),
            ("nothing is drawn while the page is hidden", hidden),
            ("many events make few redraws", few)]:
        checks.run("live: " + name, check)

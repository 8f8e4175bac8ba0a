"""The page of one job: charts, figures, table, results, downloads, and hostile or missing data."""
import json


def run(checks):
    browser = checks.browser

    def rows():
        return checks.eval("[...document.querySelectorAll('tr[data-trial] th')].map((cell) => parseInt(cell.textContent, 10))")

    def head():
        checks.open("job.html?id=job_done")
        checks.equal(checks.text("h1"), "digits, first try")
        assert "succeeded" in checks.eval("document.title") and "digits, first try" in checks.eval("document.title")
        figures = checks.eval("Object.fromEntries([...document.querySelectorAll('.figures > div')].map((box) => [...box.children].slice(0, 2).map((part) => part.textContent)))")
        job = checks.fixture.jobs["job_done"]
        checks.equal(figures["Best search accuracy"], f"{job.record['best']['search_accuracy'] * 100:.2f} %")
        winner = next(one for one in job.wire_result()["finalists"] if one["test_accuracy"])
        checks.equal(figures["Test accuracy"], f"{winner['test_accuracy']['mean'] * 100:.2f} %")
        checks.holds("document.querySelector('.progress-row').textContent.includes('budget of trials is used up')")
        checks.equal(checks.eval("document.querySelector('.progress-row progress').value"), 1, "the bar")

    def accuracies():
        checks.open("job.html?id=job_done")
        table = checks.eval("""[...document.querySelector('#final-title').closest('section').querySelectorAll('tr')]
          .map((row) => [...row.children].map((cell) => cell.textContent))""")
        assert [title.split(" ")[0] for title in table[0][1:4]] == ["Search", "Validation", "Test"], table[0]
        for row, finalist in zip(table[1:], checks.fixture.jobs["job_done"].wire_result()["finalists"]):
            checks.equal(row[1], f"{finalist['search_accuracy'] * 100:.2f} %", "search accuracy")
            validation = finalist["validation_accuracy"]
            assert row[2].startswith(f"{validation['mean'] * 100:.2f} %") and "3 seeds: " in row[2], row[2]
            assert f"{validation['low'] * 100:.2f} % to" in row[2], row[2]
            test = finalist["test_accuracy"]
            assert row[3].startswith(f"{test['mean'] * 100:.2f} %" if test else "not measured"), row[3]
        named = checks.eval("""[...document.querySelectorAll('dt, th, .title, [aria-label]')]
          .map((one) => one.getAttribute('aria-label') || one.textContent).filter((text) => /accuracy/i.test(text) && !/search|validation|test|against size|shared weights/i.test(text))""")
        named = [text for text in named if text != "accuracy %"]
        checks.equal(named, [], "accuracies that do not say which")

    def charts():
        checks.open("job.html?id=job_running")
        job = checks.fixture.jobs["job_running"]
        label = checks.eval("document.querySelector('.chart').getAttribute('aria-label')")
        best = job.record["best"]
        assert f"best search accuracy {best['search_accuracy'] * 100:.2f} % at trial {best['trial']}" in label, label
        marks = checks.eval("['.dot', '.hollow, .hollow-low', '.low', '.lost', '.repeat'].map((name) => document.querySelector('.chart').querySelectorAll(name).length)")
        lost = sum(trial["state"] in ("failed", "diverged", "infeasible") for trial in job.trials)
        checks.equal(sum(marks), len(job.trials), "marks")
        checks.equal(marks[3], lost, "marks of lost trials")
        legend = checks.text(".legend")
        assert f"{marks[2]} completed below" in legend and "diverged" in legend, legend
        checks.equal(checks.text(".line-label"), f"{best['search_accuracy'] * 100:.2f}", "the value at the line's end")
        front = checks.eval("[...document.querySelectorAll('.chart')[1].querySelectorAll('.front')].map((mark) => Number(mark.dataset.key))")
        assert best["trial"] in front and len(front) > 1, front

    def inside():
        for path in ("job.html?id=job_running", "job.html?id=job_done", "job.html?id=job_one", "job.html?id=job_many"):
            checks.open(path)
            found = checks.eval("""[...document.querySelectorAll('.chart')].flatMap((chart) => {
              const box = chart.getBoundingClientRect();
              return [...chart.querySelectorAll('text, circle:not(.cursor), path')].map((mark) => [mark, mark.getBoundingClientRect()])
                .filter(([, at]) => at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
                .map(([mark]) => mark.outerHTML.slice(0, 80)); })""")
            checks.equal(found[:3], [], f"marks outside the charts of {path}")

    def by_time():
        checks.open("job.html?id=job_running")
        browser.click(".segments [data-value=time]")
        checks.holds("[...document.querySelectorAll('.chart .title')].some((title) => title.textContent === 'minutes since the start')")
        checks.holds("location.search.includes('x=time')")
        browser.click(".segments [data-value=macs]")
        checks.holds("document.querySelectorAll('.chart')[1].getAttribute('aria-label').includes('multiply')")

    def keyboard():
        checks.open("job.html?id=job_running")
        browser.focus(".chart")
        browser.key("Home")
        checks.holds("document.querySelector('#live').textContent.startsWith('trial 1:')", "the first trial is announced")
        browser.key("ArrowRight")
        checks.holds("document.querySelector('#live').textContent.startsWith('trial 2:')", "the second trial is announced")
        browser.key("Enter")
        checks.wait("document.querySelector('#architecture-title').textContent === 'Architecture of trial 2'", "the figure of trial 2")
        checks.wait("document.querySelector('#learning-title').textContent.endsWith('trial 2')")
        checks.holds("location.search.includes('trial=2')")
        checks.holds("document.activeElement === document.querySelector('.chart')", "the chart keeps the focus")
        code = checks.fixture.jobs["job_running"].trials[1]["code"]
        checks.equal(checks.text("code.meta"), code, "the code beside the figure")
        browser.eval("[...document.querySelectorAll('button')].find((button) => button.textContent === 'Show the best').click()")
        checks.wait("document.querySelector('#architecture-title').textContent.endsWith('(best)')")

    def pointer():
        checks.open("job.html?id=job_running")
        checks.wait("!!document.querySelector('.graph .pill')", "the figure of the best")
        number = checks.eval("document.querySelectorAll('.chart .dot')[60].dataset.key")
        browser.click(f".chart .dot[data-key='{number}']")
        checks.wait(f"document.querySelector('#architecture-title').textContent === 'Architecture of trial {number}'", "the clicked trial")
        checks.equal(checks.eval("document.querySelectorAll('.chart .selected circle').length"), 2, "rings in both charts")

    def figure():
        job = checks.fixture.jobs["job_running"]
        checks.open("job.html?id=job_running")
        checks.wait("!!document.querySelector('.graph .pill')", "the figure of the cell")
        best = job.record["best"]["architecture"]
        cell = job.architectures[best]["cells"][0]
        live = sum(edge["live"] and edge["operation"] != "none" for edge in cell["edges"])
        checks.equal(checks.eval("document.querySelectorAll('.graph .pill').length"), live, "operations drawn")
        titles = checks.eval("[...document.querySelectorAll('.network .node-title')].map((one) => one.textContent)")
        checks.equal(titles, ["input", "stem", "cell", "reduction", "cell", "reduction", "cell", "head"], "blocks")
        browser.focus(".network .block.is-cell")
        browser.key("Enter")
        checks.wait("document.querySelector('figure p.note').textContent.startsWith('cell: 8×8×8 in, 8×8×8 out')", "the block's facts")
        checks.equal(checks.eval("document.activeElement.getAttribute('aria-pressed')"), "true", "the block keeps the focus")

    def layers():
        for key in ("job_chain", "job_table"):
            checks.open(f"job.html?id={key}")
            checks.wait("!!document.querySelector('.graph .pill')", "the figure of the layers")
            assert "linear" in checks.eval("document.querySelector('.graph').textContent")

    def table():
        checks.open("job.html?id=job_running")
        checks.equal(len(rows()), 50, "rows of a page")
        browser.eval("[...document.querySelectorAll('.pager button')].find((button) => button.textContent === 'Next').click()")
        assert checks.text(".pager").find("51 to 100") > 0, checks.text(".pager")
        checks.holds("location.search.includes('page=2')")
        browser.choose("#trial-state", "diverged")
        wanted = [trial["number"] for trial in checks.fixture.jobs["job_running"].trials if trial["state"] == "diverged"]
        checks.equal(sorted(rows()), wanted, "diverged trials")
        browser.eval("document.querySelectorAll('section[aria-labelledby=trials-title] th button')[0].click()")
        checks.equal(rows(), wanted, "sorted by number")
        browser.type("#goto", "77")
        browser.key("Enter")
        checks.wait("document.querySelector('#architecture-title').textContent === 'Architecture of trial 77'", "trial 77")
        checks.holds("document.querySelector('tr.selected').dataset.trial === '77'", "its row is on the page that is shown")
        browser.type("#goto", "9999")
        browser.key("Enter")
        checks.wait("document.body.textContent.includes('There is no trial 9999.')")

    def remembered():
        checks.open("job.html?id=job_running&trial=12&state=failed&sort=number&cost=macs")
        checks.holds("document.querySelector('#trial-state').value === 'failed'")
        checks.holds("document.querySelector('[data-value=macs]').ariaPressed === 'true'")
        checks.wait("document.querySelector('#architecture-title').textContent.includes('trial 12')")

    def curve():
        checks.open("job.html?id=job_running&trial=1")
        checks.wait("document.querySelectorAll('.chart').length === 3 && document.querySelector('section[aria-labelledby=learning-title] .chart').querySelectorAll('.front').length === 5", "five epochs")
        label = checks.eval("document.querySelector('section[aria-labelledby=learning-title] .chart').getAttribute('aria-label')")
        assert "validation accuracy" in label and "at epoch 5" in label and "best" in label, label

    def downloads():
        checks.open("job.html?id=job_running")
        links = checks.eval("[...document.querySelectorAll('a[download]')].map((link) => link.getAttribute('href'))")
        best = checks.fixture.jobs["job_running"].record["best"]["architecture"]
        checks.equal(links, [f"v1/architectures/{best}/export?format={form}" for form in ("json", "dot", "safetensors")])
        for link, kind in zip(links, ("application/json", "text/vnd.graphviz", "application/octet-stream")):
            found = checks.eval(f"fetch({json.dumps(link)}).then((reply) => [reply.status, reply.headers.get('content-type'), reply.headers.get('content-disposition')])")
            assert found[0] == 200 and found[1] == kind and best in found[2], found

    def none_yet():
        checks.open("job.html?id=job_empty")
        assert "no trial has started" in checks.text("main") and "No trial has been started yet." in checks.text("main")
        checks.equal(checks.eval("document.querySelectorAll('a[download]').length"), 0, "downloads")

    def one():
        checks.open("job.html?id=job_one")
        checks.equal(checks.eval("document.querySelector('.chart').querySelectorAll('.dot').length"), 1, "dots")
        checks.holds("!document.querySelector('.chart').innerHTML.includes('NaN')")

    def all_lost():
        checks.open("job.html?id=job_lost")
        assert "12 of 12 trials failed" in checks.text("[role=alert]"), checks.text("[role=alert]")
        checks.equal(checks.eval("document.querySelector('.chart').querySelectorAll('.lost').length"), 12, "marks")
        browser.eval("document.querySelector('tr[data-trial] button').click()")
        checks.wait("/signal 11|NaN|needs 1.9 GB/.test(document.querySelector('section[aria-labelledby=learning-title]').textContent)", "why it failed")

    def no_numbers():
        checks.open("job.html?id=job_nan&trial=2")
        browser.settle(0.3)
        checks.wait("document.querySelector('section[aria-labelledby=learning-title]').textContent.includes('1 epoch without a finite value')", "the gap is said")
        checks.holds("!/NaN|undefined|Infinity|null/.test([...document.querySelectorAll('main > *:not(details)')].map((one) => one.outerHTML).join('').replaceAll('the loss was NaN', ''))", "no NaN is drawn or written")

    def hostile():
        checks.open("job.html?id=job_evil")
        browser.settle(0.3)
        checks.equal(checks.text("h1"), '<img src=x onerror="window.hurt = 1">')
        checks.open("index.html")
        checks.open("new.html?clone=job_evil")
        checks.holds("window.hurt === undefined && !document.querySelector('main img, main script')", "markup stays text")
        checks.equal(checks.eval("document.querySelector('[data-pointer=\"/name\"]').value"), '<img src=x onerror="window.hurt = 1">')

    def five_thousand():
        checks.open("job.html?id=job_many")
        checks.holds("document.querySelectorAll('.chart').length === 3")
        marks = checks.eval("document.querySelector('.chart').querySelectorAll('.dots > *').length")
        assert 200 < marks < 5000, f"{marks} marks"
        checks.equal(len(rows()), 50, "rows")
        took = checks.eval("(() => { const start = performance.now(); document.querySelector('tr[data-trial] button').click(); return performance.now() - start; })()")
        print(f"        choosing one of 5,000 trials redraws in {took:.0f} ms")
        browser.type("#goto", "4321")
        browser.key("Enter")
        checks.wait("document.querySelector('tr.selected')?.dataset.trial === '4321'", "trial 4321")

    def actions():
        fixture = checks.fixture
        checks.open("job.html?id=job_one")
        button = "[...document.querySelectorAll('button')].find((one) => one.textContent === %s)?.click()"
        browser.eval(button % "'Pause'")
        checks.wait("document.querySelector('.chip').textContent.includes('paused')", "the job to be paused")
        browser.eval(button % "'Resume'")
        checks.wait("document.querySelector('.chip').textContent.includes('running')", "the job to run")
        browser.eval(button % "'Stop'")
        checks.equal(checks.eval("document.activeElement.textContent"), "Stop the search", "asked first, the focus on")
        before = len(fixture.posted)
        browser.eval(button % "'Keep it running'")
        checks.equal(len(fixture.posted), before, "calls after keeping it")
        browser.eval(button % "'Stop'")
        browser.key("Enter")
        checks.wait("document.querySelector('.chip').textContent.includes('cancelled')", "the job to be cancelled")
        checks.equal(fixture.posted[-1][0], "/v1/jobs/job_one/cancel")
        fixture.jobs["job_one"].set_state("running", "searching")

    for name, check in [
            ("the head shows name, state, progress and figures", head),
            ("search, validation and test accuracy never share a column or a name", accuracies),
            ("the charts mark every trial and say their finding", charts),
            ("no mark and no word lies outside its chart", inside),
            ("the axes change by their buttons", by_time),
            ("arrow keys walk the trials, Enter selects, the figure follows", keyboard),
            ("a click on a dot selects it in both charts", pointer),
            ("the cell and the chain of blocks are drawn", figure),
            ("spaces without cells show their layers", layers),
            ("the table sorts, filters, turns pages and goes to a trial", table),
            ("the address brings the view back", remembered),
            ("the learning curve has its epochs", curve),
            ("the downloads lead to the best architecture with their types", downloads),
            ("a job without trials says so", none_yet),
            ("a job of one trial is drawn", one),
            ("a job of lost trials shows why", all_lost),
            ("missing numbers are gaps, never NaN", no_numbers),
            ("names are text, never markup", hostile),
            ("5,000 trials are thinned and paged", five_thousand),
            ("pause, resume and stop do what they say, stop asks first", actions)]:
        checks.run(name, check)

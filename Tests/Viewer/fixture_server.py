"""A small server for the browser test: `public/` as the service serves it, and the API from fixtures.

`Fixture` gives the test a hand on it: events appear while a page watches, streams can be cut and
refused, and every request is kept.
"""
import http.server
import json
import pathlib
import re
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

import fixture_catalog
import fixture_data

PUBLIC = pathlib.Path(__file__).resolve().parents[2] / "public"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
FINAL = ("succeeded", "failed", "cancelled")
EXPORTS = {"json": "application/json", "dot": "text/vnd.graphviz", "safetensors": "application/octet-stream"}


class Fixture:
    """The jobs, and what the test does to them."""

    def __init__(self):
        self.jobs = fixture_data.make_jobs()
        self.changed = threading.Condition()
        self.log, self.posted = [], []
        self.stream_generation = 0
        self.refuse = False
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # A page that goes away is no fault.
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.cut()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self):
        return "http://127.0.0.1:%d/" % self.server.server_address[1]

    def change(self, work):
        """Changes jobs and wakes the streams."""
        with self.changed:
            result = work()
            self.changed.notify_all()
        return result

    def cut(self, refuse=False):
        """Ends every stream; with `refuse` every later call of the API fails until `mend`."""
        def work():
            self.stream_generation += 1
            self.refuse = refuse
        self.change(work)

    def mend(self):
        self.refuse = False

    def handler(fixture):
        class Handler(FixtureHandler):
            pass
        Handler.fixture = fixture
        return Handler


class FixtureHandler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    fixture = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urlsplit(self.path)
        path, self.query = unquote(url.path), {k: v[-1] for k, v in parse_qs(url.query).items()}
        self.fixture.log.append(("GET", self.path))
        if not path.startswith("/v1/"):
            return self.static(path)
        if self.fixture.refuse:
            return self.problem(503, "unavailable", "The service is stopping.")
        routes = [
            (r"/v1/jobs", self.jobs), (r"/v1/jobs/([^/]+)", self.job), (r"/v1/jobs/([^/]+)/trials", self.trials),
            (r"/v1/jobs/([^/]+)/trials/(\d+)", self.trial), (r"/v1/jobs/([^/]+)/events", self.events),
            (r"/v1/jobs/([^/]+)/result", self.result),
            (r"/v1/jobs/([^/]+)/pareto", lambda key: self.json(self.fixture.jobs[key].wire_pareto(self.query.get("cost", "macs")))), (r"/v1/architectures/([^/]+)", self.architecture),
            (r"/v1/architectures/([^/]+)/export", self.export),
            (r"/v1/datasets", lambda: self.list(fixture_catalog.DATASETS)), (r"/v1/datasets/([^/]+)", self.dataset),
            (r"/v1/strategies", lambda: self.list(fixture_catalog.STRATEGIES)),
            (r"/v1/pruners", lambda: self.list(fixture_catalog.PRUNERS)),
            (r"/v1/jobs/([^/]+)/supernets", lambda key: self.json({"data": self.fixture.jobs[key].supernets, "next_page_token": None})),
            (r"/v1/jobs/([^/]+)/fidelity", lambda key: self.json(self.fixture.jobs[key].fidelity)),
            (r"/v1/spaces/([^/]+)", lambda key: self.json({one["id"]: one for one in fixture_catalog.SPACES}[key])),
            (r"/v1/spaces", lambda: self.list(fixture_catalog.SPACES))]
        self.route(path, routes)

    def do_POST(self):
        path = unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.fixture.posted.append((path, body.decode(), dict(self.headers)))
        self.route(path, [(r"/v1/jobs", lambda: self.create(json.loads(body))),
                          (r"/v1/jobs/estimate", lambda: self.estimate(json.loads(body))),
                          (r"/v1/jobs/([^/]+)/(cancel|pause|resume)", self.act)])

    def route(self, path, routes):
        for pattern, work in routes:
            if match := re.fullmatch(pattern, path):
                try:
                    return work(*match.groups())
                except KeyError:
                    break
        self.problem(404, "unknown-resource", f"There is nothing at {path}.")

    # Answers

    def send(self, status, body, kind, **headers):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-content-type-options", "nosniff")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def json(self, value, status=200, kind="application/json"):
        self.send(status, json.dumps(value).encode(), kind, cache_control="no-store")

    def problem(self, status, slug, detail, errors=()):
        self.json({"type": f"/problems/{slug}", "title": slug.replace("-", " "), "status": status, "detail": detail,
                   "instance": self.path, "request_id": "r1", "errors": list(errors)}, status, "application/problem+json")

    def list(self, rows):
        """A page of rows; the token is the place of the next one."""
        size, start = int(self.query.get("page_size", 50)), int(self.query.get("page_token", 0))
        end = start + size
        self.json({"data": rows[start:end], "next_page_token": str(end) if end < len(rows) else None})

    def static(self, path):
        file = (PUBLIC / (path.lstrip("/") or "index.html")).resolve()
        if PUBLIC not in file.parents or not file.is_file():
            return self.problem(404, "unknown-resource", f"There is nothing at {path}.")
        self.send(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"),
                  content_security_policy=POLICY, cache_control="no-cache")

    def dataset(self, name):
        self.json({one["name"]: one for one in fixture_catalog.DATASETS}[name])

    # Jobs

    def jobs(self):
        state = self.query.get("state")
        jobs = [job.wire() for job in self.fixture.jobs.values()]
        self.list([job for job in jobs if not state or job["state"] == state])

    def job(self, key):
        self.json(self.fixture.jobs[key].wire())

    def trials(self, key):
        rows = [{k: v for k, v in trial.items() if k != "curve"} for trial in self.fixture.jobs[key].trials]
        if self.query.get("order_by") == "-number":
            rows.reverse()
        self.list(rows)

    def trial(self, key, number):
        trials = self.fixture.jobs[key].trials
        if not 0 < int(number) <= len(trials):
            raise KeyError(number)
        self.json(trials[int(number) - 1])

    def result(self, key):
        result = self.fixture.jobs[key].wire_result()
        if result is None:
            return self.problem(409, "not-ready", "No trial has finished yet.")
        self.json(result)

    def estimate(self, body):
        if errors := self.faults(body):
            return self.problem(422, "validation", "The request has faults.", errors)
        trials = body.get("budget", {}).get("max_trials", 40)
        self.json({"request": body, "slots": 2, **{name: {"low": 0.5 * value, "likely": value, "high": 1.5 * value} for name, value in (
            ("trials", trials), ("trial_seconds", 1.5), ("search_seconds", 0.75 * trials), ("final_seconds", 90), ("peak_memory_bytes", 48e6))},
            "networks_measured": 12, "networks_infeasible": 2})

    def create(self, body):
        if errors := self.faults(body):
            return self.problem(422, "validation", "The request has faults.", errors)
        job = fixture_data.Job("new", body.get("name", ""), state="queued")
        self.fixture.jobs[job.id] = job
        self.json(job.wire(), 201)

    def faults(self, body):
        errors = []
        if not isinstance(body.get("budget", {}).get("max_trials", 1), int):
            errors.append({"pointer": "/budget/max_trials", "detail": "must be a whole number of 1 or more"})
        population = body.get("strategy", {}).get("params", {}).get("population", 20)
        if not isinstance(population, int) or not 2 <= population <= 1000:
            errors.append({"pointer": "/strategy/params/population", "detail": f"{population} must be a whole number from 2 to 1000"})
        control = body.get("control", 0.1)
        if not isinstance(control, (int, float)) or not 0 <= control <= 0.5:
            errors.append({"pointer": "/control", "detail": f"must be a number from 0 to 0.5, not {control}"})
        for index, one in enumerate(body.get("objectives", [])):
            if not isinstance(one.get("limit", 1), (int, float)):
                errors.append({"pointer": f"/objectives/{index}/limit", "detail": "must be a number"})
        if body.get("strategy", {}).get("name") in ("darts", "enas"):
            # What a search on shared weights takes none of.
            for pointer, is_there in (("/pruner", body.get("pruner")), ("/proxies", body.get("proxies")), ("/filter", body.get("filter")), ("/control", body.get("control")), ("/objectives", len(body.get("objectives", [])) > 1),
                                      ("/budget/target_accuracy", body.get("budget", {}).get("target_accuracy"))):
                if is_there:
                    errors.append({"pointer": pointer, "detail": "is not for a search on shared weights"})
        elif body.get("final", {}).get("controls"):
            errors.append({"pointer": "/final/controls", "detail": "is for strategies that share weights"})
        if body.get("name") == "clash":
            errors.append({"pointer": "/labels/0", "detail": "must be a word"})
        return errors

    def act(self, key, verb):
        job = self.fixture.jobs[key]
        state = {"cancel": "cancelled", "pause": "paused", "resume": "running"}[verb]
        self.fixture.change(lambda: job.set_state(state))
        self.json(job.wire(), 202)

    def architecture(self, key):
        self.json(self.found(key))

    def found(self, key):
        return next((job.architectures[key] for job in self.fixture.jobs.values() if key in job.architectures), None) or {}[key]

    def export(self, key):
        form = self.query["format"]
        self.found(key)
        self.send(200, b"{}", EXPORTS[form], content_disposition=f'attachment; filename="{key}.{form}"')

    # Events

    def events(self, key):
        job = self.fixture.jobs[key]
        after = int(self.headers.get("last-event-id") or self.query.get("after", 0))
        if "text/event-stream" not in (self.headers.get("accept") or ""):
            size = int(self.query.get("page_size", 50))
            page = job.events[after:after + size]
            has_ended = job.record["state"] in FINAL
            return self.json({"data": page, "next_after": after + len(page),
                              "ended": has_ended and after + len(page) >= len(job.events)})
        if job.record["state"] in FINAL and after >= len(job.events):
            return self.send(204, b"", "text/event-stream")
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-store")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        generation = self.fixture.stream_generation
        try:
            self.wfile.write(b": hello\n\n")
            while generation == self.fixture.stream_generation:
                for event in job.events[after:]:
                    text = json.dumps(event)
                    self.wfile.write(f"id: {event['sequence']}\nevent: {event['kind']}\ndata: {text}\n\n".encode())
                    after = event["sequence"]
                self.wfile.flush()
                if job.record["state"] in FINAL:
                    return
                with self.fixture.changed:
                    if len(job.events) == after and generation == self.fixture.stream_generation:
                        self.fixture.changed.wait(1)
        except OSError:
            pass  # The page went away.


if __name__ == "__main__":
    with Fixture() as fixture:
        print(fixture.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass

"""Drives a real headless Chromium with the standard library alone: the DevTools protocol over a pipe.

    with Browser() as browser:
        browser.open("http://127.0.0.1:8080/")
        browser.wait("document.body.dataset.ready === 'true'")
        browser.click("button.primary")
        browser.shot("page.png")

Needs one Debian package, chromium, or its path in CHROMIUM. No port, no driver, nothing installed.
"""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from urllib.parse import urlsplit

KEYS = {"Enter": 13, "Tab": 9, "Escape": 27, " ": 32, "End": 35, "Home": 36,
        "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


class Failure(Exception):
    """A browser that does not answer, or a page that does not do what was waited for."""


def find_chromium():
    """The path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, names) if path), None)


class Browser:
    """One browser with one page; notes errors, requests and failed requests of the page."""

    def __init__(self, size=(1360, 900), dark=False, timeout=60.0):
        self.size, self.dark, self.timeout = size, dark, timeout
        self.errors, self.requests, self.bad = [], [], []
        self._id, self._buffer, self._session = 0, b"", None

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="atelier-browser-")
        command_read, self._write = os.pipe()
        self._read, event_write = os.pipe()

        def take_descriptors():
            # Chromium reads commands on 3 and writes events on 4; move both away before claiming them.
            pair = [os.dup(command_read), os.dup(event_write)]
            pair = [os.dup(fd) if fd in (3, 4) else fd for fd in pair]
            os.dup2(pair[0], 3)
            os.dup2(pair[1], 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        arguments = [
            find_chromium(), "--headless=new", "--remote-debugging-pipe",
            f"--user-data-dir={self._folder}", "--no-first-run", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            "--force-color-profile=srgb", "--lang=en", "--window-size=%d,%d" % self.size]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium refuses its sandbox as root.
        try:
            self._process = subprocess.Popen(
                arguments + ["about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=take_descriptors,
                start_new_session=True)
        finally:
            os.close(command_read)
            os.close(event_write)
        try:
            target = self.call("Target.createTarget", {"url": "about:blank"}, root=True)["targetId"]
            self._session = self.call(
                "Target.attachToTarget", {"targetId": target, "flatten": True}, root=True)["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log", "DOM", "Accessibility"):
                self.call(domain + ".enable")
            self.resize(*self.size)
            self.theme(self.dark)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        except ProcessLookupError:
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._folder, ignore_errors=True)

    # The protocol

    def _message(self, wait):
        while b"\0" not in self._buffer:
            if not select.select([self._read], [], [], max(0, wait))[0]:
                return None
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise Failure("Chromium went away")
            self._buffer += chunk
        raw, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(raw)

    def _note(self, message):
        kind, said = message["method"], message.get("params", {})
        if kind == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif kind == "Runtime.consoleAPICalled" and said["type"] == "error":
            self.errors.append(" ".join(str(a.get("value", a.get("description"))) for a in said["args"]))
        elif kind == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.errors.append(said["entry"]["text"] + " " + said["entry"].get("url", ""))
        elif kind == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif kind == "Network.responseReceived" and said["response"]["status"] >= 400:
            self.bad.append("%d %s" % (said["response"]["status"], said["response"]["url"]))
        elif kind == "Network.loadingFailed" and not said.get("canceled"):
            self.bad.append(said.get("errorText", "failed"))

    def call(self, method, params=None, root=False):
        """Sends one command and returns its result; notes the events that come before it."""
        self._id += 1
        message = {"id": self._id, "method": method, "params": params or {}}
        if self._session and not root:
            message["sessionId"] = self._session
        data, end = json.dumps(message).encode() + b"\0", time.monotonic() + self.timeout
        while data:
            data = data[os.write(self._write, data):]
        while True:
            answer = self._message(end - time.monotonic())
            if answer is None:
                raise Failure(f"{method}: no answer in {self.timeout} s")
            if answer.get("id") == message["id"]:
                if "error" in answer:
                    raise Failure(f'{method}: {answer["error"]["message"]}')
                return answer["result"]
            if "method" in answer:
                self._note(answer)

    def settle(self, seconds):
        """Takes events in for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = self._message(left)
            if message and "method" in message:
                self._note(message)

    def eval(self, script):
        """The value of a script's expression; promises are awaited."""
        result = self.call("Runtime.evaluate", {
            "expression": script, "awaitPromise": True, "returnByValue": True})
        if "exceptionDetails" in result:
            raise Failure(result["exceptionDetails"].get("exception", {}).get("description", script))
        return result["result"].get("value")

    def wait(self, script, what=None, timeout=None):
        """Waits until an expression holds."""
        end = time.monotonic() + (timeout or self.timeout)
        while time.monotonic() < end:
            if self.eval(script):
                return
            self.settle(0.05)
        raise Failure(f"waited for {what or script}")

    # What a person does

    def open(self, url):
        """Opens a page and forgets what the one before it noted."""
        self.errors, self.requests, self.bad = [], [], []
        result = self.call("Page.navigate", {"url": url})
        if result.get("errorText"):
            raise Failure(f'{url}: {result["errorText"]}')
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'", "the page")

    def resize(self, width, height):
        self.size = (width, height)
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def theme(self, dark):
        self.dark = dark
        self.call("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def click(self, css):
        box = self.eval(
            "(() => { const e = document.querySelector(%s); if (!e) return null;"
            " e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()" % json.dumps(css))
        if not box:
            raise Failure(f"nothing to click at {css}")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", {
                "type": kind, "x": box[0], "y": box[1], "clickCount": 1,
                "button": "none" if kind == "mouseMoved" else "left"})

    def focus(self, css):
        self.eval(f"document.querySelector({json.dumps(css)}).focus()")

    def key(self, key):
        kinds = ("rawKeyDown", "char", "keyUp") if key == "Enter" else ("rawKeyDown", "keyUp")
        for kind in kinds:
            text = {"text": "\r"} if kind == "char" else {}
            self.call("Input.dispatchKeyEvent", {
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": KEYS.get(key, 0), **text})

    def type(self, css, text):
        """Replaces the text of a field as a person would."""
        self.focus(css)
        self.eval(f"document.querySelector({json.dumps(css)}).select()")
        self.call("Input.insertText", {"text": text})

    def choose(self, css, value):
        """Sets a select or a check box and tells the page."""
        self.eval(
            "(() => { const e = document.querySelector(%s); const v = %s;"
            " if (typeof v === 'boolean') e.checked = v; else e.value = v;"
            " e.dispatchEvent(new Event('input', {bubbles: true}));"
            " e.dispatchEvent(new Event('change', {bubbles: true})); })()"
            % (json.dumps(css), json.dumps(value)))

    def shot(self, path, full=True):
        """Saves a picture of the page."""
        params = {"format": "png", "captureBeyondViewport": full}
        if full:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            params["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", params)["data"]))

    # What is true of every good page

    def wide(self):
        """Elements that reach past the page's right edge."""
        return self.eval("""[...document.querySelectorAll('main *')].filter((one) => !one.closest('.scroll, .figure, svg'))
          .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
          .map((one) => `${one.tagName.toLowerCase()}.${one.className}`).slice(0, 4)""")

    def nameless(self):
        """Controls and images of the accessibility tree that have no name."""
        roles = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "slider",
                 "spinbutton", "switch", "tab", "image", "img", "application", "progressbar"}
        return [node["role"]["value"] for node in self.call("Accessibility.getFullAXTree")["nodes"]
                if not node.get("ignored") and node.get("role", {}).get("value") in roles
                and not node.get("name", {}).get("value", "").strip()]

    def away(self):
        """Requests to any other host than the page's."""
        host = urlsplit(self.eval("location.href")).netloc
        return [url for url in self.requests
                if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != host]

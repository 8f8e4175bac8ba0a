"""Checks by name: each is a function that raises where a promise is broken."""
import json
import traceback

from browser import Failure

READY = "document.body?.dataset.ready === 'true'"

# Facts of a page that no page may get wrong: text contrast, ids, sideways scroll, language, heading.
FACTS = r"""(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const colours = new Map();
  const colour = (text) => {
    if (colours.has(text)) return colours.get(text);
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    colours.set(text, [r, g, b, a / 255]);
    return colours.get(text);
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = (element) => {
    const stack = [];
    for (let node = element; node; node = node.parentElement) {
      const c = colour(getComputedStyle(node).backgroundColor); stack.push(c); if (c[3] === 1) break;
    }
    return stack.reverse().reduce((below, c) => over(c, below), [255, 255, 255, 1]);
  };
  const seen = (element) => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && style.opacity !== '0';
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (element.disabled || !seen(element) || !hasText) continue;
    const style = getComputedStyle(element), isDrawn = Boolean(element.closest('svg'));
    // In a figure a text stands on its own box's rectangle, or on the card.
    const box = isDrawn ? element.parentElement.querySelector(':scope > rect') : null;
    const below = box ? colour(getComputedStyle(box).fill) : ground(isDrawn ? element.closest('svg').parentElement : element);
    const found = ratio(over(colour(isDrawn ? style.fill : style.color), below), below);
    const isBig = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
    if (found < (isBig ? 3 : 4.5)) low.push(element.textContent.trim().slice(0, 30) + ' ' + found.toFixed(2));
  }
  const marks = [];
  for (const [selector, property] of [['.dot', 'fill'], ['.low', 'fill'], ['.lost', 'stroke'], ['.front', 'fill'],
      ['.hollow', 'stroke'], ['.dot.control', 'fill'], ['.hollow.control', 'stroke'], ['.repeat', 'stroke'],
      ['.line.best', 'stroke'], ['.wire', 'stroke'], ['.selected circle', 'fill'], ['.pill rect', 'fill']]) {
    const mark = document.querySelector('svg ' + selector);
    if (!mark) continue;
    const found = ratio(colour(getComputedStyle(mark)[property]), ground(mark.closest('svg').parentElement));
    if (found < 3) marks.push(selector + ' ' + found.toFixed(2));
  }
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id), root = document.documentElement;
  const small = [...document.querySelectorAll('button, .button, select')].filter((element) => seen(element)
    && !element.matches('.plain') && element.getBoundingClientRect().height < 33.5).map((element) => element.textContent.slice(0, 20));
  return {
    low: [...new Set(low)], marks, small, twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    sideways: root.scrollWidth - root.clientWidth, lang: root.lang, headings: document.querySelectorAll('h1').length,
    title: document.title, described: [...document.querySelectorAll('[aria-describedby], [aria-labelledby]')].flatMap((element) =>
      [element.getAttribute('aria-describedby'), element.getAttribute('aria-labelledby')].filter(Boolean).join(' ').split(' '))
      .filter((id) => !document.getElementById(id)),
  };
})()"""


class Checks:
    """Runs checks one by one, prints each and counts."""

    def __init__(self, browser, fixture=None):
        self.browser, self.fixture = browser, fixture
        self.passed, self.failed = 0, 0

    def run(self, name, work):
        try:
            work()
        except (Failure, AssertionError) as error:
            self.failed += 1
            print(f"not ok  {name}: {error}")
        except Exception:
            self.failed += 1
            print(f"not ok  {name}:\n{traceback.format_exc()}")
        else:
            self.passed += 1
            print(f"ok      {name}")

    def open(self, path, ready=True):
        self.browser.open(self.fixture.url + path)
        if ready:
            self.browser.wait(READY, f"{path} to be ready")

    def eval(self, script):
        return self.browser.eval(script)

    def text(self, css):
        return self.browser.eval(f"document.querySelector({json.dumps(css)})?.textContent ?? ''")

    def holds(self, script, what=None):
        assert self.browser.eval(script), what or script

    def equal(self, found, wanted, what=""):
        assert found == wanted, f"{what} is {found!r}, not {wanted!r}"

    def wait(self, script, what=None, timeout=None):
        self.browser.wait(script, what, timeout)

    def sound(self, allowed=()):
        """The page has none of the faults that any page can have."""
        browser, facts = self.browser, self.browser.eval(FACTS)
        faults = [f"error: {e}" for e in browser.errors if not any(word in e for word in allowed)]
        faults += [f"request: {b}" for b in browser.bad if not any(word in b for word in allowed)]
        faults += [f"other host: {url}" for url in browser.away()]
        faults += [f"no name: {role}" for role in browser.nameless()]
        faults += [f"low contrast: {one}" for one in facts["low"] + facts["marks"]]
        faults += [f"small target: {one}" for one in facts["small"]]
        faults += [f"id twice: {one}" for one in facts["twice"]]
        faults += [f"names no element: {one}" for one in facts["described"]]
        if facts["sideways"] > 0:
            faults.append(f"scrolls sideways by {facts['sideways']} px: {browser.wide()}")
        if facts["lang"] != "en":
            faults.append(f"lang is {facts['lang']!r}")
        if facts["headings"] != 1:
            faults.append(f"{facts['headings']} h1")
        if not facts["title"].endswith("Atelier"):
            faults.append(f"title is {facts['title']!r}")
        assert not faults, "; ".join(faults[:12])

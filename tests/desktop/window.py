#!/usr/bin/python3
"""The real window in WebKitGTK: the demo opens, the gallery shows decoded photographs, the keyboard opens one, "Publish now"
publishes it once, the post stands in Activity.

Usage: under a session bus and a display of its own: window.py PROGRAM [PICTURE.png]
It is a person with eyes and keys, no more: what it knows it reads from the page, and at the end from the screen and the sandbox.
"""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from watching import posts, wait

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER, ESCAPE, RIGHT = "\ue004", "\ue007", "\ue00c", "\ue014"

# What the page shows, as functions of what is drawn; nothing is done by script but to drop a file, for which a driver has no hands.
MOUNTED = "return document.querySelector('nav a') !== null"
DECODED = """const seen = [...document.querySelectorAll('[role=option] img')].filter((img) => {
  const box = img.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
});
return seen.length >= 3 && seen.every((img) => img.complete && img.naturalWidth > 0) ? seen.length : 0"""
FOCUSED = "return document.activeElement?.getAttribute('role') === 'option' ? document.activeElement.getAttribute('aria-label') : null"
HEADING = "return document.querySelector('main h1')?.textContent.trim() ?? ''"
LARGE = "const img = document.querySelector('figure img.shown'); return img !== null && img.naturalWidth"
POSTS = "return document.querySelectorAll('main li bdi').length"
POST_SHOWN = "const img = document.querySelector('main li img'); return img !== null && img.complete && img.naturalWidth > 0"

IN_ITS_LOOK = "const img = document.querySelector('figure img.look'); return img !== null && img.complete && img.naturalWidth"
DROP = """const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 });
const pen = canvas.getContext('2d');
pen.fillStyle = 'teal';
pen.fillRect(0, 0, 640, 400);
const bytes = Uint8Array.from(atob(canvas.toDataURL().split(',')[1]), (char) => char.charCodeAt(0));
const dataTransfer = new DataTransfer();
dataTransfer.items.add(new File([bytes], 'Düne & Meer.png', { type: 'image/png' }));
document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Driver:
    """WebKitWebDriver and what it starts: the program, its web view. All end with the block it stands in."""

    def __init__(self, log):
        self.port, self.log = free_port(), log
        # The program lets itself be driven when it is told so.
        automation = {"TAURI_AUTOMATION": "true", "TAURI_WEBVIEW_AUTOMATION": "true"}
        with log.open("w") as out:
            self.process = subprocess.Popen(["WebKitWebDriver", "--host=127.0.0.1", f"--port={self.port}"], stdout=out, stderr=out,
                                            env={**os.environ, **automation, "TMPDIR": str(log.parent), "LC_ALL": "C.UTF-8"},
                                            start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        if error:
            print(self.said(), file=sys.stderr)
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def said(self):
        return self.log.read_text(errors="replace")

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode(errors='replace')}") from error

    def listens(self):
        try:
            return self.ask("GET", "/status")["ready"]
        except OSError:
            return False


class Window:
    """The window of one start of the program; closes with the block it stands in."""

    def __init__(self, driver, program, *words):
        options = {"webkitgtk:browserOptions": {"binary": program, "args": list(words)}}
        self.driver = driver
        self.session = "/session/" + driver.ask("POST", "/session", {"capabilities": {"alwaysMatch": options}})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.ask("DELETE", self.session)

    def reads(self, script):
        return self.driver.ask("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def shows(self, script, what, seconds=20):
        return wait(lambda: self.reads(script), seconds, what)

    def click(self, xpath):
        found = {"using": "xpath", "value": xpath}
        elements = wait(lambda: self.driver.ask("POST", f"{self.session}/elements", found), 20, xpath)
        self.driver.ask("POST", f"{self.session}/element/{elements[0][ELEMENT]}/click", {})

    def press(self, key):
        keys = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.driver.ask("POST", f"{self.session}/actions", {"actions": [{"type": "key", "id": "keys", "actions": keys}]})


def colours_on_screen(picture):
    subprocess.run(["import", "-window", "root", picture], check=True)
    return int(subprocess.run(["convert", picture, "-format", "%k", "info:"], check=True, capture_output=True).stdout)


def button(label):
    return f"//main//button[normalize-space()='{label}']"


def the_gallery_shows_photographs(window, picture):
    window.shows(MOUNTED, "page")
    window.click("//nav//a[normalize-space()='Gallery']")
    count = window.shows(DECODED, "screen of decoded photographs", 60)
    # The page has them; the compositor may need a few frames more.
    colours = wait(lambda: (found := colours_on_screen(picture)) >= 2000 and found, 10, "photographs on the screen")
    print(f"window: {count} photographs in sight, {colours} colours on the screen")


def the_keyboard_opens_a_photo(window):
    for _ in range(40):
        if window.reads(FOCUSED):
            break
        window.press(TAB)
    first = window.shows(FOCUSED, "photo that the tab key reaches")
    window.press(RIGHT)
    label = window.shows(f"const at = (() => {{ {FOCUSED} }})(); return at !== {json.dumps(first)} && at", "next photo")
    window.press(ENTER)
    title = window.shows(f"const at = (() => {{ {HEADING} }})(); return {json.dumps(label)}.startsWith(at) && at", "photo page")
    width = window.shows(LARGE, "large picture", 30)
    window.press(ESCAPE)
    window.shows(FOCUSED, "way back to the gallery")
    window.press(ENTER)
    window.shows(LARGE, "large picture", 30)
    print(f'window: the keyboard opened "{title}", {width} px wide')


def it_publishes_once(window, control):
    assert posts(control) == [], "something was posted before anybody asked"
    window.click(button("Publish now"))
    window.click("//dialog//button[normalize-space()='Publish'][not(@disabled)]")
    window.click("//nav//a[starts-with(normalize-space(), 'Activity')]")
    window.click("//main//*[normalize-space(text())='Publications']")
    window.shows(POSTS, "post in Activity", 60)
    window.shows(POST_SHOWN, "picture of the post")
    posted = posts(control)
    assert len(posted) == 1 and window.reads(POSTS) == 1, posted
    print("window: published one photo; it stands in Activity")


def a_file_opens_in_the_studio(window):
    window.reads(DROP)
    window.shows(f"const at = (() => {{ {HEADING} }})(); return at === 'Düne & Meer.png'", "file on the stage of the Studio")
    width = window.shows(IN_ITS_LOOK, "file in its look", 30)
    print(f"window: a dropped file stands in the Studio, its look {width} px wide")


def main():
    program, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        folder = pathlib.Path(work)
        picture = rest[0] if rest else str(folder / "window.png")
        with Driver(folder / "log") as driver:
            wait(driver.listens, 20, "answer of WebKitWebDriver")
            with Window(driver, program, "--demo") as window:
                told = wait(lambda: re.search(r'control_url="?([^"\s]+)', driver.said()), 10, "line about the sandbox")
                the_gallery_shows_photographs(window, picture)
                the_keyboard_opens_a_photo(window)
                it_publishes_once(window, told.group(1))
                a_file_opens_in_the_studio(window)


main()

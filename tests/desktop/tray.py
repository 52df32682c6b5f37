#!/usr/bin/python3
"""The program as a desktop sees it, over D-Bus and X: the demo starts hidden, "Publish now" publishes, a notice comes, the
window opens and closes, Quit quits; a second start shows the first one's window; a start that fails says so.

Usage: under a session bus and a display of its own: tray.py PROGRAM
It plays the desktop's two parts, the host of tray icons and the one that shows notices, and a browser that only writes down
what it was asked to open. /usr/bin/python3, because python3-dbus belongs to the system's Python.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

import watching
import x11
from watching import posts

WATCHER, PROPERTIES = "org.kde.StatusNotifierWatcher", "org.freedesktop.DBus.Properties"
NOTIFICATIONS = "org.freedesktop.Notifications"


class Watcher(dbus.service.Object):
    """Where tray icons register."""

    items = []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        self.items.append((sender, service) if service.startswith("/") else (service, "/StatusNotifierItem"))

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        names = dbus.Array([name + path for name, path in self.items], signature="s")
        return {"IsStatusNotifierHostRegistered": dbus.Boolean(True), "ProtocolVersion": dbus.Int32(0),
                "RegisteredStatusNotifierItems": names}


class Notices(dbus.service.Object):
    """Where notices are shown."""

    shown = []

    @dbus.service.method(NOTIFICATIONS, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, timeout):
        self.shown.append((str(summary), str(body), [str(action) for action in actions], str(hints.get("image-path", ""))))
        return dbus.UInt32(len(self.shown))

    @dbus.service.method(NOTIFICATIONS, out_signature="as")
    def GetCapabilities(self):
        return ["actions", "body", "body-markup"]

    @dbus.service.method(NOTIFICATIONS, out_signature="ssss")
    def GetServerInformation(self):
        return "test", "Pierrot", "1", "1.2"

    @dbus.service.method(NOTIFICATIONS, in_signature="u")
    def CloseNotification(self, notice):
        pass

    @dbus.service.signal(NOTIFICATIONS, signature="us")
    def ActionInvoked(self, notice, action):
        pass

    @dbus.service.signal(NOTIFICATIONS, signature="uu")
    def NotificationClosed(self, notice, reason):
        pass


def wait(ready, seconds, what):
    """Waits for the first true answer; meanwhile the desktop's two parts do theirs."""
    def heard():
        while GLib.MainContext.default().iteration(False):
            pass
        return ready()
    return watching.wait(heard, seconds, what)


def menu_of(bus):
    service, path = Watcher.items[-1]
    where = dbus.Interface(bus.get_object(service, path), PROPERTIES).Get("org.kde.StatusNotifierItem", "Menu")
    return dbus.Interface(bus.get_object(service, where), "com.canonical.dbusmenu")


def rows_of(menu):
    """Label to (id, enabled), submenus included."""
    found, (_, layout) = {}, menu.GetLayout(0, -1, dbus.Array([], signature="s"))
    todo = [layout]
    while todo:
        number, properties, children = todo.pop()
        found[str(properties.get("label", ""))] = (number, bool(properties.get("enabled", True)))
        todo.extend(children)
    return found


def click(menu, label):
    number, enabled = rows_of(menu)[label]
    assert enabled, f"{label} cannot be clicked"
    menu.Event(number, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))


def children(process):
    """The names of the processes that one started."""
    command = ["pgrep", "-l", "-P", str(process)]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return [line.split(" ", 1)[1] for line in lines]


def browser_into(folder):
    """A program that stands in for the browser; what it is asked to open is written into the file it returns."""
    opened = folder / "opened"
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" >>{opened}\n')
    program.chmod(0o755)
    return opened


class Program:
    """The program under test; ends with the block it stands in, and shows its log when that fails."""

    def __init__(self, path, folder, *words, **variables):
        self.log = folder / f"log-{len(list(folder.iterdir()))}"
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "TMPDIR": str(folder), **variables}
        with self.log.open("w") as out:
            self.process = subprocess.Popen([path, *words], env=environment, stdout=out, stderr=out)

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        if error:
            print(self.said(), file=sys.stderr)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def said(self):
        return self.log.read_text(errors="replace")

    def says(self, what, times=1):
        wait(lambda: self.said().count(what) >= times, 30, what)

    def ends(self, code):
        wait(lambda: self.process.poll() is not None, 70, "end of the program")
        assert self.process.returncode == code, f"it ended with {self.process.returncode}, not {code}"

    def web_views(self):
        return [name for name in children(self.process.pid) if name.startswith("WebKitWeb")]


def the_tray_publishes(path, folder, bus, notices):
    opened = browser_into(folder)
    with Program(path, folder, "--demo", "--hidden") as app:
        wait(lambda: Watcher.items, 30, "tray icon")
        told = wait(lambda: re.search(r'home=(\S+) control_url="?([^"\s]+)', app.said()), 30, "line about the sandbox")
        home, control = told.groups()
        menu = menu_of(bus)
        wait(lambda: {"Publish now", "Sync now"} <= rows_of(menu).keys(), 60, "end of the first sync")
        labels = list(rows_of(menu))
        for label in ["Sync now", "Pause", "Until tomorrow", "For a week", "Until I resume", "Open Pierrot", "Quit"]:
            assert label in labels, f"{label} is not in {labels}"
        assert not app.web_views(), "hidden in the tray there is a web view"

        assert posts(control) == [], "something was posted before anybody asked"
        click(menu, "Publish now")
        summary, body, actions, picture = wait(lambda: notices.shown, 60, "notice")[0]
        assert summary == "Published to X" and "default" in actions, (summary, body, actions)
        assert pathlib.Path(picture).read_bytes()[:3] == b"\xff\xd8\xff", f"the notice has no picture at {picture!r}"
        assert len(posts(control)) == 1, posts(control)
        # The program listens for clicks a moment after the notice is up; a person is slower than that, this is not.
        clicked = lambda: notices.ActionInvoked(1, "default") or (opened.exists() and opened.read_text().strip())
        address = wait(clicked, 10, "post in the browser")
        assert address in body, f"{address} is not the post of {body}"

        click(menu, "Until tomorrow")
        wait(lambda: "Demo: Paused until tomorrow" in rows_of(menu) and "Resume" in rows_of(menu), 10, "pause")
        click(menu, "Resume")
        wait(lambda: "Pause" in rows_of(menu), 10, "end of the pause")

        for time_opened in (1, 2):
            click(menu, "Open Pierrot")
            app.says("window mounted", time_opened)
            assert app.web_views(), "a window without a web view"
            wait(lambda: x11.close("Pierrot"), 10, "window to close")
            wait(lambda: not app.web_views(), 10, "end of the web view")
        wait(lambda: not any(name.startswith("WebKit") for name in children(app.process.pid)), 20, "end of WebKit")
        assert len(posts(control)) == 1, posts(control)

        click(menu, "Quit")
        app.ends(0)
        assert not pathlib.Path(home).exists(), "the demo's home stays behind"
    print(f"tray: published one photo, the notice led to {address}, the window came and went, quit with 0")


def quitting_in_the_middle_asks(path, folder, bus, notices):
    items, seen = len(Watcher.items), len(notices.shown)
    with Program(path, folder, "--demo", "--hidden", PIERROT_LOG="pierrot_app=info,pierrot_core=debug") as app:
        control = wait(lambda: re.search(r'control_url="?([^"\s]+)', app.said()), 30, "line about the sandbox").group(1)
        wait(lambda: len(Watcher.items) > items, 30, "tray icon")
        menu = menu_of(bus)
        wait(lambda: {"Publish now", "Sync now"} <= rows_of(menu).keys(), 60, "end of the first sync")

        def quit_while_publishing(answer):
            fault = json.dumps({"server": "x", "method": "POST", "kind": "hang", "seconds": 3, "times": 1}).encode()
            urllib.request.urlopen(f"{control}/faults", fault, timeout=5).close()
            click(menu, "Publish now")
            wait(lambda: not rows_of(menu).get("Publish now", (0, False))[1], 20, "publication")
            click(menu, "Quit")
            wait(lambda: answer("Quit Pierrot?"), 20, "question before quitting")
            wait(lambda: not answer("Quit Pierrot?"), 20, "end of the question")

        quit_while_publishing(x11.close)
        wait(lambda: len(notices.shown) > seen, 60, "end of the publication")
        quit_while_publishing(x11.press_return)
        app.ends(0)
        assert app.said().count("effect=Stop(Published)") == 2, app.said()
    print("tray: quitting in the middle of a publication asked first: it kept running, then finished and quit")


def a_second_start_shows_the_window(path, folder):
    home = str(folder / "home")
    with Program(path, folder, "--home", home, "--hidden") as first:
        first.says("engine started")
        with Program(path, folder, "--home", home, "--hidden") as quiet:
            quiet.ends(0)
        assert not first.web_views(), "a second hidden start opened the window"
        with Program(path, folder, "--home", home) as second:
            second.ends(0)
        first.says("window mounted")
        with Program(path, folder, "--home", home, PIERROT_SEVERAL="1") as other:
            other.says("Pierrot could not start")
            wait(lambda: other.web_views(), 30, "window that says why")
        first.process.send_signal(signal.SIGTERM)
        first.ends(0)
    print("tray: a second start showed the first one's window")


def a_start_that_fails_says_so(path, folder):
    home = folder / "broken"
    home.mkdir()
    (home / "config.toml").write_text("[flickr]\nusr = 'me'\n")
    with Program(path, folder, "--home", str(home), PIERROT_SEVERAL="1") as app:
        app.says("Pierrot could not start")
        assert "flickr.user" in app.said(), app.said()
        wait(lambda: app.web_views(), 30, "window that says why")
        wait(lambda: x11.close("Pierrot"), 30, "window to close")
        app.ends(1)
    print("tray: a start that failed said why")


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    names = [dbus.service.BusName(name, bus, do_not_queue=True) for name in (WATCHER, NOTIFICATIONS)]
    watcher, notices = Watcher(bus, "/StatusNotifierWatcher"), Notices(bus, "/org/freedesktop/Notifications")
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        the_tray_publishes(sys.argv[1], folder, bus, notices)
        quitting_in_the_middle_asks(sys.argv[1], folder, bus, notices)
        a_second_start_shows_the_window(sys.argv[1], folder)
        a_start_that_fails_says_so(sys.argv[1], folder)
    del names, watcher


main()

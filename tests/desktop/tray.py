#!/usr/bin/python3
"""The tray over D-Bus, as a desktop sees it: the demo starts hidden, "Publish now" publishes, a notice comes, Quit quits.

Usage: under a session bus and a display of its own: tray.py PROGRAM
It plays the desktop's two parts, the host of tray icons and the one that shows notices, and a browser that only writes down
what it was asked to open. /usr/bin/python3, because python3-dbus belongs to the system's Python.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

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
        self.shown.append((str(summary), str(body), [str(action) for action in actions]))
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
    """Waits for the first true answer and returns it."""
    end = time.monotonic() + seconds
    while True:
        while GLib.MainContext.default().iteration(False):
            pass
        answer = ready()
        if answer:
            return answer
        assert time.monotonic() < end, f"no {what} within {seconds} s"
        time.sleep(0.05)


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


def posts(control):
    with urllib.request.urlopen(f"{control}/state?log=0", timeout=5) as answer:
        return json.load(answer)["posts"]


def descendants(process):
    """The names of all processes below one."""
    names, todo = [], [process]
    while todo:
        current = todo.pop()
        children = subprocess.run(["pgrep", "-P", str(current)], capture_output=True, text=True, check=False).stdout.split()
        names += [pathlib.Path(f"/proc/{child}/comm").read_text().strip() for child in children]
        todo += children
    return names


def browser_into(folder):
    """A program that stands in for the browser; what it is asked to open is written into the file it returns."""
    opened = folder / "opened"
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" >>{opened}\n')
    program.chmod(0o755)
    return opened


def check(app, log, opened, bus, notices):
    log_text = lambda: log.read_text(errors="replace")
    wait(lambda: Watcher.items, 30, "tray icon")
    told = wait(lambda: re.search(r'home=(\S+) control_url="?([^"\s]+)', log_text()), 30, "line about the sandbox")
    home, control = told.groups()
    menu = menu_of(bus)
    wait(lambda: rows_of(menu).get("Publish now", (0, False))[1], 60, "'Publish now' that can be clicked")
    labels = list(rows_of(menu))
    for label in ["Sync now", "Pause", "Until tomorrow", "For a week", "Until I resume", "Open Pierrot", "Quit"]:
        assert label in labels, f"{label} is not in {labels}"
    assert not [name for name in descendants(app.pid) if "WebKit" in name], "hidden in the tray there is a web view"

    assert posts(control) == [], "something was posted before anybody asked"
    click(menu, "Publish now")
    summary, body, actions = wait(lambda: notices.shown, 60, "notice")[0]
    assert summary == "Published to x" and "default" in actions, (summary, body, actions)
    assert len(posts(control)) == 1, posts(control)
    notices.ActionInvoked(1, "default")
    address = wait(lambda: opened.exists() and opened.read_text().strip(), 10, "post in the browser")
    assert address in body, f"{address} is not the post of {body}"

    click(menu, "Until tomorrow")
    wait(lambda: "Paused until tomorrow" in rows_of(menu) and "Resume" in rows_of(menu), 10, "pause")
    click(menu, "Resume")
    wait(lambda: "Pause" in rows_of(menu), 10, "end of the pause")
    assert len(posts(control)) == 1, posts(control)

    click(menu, "Quit")
    wait(lambda: app.poll() is not None, 70, "end of the program")
    assert app.returncode == 0, f"it ended with {app.returncode}"
    assert not pathlib.Path(home).exists(), "the demo's home stays behind"
    print(f"tray: published one photo, the notice led to {address}, quit with 0")


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    names = [dbus.service.BusName(name, bus, do_not_queue=True) for name in (WATCHER, NOTIFICATIONS)]
    parts = [Watcher(bus, "/StatusNotifierWatcher"), Notices(bus, "/org/freedesktop/Notifications")]
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        log, opened = folder / "log", browser_into(folder)
        environment = {**os.environ, "PATH": f"{work}:{os.environ['PATH']}", "TMPDIR": work}
        with log.open("w") as out:
            app = subprocess.Popen([sys.argv[1], "--demo", "--hidden"], env=environment, stdout=out, stderr=out)
        try:
            check(app, log, opened, bus, parts[1])
        except BaseException:
            print(log.read_text(errors="replace"), file=sys.stderr)
            raise
        finally:
            if app.poll() is None:
                app.kill()
                app.wait()
    del names


main()

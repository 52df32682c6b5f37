#!/usr/bin/python3
"""What the desktop program costs on a home: memory and idle CPU in the tray, the time to the first photographs on the screen,
memory with the gallery open, and in the tray again once it is closed.

Usage: under a session bus and a display of its own: figures.py PROGRAM HOME
Memory is PSS of the program and all it started, from /proc; the time ends when the screen itself shows photographs.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import x11
from watching import wait

TICKS = os.sysconf("SC_CLK_TCK")
# The page's own letters and lines have some hundred colours where the gallery is; one row of photographs has thousands.
PHOTOGRAPHS = 600
STARTS, QUIET_S, IDLE_S = 5, 3, 30


def about(process, file):
    """What /proc says; nothing of a process that is gone."""
    try:
        return pathlib.Path(f"/proc/{process}/{file}").read_text()
    except OSError:
        return ""


def numbers(process):
    """The fields of its stat after the name, from the state on."""
    return about(process, "stat").rpartition(")")[2].split()


def tree(root):
    """A process and all below it."""
    children = {}
    for process in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        children.setdefault((numbers(process) or [None, "0"])[1], []).append(process)
    found = [root]
    for process in found:
        found.extend(children.get(str(process), []))
    return found


def memory(root):
    """PSS in MB (10^6): all of it, and the part that no file backs."""
    sums = {"Pss": 0, "Pss_Anon": 0}
    for process in tree(root):
        for line in about(process, "smaps_rollup").splitlines()[1:]:
            name, kilobytes = line.split()[:2]
            if name[:-1] in sums:
                sums[name[:-1]] += int(kilobytes) * 1024
    return sums["Pss"] / 1e6, sums["Pss_Anon"] / 1e6


def cpu(root):
    """User and system seconds."""
    return sum(int(ticks) for process in tree(root) for ticks in numbers(process)[11:13]) / TICKS


def settle(root):
    """Until nothing was computed for a while."""
    end = time.monotonic() + 90
    last, since = cpu(root), time.monotonic()
    while time.monotonic() - since < QUIET_S and time.monotonic() < end:
        time.sleep(0.2)
        now = cpu(root)
        if now - last > 0.02:
            last, since = now, time.monotonic()


def idle(root):
    """Share of one core, in percent."""
    began, before = time.monotonic(), cpu(root)
    time.sleep(IDLE_S)
    return 100 * (cpu(root) - before) / (time.monotonic() - began)


class Program:
    def __init__(self, folder, *words):
        self.log = folder / "log"
        with self.log.open("w") as out:
            self.began = time.monotonic()
            self.process = subprocess.Popen(words, stdout=out, stderr=out)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        if error:
            print(self.log.read_text(errors="replace"), file=sys.stderr)
        self.process.terminate()
        self.process.wait(60)

    def says(self, what):
        wait(lambda: what in self.log.read_text(errors="replace"), 60, what)

    def web_views(self):
        return [process for process in tree(self.pid) if about(process, "comm").startswith("WebKit")]


def tell(what, figure):
    print(f"{what:42} {figure}", flush=True)


def tray(folder, program, home):
    # The first GTK program on a display looks into OpenGL for all that follow; on a desktop it has run long ago.
    with Program(folder, program, "--home", home, "--hidden") as app:
        app.says("engine started")
        settle(app.pid)
    with Program(folder, program, "--home", home, "--hidden") as app:
        app.says("engine started")
        settle(app.pid)
        tell("in the tray, PSS", "%.0f MB (%.0f MB of it anonymous)" % memory(app.pid))
        tell("in the tray, idle CPU", f"{idle(app.pid):.2f} % of a core")


def starts(folder, program, home, screen):
    took = []
    for _ in range(STARTS + 1):
        wait(lambda: screen.colours() < 3, 20, "empty screen")
        with Program(folder, program, "--home", home) as app:
            wait(lambda: screen.colours() > PHOTOGRAPHS, 120, "photographs on the screen", 0.01)
            took.append(time.monotonic() - app.began)
            # What the first start fetched is kept for the others.
            settle(app.pid)
    tell("start to photographs on the screen", f"{statistics.median(took[1:]):.2f} s, median of {STARTS} warm starts; the first {took[0]:.2f} s")


def gallery(folder, program, home, screen):
    with Program(folder, program, "--home", home) as app:
        wait(lambda: screen.colours() > PHOTOGRAPHS, 60, "photographs on the screen")
        settle(app.pid)
        tell("with the gallery, PSS", "%.0f MB (%.0f MB of it anonymous)" % memory(app.pid))
        tell("with the gallery, idle CPU", f"{idle(app.pid):.2f} % of a core")
        x11.close("Pierrot")
        wait(lambda: not app.web_views(), 30, "end of WebKit")
        settle(app.pid)
        tell("in the tray again, PSS", "%.0f MB (%.0f MB of it anonymous)" % memory(app.pid))


def main():
    program, home = sys.argv[1:]
    screen = x11.Screen((230, 160, 770, 540))
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        tray(folder, program, home)
        starts(folder, program, home, screen)
        gallery(folder, program, home, screen)


main()

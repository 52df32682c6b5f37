"""What the desktop's tests share: waiting for something to become true, and the posts that the sandbox has."""
import json
import time
import urllib.request


def wait(ready, seconds, what, pause=0.05):
    """Waits for the first true answer and returns it."""
    end = time.monotonic() + seconds
    while True:
        answer = ready()
        if answer:
            return answer
        assert time.monotonic() < end, f"no {what} within {seconds} s"
        time.sleep(pause)


def posts(control):
    with urllib.request.urlopen(f"{control}/state?log=0", timeout=5) as answer:
        return json.load(answer)["posts"]

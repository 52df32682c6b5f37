"""Another program on a Pierrot record in a folder, written from docs/record-format.md alone; standard library only.

Usage: other_program.py RECORD log           prints what the log says as one JSON object
       other_program.py RECORD documents     prints whether the three documents agree with it
       other_program.py RECORD exclude PHOTO writes that a photo never goes out
       other_program.py RECORD word PHOTO TEXT
                                             writes the photographer's own caption
       other_program.py RECORD try PHOTO TARGET ACCOUNT
                                             claims a photo for a target and gives it up again

Exits with 0 if it did so, with 1 if the record is damaged, was written by a newer Pierrot, or does not allow it.
"""

import hashlib
import json
import os
import re
import secrets
import sys
import time

VERSION = 1
KNOWN = ["claimed", "sending", "posted", "released", "needs_review", "resolved", "reopened", "excluded", "included", "worded",
         "imported"]
PHOTO = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
CLOSED, PUBLISHED = "closed", "published"


class Stop(Exception):
    """Nothing may be decided from this record."""


class Void(Exception):
    """The entry breaks its rule."""


class Attempt:
    def __init__(self, entry):
        self.id, self.photo, self.slot = entry["attempt"], entry["photo"], entry["slot"]
        self.about = about(entry)
        self.places = [entry["target"]] + ([entry["account"]] if entry.get("account") else [])
        self.computer = entry["computer"]
        self.stands, self.frozen, self.writer, self.post, self.was_sending = "claimed", None, None, None, False


def about(entry):
    return [entry.get(name) for name in ("attempt", "photo", "target", "account")]


class Fold:
    def __init__(self):
        self.attempts, self.never, self.photos, self.slots = {}, set(), {}, {}
        self.words, self.rows, self.imported_for, self.marked, self.void = {}, {}, set(), set(), []
        self.through, self.last, self.newer = 0, None, False

    def take(self, raw):
        """Folds the bytes under the next number."""
        seq = self.through + 1
        try:
            entry = json.loads(raw)
            version, kind = entry["v"], entry["type"]
        except (ValueError, KeyError, TypeError) as error:
            raise Stop(f"entry {seq} cannot be read ({error})") from error
        if version > VERSION or kind not in KNOWN:
            self.newer = True
        else:
            if entry["seq"] != seq:
                raise Stop(f"entry {seq} calls itself {entry['seq']}")
            if entry.get("prev") not in (None, self.last):
                raise Stop(f"entry {seq} does not follow the one before")
            try:
                getattr(self, kind)(entry)
            except Void as why:
                self.void.append([seq, str(why)])
        self.through, self.last = seq, hashlib.sha256(raw).hexdigest()

    def known(self, entry):
        attempt = self.attempts.get(entry["attempt"])
        if attempt is None:
            raise Void("no such attempt")
        return attempt

    def holds(self, attempt):
        for place in attempt.places:
            yield self.photos, (place, attempt.photo)
            yield self.slots, (place, attempt.slot)

    def merely_claimed(self, hold):
        return hold in self.attempts and self.attempts[hold].stands == "claimed"

    def hold_all(self, attempt):
        for table, key in self.holds(attempt):
            if self.merely_claimed(table.get(key)) and table[key] != attempt.id:
                self.end(self.attempts[table[key]], "taken over")
        for table, key in self.holds(attempt):
            table[key] = attempt.id

    def end(self, attempt, how):
        attempt.stands = "ended"
        for table, key in self.holds(attempt):
            if table.get(key) != attempt.id:
                continue
            if table is self.slots:
                if how != "skip":
                    del table[key]
            elif key in self.imported_for:
                table[key] = PUBLISHED
            elif how in ("rejected", "skipped", "skip"):
                table[key] = CLOSED
            else:
                del table[key]

    def claimed(self, entry):
        if entry["attempt"] in self.attempts:
            raise Void("the attempt id was used before")
        if entry["photo"] in self.never:
            raise Void("the photo is on the never-list")
        attempt = Attempt(entry)
        for table, key in self.holds(attempt):
            if key in table and not self.merely_claimed(table[key]):
                raise Void("taken")
        self.hold_all(attempt)
        self.attempts[attempt.id] = attempt

    def sending(self, entry):
        attempt = self.known(entry)
        again = attempt.stands == "sending" and "key" in entry["frozen"]
        if attempt.about != about(entry) or any(table.get(key) != attempt.id for table, key in self.holds(attempt)):
            raise Void("it holds not all")
        if again and attempt.frozen != entry["frozen"]:
            raise Void("another request")
        if not again and (attempt.stands != "claimed" or attempt.computer != entry["computer"]
                          or attempt.photo in self.never):
            raise Void("not claimed by this computer")
        attempt.stands, attempt.frozen, attempt.was_sending = "sending", entry["frozen"], True
        attempt.writer = None if again else entry["writer"]

    def posted(self, entry):
        attempt = self.known(entry)
        if not attempt.was_sending or attempt.stands == "posted":
            raise Void("never sending, or posted already")
        self.hold_all(attempt)
        attempt.stands, attempt.post = "posted", entry["post_id"]

    def released(self, entry):
        attempt = self.known(entry)
        own = attempt.stands == "claimed" and attempt.computer == entry["computer"]
        sent = attempt.stands == "sending" and attempt.writer == entry["writer"]
        if not own and not sent:
            raise Void("only the sender's own proof releases")
        self.end(attempt, entry["why"])

    def needs_review(self, entry):
        attempt = self.known(entry)
        if attempt.stands != "sending":
            raise Void("not sending")
        attempt.stands = "needs review"

    def resolved(self, entry):
        attempt = self.known(entry)
        if attempt.stands != "needs review":
            raise Void("not in review")
        if entry["answer"]["is"] == "posted":
            attempt.stands, attempt.post = "posted", entry["answer"]["post_id"]
        else:
            self.end(attempt, entry["answer"]["is"])

    def reopened(self, entry):
        photo, target = entry["photo"], entry["target"]
        key = (target, photo)
        if key in self.marked:
            self.marked.discard(key)
            self.imported_for.discard(key)
            if self.photos.get(key) == PUBLISHED:
                del self.photos[key]
            left = [target for target, other in self.imported_for if other == photo]
            if not left:
                self.rows.pop(photo, None)
            return
        if self.photos.get(key) != CLOSED:
            raise Void("not closed")
        mine = [attempt for attempt in self.attempts.values() if attempt.photo == photo and attempt.about[2] == target]
        for place in {target} | {place for attempt in mine for place in attempt.places}:
            if self.photos.get((place, photo)) == CLOSED:
                del self.photos[(place, photo)]

    def excluded(self, entry):
        self.never.add(entry["photo"])

    def included(self, entry):
        self.never.discard(entry["photo"])

    def worded(self, entry):
        words = self.words.setdefault(entry["photo"], {})
        target, part = entry.get("target"), entry["part"]
        if target is None:
            for key in [key for key in words if key[1] == part]:
                del words[key]
        words[(target, part)] = entry.get("text")

    def imported(self, entry):
        for photo, row in entry["published"].items():
            if not PHOTO.match(photo) or not isinstance(row, dict):
                continue
            key = (entry["target"], photo)
            if self.merely_claimed(self.photos.get(key)):
                self.end(self.attempts[self.photos[key]], "taken over")
            if not entry.get("by_hand"):
                self.marked.discard(key)
            elif key not in self.imported_for:
                self.marked.add(key)
            self.imported_for.add(key)
            if self.photos.get(key) not in self.attempts:
                self.photos[key] = PUBLISHED
            self.rows.setdefault(photo, row)


def name_of(seq):
    return f"{seq:020}.json"


def read_log(record):
    fold, folder = Fold(), os.path.join(record, "wal")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    numbers = [name for name in names if re.fullmatch(r"[0-9]{20}\.json", name)]
    for place, name in enumerate(numbers, 1):
        if name != name_of(place):
            raise Stop(f"entry {place} is missing")
        with open(os.path.join(folder, name), "rb") as file:
            fold.take(file.read())
    return fold


def create(record, seq, raw):
    """Whether the name was free; durable before it answers."""
    folder = os.path.join(record, "wal")
    temporary = os.path.join(record, f".other-{secrets.token_hex(8)}")
    with open(temporary, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, os.path.join(folder, name_of(seq)))
    except FileExistsError:
        return False
    finally:
        os.unlink(temporary)
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return True


def append(record, writer, fact):
    while True:
        fold = read_log(record)
        if fold.newer:
            raise Stop("a newer Pierrot wrote to this record")
        entry = {"v": VERSION, "seq": fold.through + 1}
        if fold.last is not None:
            entry["prev"] = fold.last
        entry["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        entry.update({"computer": "other-program", "writer": writer})
        entry.update(fact)
        try:
            getattr(fold, fact["type"])(entry)
        except Void as why:
            raise Stop(f"it would not count: {why}") from why
        if create(record, entry["seq"], json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode()):
            return


def documents(record, fold):
    """Holds the three documents against each other and against the log."""
    with open(os.path.join(record, "pierrot-db.json"), "rb") as file:
        db = file.read()
    with open(os.path.join(record, "pierrot-meta.json"), "rb") as file:
        meta = json.load(file)
    with open(os.path.join(record, "pierrot-wal.json"), "rb") as file:
        wal = file.read()
    rows, published = json.loads(db), json.loads(wal)
    ours = published.pop("_pierrot")
    before = wal[:wal.rindex(b'"_pierrot"')].rstrip()
    before = before[:-1] if before.endswith(b",") else before
    return {
        "photos": len(rows),
        "vouched": meta["photos"] == len(rows) and meta["pierrot_db_sha256"] == hashlib.sha256(db).hexdigest(),
        "published": sorted(published),
        "untouched": ours["rows_sha256"] == hashlib.sha256(before).hexdigest() and ours["published"] == len(published),
        "through": ours["through"],
        "follows": ours["through"] < fold.through or ours["sha256"] == fold.last,
        "fields": list(next(iter(rows.values()), {}))[:13],
    }


def told(fold):
    standing = lambda what: sorted(a.photo for a in fold.attempts.values() if a.stands == what)
    posts = sorted([a.photo, a.about[2], a.post] for a in fold.attempts.values() if a.stands == "posted")
    return {
        "entries": fold.through, "sha256": fold.last, "newer": fold.newer, "posts": posts,
        "reviews": standing("needs review"), "claimed": standing("claimed"), "sending": standing("sending"),
        "never": sorted(fold.never), "imported": sorted(fold.rows), "void": [seq for seq, _ in fold.void],
        "closed": sorted({photo for (_, photo), hold in fold.photos.items() if hold == CLOSED}),
        "caption": {photo: words.get((None, "caption")) for photo, words in sorted(fold.words.items())},
    }


def main(record, verb, *words):
    writer = secrets.token_hex(16)
    if verb == "log":
        print(json.dumps(told(read_log(record))))
    elif verb == "documents":
        print(json.dumps(documents(record, read_log(record))))
    elif verb == "exclude":
        append(record, writer, {"type": "excluded", "photo": words[0]})
    elif verb == "word":
        append(record, writer, {"type": "worded", "photo": words[0], "part": "caption", "text": words[1]})
    elif verb == "try":
        own = {"attempt": secrets.token_hex(16), "photo": words[0], "target": words[1], "account": words[2]}
        append(record, writer, {"type": "claimed", **own, "number": 1, "slot": f"{words[1]}/other-{own['attempt']}"})
        append(record, writer, {"type": "released", **own, "why": "given_up", "detail": "only tried"})
    else:
        raise Stop(__doc__)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Stop as why:
        print(why, file=sys.stderr)
        sys.exit(1)

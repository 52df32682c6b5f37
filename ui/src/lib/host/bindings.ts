// Made from Rust by `make bindings`: do not edit.
/* eslint-disable */

/**
 * One thing looked at.
 */
export type Advice = { what: string, ok: boolean, found: string, 
/**
 * The next step where something is missing.
 */
what_now: string | null, };

/**
 * The least public photo that may go out.
 */
export type Allowed = "public" | "friends" | "family" | "contacts" | "all";

/**
 * A call that failed, in words and with the next step.
 */
export type CallError = { code: string, message: string, what_now: string, };

/**
 * New values by dotted key, `targets.x.caption`; null goes back to the default, or removes a whole target.
 */
export type Changes = Record<string, unknown>;

/**
 * The whole diagnosis.
 */
export type Doctor = { healthy: boolean, home: string, checks: Array<Advice>, };

/**
 * How a run ended.
 */
export type Ending = "done" | "nothing" | "needs_you" | "try_later" | "failed" | "cancelled" | "interrupted";

/**
 * One thing that happened.
 */
export type Event = { "type": "sync_page", page: number, pages: number, photos: number, photos_per_s: number, left_s: number, } | { "type": "syncing", what: string, } | { "type": "publishing", photo: PhotoId, target: string, step: PublishStep, } | { "type": "changed", what: string, } | { "type": "run_ended", run: Run, } | { "type": "waiting", seconds: number, why: string, };

/**
 * Where the photos come from and which of them may go out.
 */
export type FlickrSettings = { 
/**
 * `me` (needs a login), an NSID like `12345678@N01`, a user name or the address of a photostream.
 */
user: string, api_url: string, oauth_url: string, privacy: Allowed, 
/**
 * 1 safe, 2 moderate too, 3 everything.
 */
safe_search: number, 
/**
 * `all`, or any of `photos`, `screenshots`, `other`, `virtual`, separated by commas.
 */
content_types: string, 
/**
 * First upload day that may go out, `2004-02-10`.
 */
min_upload_date: string, 
/**
 * Only photos in one of these albums (title or id); empty = all.
 */
albums: Array<string>, albums_exclude: Array<string>, 
/**
 * Only photos with one of these tags; empty = all.
 */
tags: Array<string>, tags_exclude: Array<string>, 
/**
 * The never-list: photo ids that never go out.
 */
never: Array<PhotoId>, 
/**
 * 0 = no limit, for loopback addresses only.
 */
calls_per_second: number, burst: number, };

/**
 * A kind of work.
 */
export type Job = "sync" | "publish" | "recover" | "answer" | "check" | "restore";

/**
 * Entries of the log as written, newest last.
 */
export type LogPage = { 
/**
 * Entries in the whole log.
 */
total: number, entries: Record<string, unknown>[], };

/**
 * The one word for an icon.
 */
export type Mood = "idle" | "working" | "needs_you" | "paused";

/**
 * One publication that waits for an answer.
 */
export type OpenReview = { id: string, photo_id: string, target: string, text: string, detail: string, at: string, 
/**
 * Where to look.
 */
account: string | null, };

export type Outcome = "published" | "dry_run" | "nothing_left" | "needs_review" | "held" | "rejected" | "try_later";

/**
 * The state of the engine.
 */
export type Overview = { version: string, 
/**
 * Nothing that is posted is real.
 */
demo: boolean, home: string, mood: Mood, ready: Ready, 
/**
 * Photos the source has.
 */
photos: number, 
/**
 * Photos published to at least one target.
 */
published: number, reviews: number, under_way: UnderWay | null, targets: Array<TargetView>, 
/**
 * The newest run of its kind that went wrong and was not followed by a better one.
 */
trouble: Array<Run>, 
/**
 * When the last full pass over the source ended, RFC 3339.
 */
synced_at: string | null, };

/**
 * The bare id a source gives to a photo, for example `53572261016`.
 */
export type PhotoId = string;

/**
 * What a probe found, and where.
 */
export type Probed = { place: string, several_computers: boolean, sentence: string, at: string, };

/**
 * What became of it. Fields that do not apply are null.
 */
export type PublishReport = { outcome: Outcome, photo_id: PhotoId | null, target: string, post_id: string | null, post_url: string | null, text: string | null, alt_text: string | null, cost_usd: number | null, 
/**
 * Size of the picture that goes out.
 */
bytes: number | null, width: number | null, height: number | null, 
/**
 * Why this photo, or why none.
 */
reason: string, 
/**
 * For instance that a bare domain in the text makes the post dearer.
 */
warnings: Array<string>, };

export type PublishStep = "claimed" | "prepared" | "uploaded" | "sending" | "posted" | "recorded" | "needs_review" | "released";

/**
 * How many photos an action reached, of those it was asked for.
 */
export type Reached = { done: number, 
/**
 * Why the others were left as they are, in a sentence.
 */
why_not: string | null, };

/**
 * How far setting up has come.
 */
export type Ready = { 
/**
 * Whether the source can be asked.
 */
source: boolean, 
/**
 * Whether the catalogue holds photos.
 */
synced: boolean, 
/**
 * Whether at least one target is signed in.
 */
target: boolean, };

export type RecordKind = "folder" | "s3";

/**
 * Where the official record is kept.
 */
export type RecordSettings = { kind: RecordKind, 
/**
 * Relative to the home, or absolute.
 */
path: string, bucket: string, region: string, 
/**
 * Empty = Amazon S3.
 */
endpoint: string, prefix: string, path_style: boolean, };

/**
 * What a person says about one of them.
 */
export type ReviewAnswer = { "posted": string } | "post_again" | "skip";

/**
 * One attempt at one job. Times are RFC 3339.
 */
export type Run = { id: number, job: Job, target: string | null, 
/**
 * The due time it is for; absent when a person asked.
 */
slot: string | null, started_at: string, ended_at: string | null, took_ms: number | null, 
/**
 * Absent while it is under way.
 */
ending: Ending | null, 
/**
 * What happened, in a sentence.
 */
summary: string, what_now: string | null, photo: string | null, text: string | null, post_url: string | null, 
/**
 * US dollars, as the target charges.
 */
cost_usd: number | null, steps: Array<Step>, };

/**
 * Names of secrets, never values.
 */
export type SecretNames = { set: Array<string>, 
/**
 * All that the settings may use.
 */
known: Array<string>, 
/**
 * Why the keyring cannot be used, where it cannot.
 */
trouble: string | null, };

/**
 * Tags that call for a warning on the post, or keep the photo back.
 */
export type Sensitivity = { adult_content: Array<string>, graphic_violence: Array<string>, other: Array<string>, 
/**
 * A photo with one of these tags is held for the photographer.
 */
hold: Array<string>, };

/**
 * The whole file.
 */
export type Settings = { flickr: FlickrSettings, targets: { [key in string]: TargetSettings }, record: RecordSettings, };

/**
 * One step that was reached.
 */
export type Step = { 
/**
 * `claimed`, `prepared`, `uploaded`, `sending`, `posted`, `recorded`, or what a sync was at.
 */
what: string, 
/**
 * Milliseconds since the run began.
 */
at_ms: number, };

export type TargetKind = "x";

/**
 * One account Pierrot publishes to.
 */
export type TargetSettings = { kind: TargetKind, api_url: string, caption: string, alt: string, 
/**
 * Append the photo's page address; on X any address costs USD 0.20.
 */
link: boolean, 
/**
 * Seconds after sending at which an unclear answer is settled by reading the timeline.
 */
look_after_s: Array<number>, max_bytes: number, max_side: number, 
/**
 * Longest text in X's weighted characters; 280, or up to 25,000 on premium accounts.
 */
max_text: number, sensitive: Sensitivity, };

/**
 * One target at a glance.
 */
export type TargetView = { name: string, 
/**
 * `x:2244994945`; absent before the first sign-in was checked.
 */
account: string | null, signed_in: boolean, 
/**
 * Photos that may go out now.
 */
unpublished: number, published: number, reviews: number, };

/**
 * The job that works now, for a state line and a progress bar.
 */
export type UnderWay = { run: number, job: Job, target: string | null, 
/**
 * What it is at, in a person's words.
 */
doing: string, 
/**
 * 0 to 1; absent when it cannot be told.
 */
progress: number | null, 
/**
 * Seconds left, as far as can be told.
 */
left_s: number | null, can_be_cancelled: boolean, };

/** Every call of the engine: what it takes and what it answers. */
export interface Calls {
  /** What the shell shows on every screen. */
  overview: { args: Record<string, never>; result: Overview };
  /** The newest runs, newest first, older than `before`. */
  runs: { args: { before: number | null, limit: number }; result: Array<Run> };
  /** Brings the catalogue up to date; answers with the id of the run. */
  sync: { args: { full: boolean }; result: number };
  /** Publishes one photo now: this one, or a random one. */
  publish: { args: { target: string | null, photo: PhotoId | null }; result: number };
  /** Settles what was left open. */
  recover: { args: Record<string, never>; result: number };
  /** Looks the record over, or mends it. */
  check: { args: { repair: boolean }; result: number };
  /** Brings history and catalogue back from the record. */
  restore: { args: Record<string, never>; result: number };
  /** Stops a job that can be stopped. */
  cancel: { args: { run: number }; result: boolean };
  /** Shows what would go out, picture size and price included; changes nothing. */
  rehearse: { args: { target: string | null, photo: PhotoId | null }; result: PublishReport };
  /** Publications that wait for an answer. */
  reviews: { args: Record<string, never>; result: Array<OpenReview> };
  /** Answers one; answers with the id of the run. */
  answer: { args: { review: string, answer: ReviewAnswer }; result: number };
  /** Puts photos on the never-list. */
  exclude: { args: { photos: Array<PhotoId> }; result: Reached };
  /** Takes photos off the never-list, and opens them again after a skip. */
  include: { args: { photos: Array<PhotoId> }; result: Reached };
  /** The newest entries of the log, as they are written. */
  log: { args: { limit: number }; result: LogPage };
  /** The log as a file: JSON or CSV. */
  export_log: { args: { csv: boolean }; result: string };
  /** What is set up and what is missing. */
  doctor: { args: Record<string, never>; result: Doctor };
  /** Tests the record's store. */
  probe: { args: Record<string, never>; result: Probed };
  /** All settings as they are. */
  settings: { args: Record<string, never>; result: Settings };
  /** Changes settings by dotted keys; null goes back to the default. All or nothing. */
  change_settings: { args: { changes: Changes }; result: Settings };
  /** Which secrets are set, and which the settings call for; never a value. */
  secrets: { args: Record<string, never>; result: SecretNames };
  /** Keeps a secret in the keyring. */
  keep_secret: { args: { name: string, value: string }; result: SecretNames };
  /** Forgets a secret. */
  remove_secret: { args: { name: string }; result: SecretNames };
  /** First step of a login, to `flickr` or a target: the address to open. */
  begin_login: { args: { place: string }; result: string };
  /** Second step: the code, or the whole address after it; answers with the account's name. */
  finish_login: { args: { place: string, typed: string }; result: string };
  /** The page is drawn. */
  mounted: { args: Record<string, never>; result: null };
}

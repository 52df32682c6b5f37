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

export type AppearanceSettings = { theme: Theme, language: Language, };

/**
 * A backup that was made.
 */
export type Backup = { folder: string, 
/**
 * Entries of the log.
 */
entries: number, photos: number, };

/**
 * A call that failed, in words and with the next step.
 */
export type CallError = { code: string, message: string, what_now: string, };

/**
 * The words of one photo on one target, as they would go out.
 */
export type CaptionPreview = { target: string, 
/**
 * As it goes out: with its link, within the limit, told apart from earlier posts.
 */
text: string, 
/**
 * X's weighted characters of the whole caption; what is more than `limit` is cut away.
 */
weighted: number, limit: number, alt_text: string, 
/**
 * UTF-16 units of the whole alt text; what is more than `alt_limit` is cut away.
 */
alt_units: number, alt_limit: number, 
/**
 * US dollars.
 */
cost_usd: number, warnings: Array<string>, 
/**
 * What the photographer wrote, as the record has it.
 */
written: OwnWords, 
/**
 * What the templates make, before a link and before the limit.
 */
template: TemplateWords, };

/**
 * A kind of change, in one word.
 */
export type ChangeWord = "exclude" | "include" | "queue" | "unqueue" | "mark_published" | "unmark_published";

/**
 * New values by dotted key, `targets.x.caption`; null goes back to the default, or removes a whole target.
 */
export type Changes = Record<string, unknown>;

/**
 * A change to many photos that is under way.
 */
export type Changing = { change: number, what: ChangeWord, done: number, total: number, };

/**
 * What should happen next.
 */
export type Code = "try_later" | "sign_in_again" | "ask_photographer" | "fix_settings" | "newer_version_needed" | "failed";

/**
 * One computer as the log knows it.
 */
export type ComputerView = { 
/**
 * The beginning of its id.
 */
id: string, 
/**
 * What a person calls it.
 */
name: string | null, 
/**
 * Whether it is this one.
 */
here: boolean, 
/**
 * Entries it wrote.
 */
entries: number, 
/**
 * The number of its newest entry in the log; 0 for none.
 */
last_seq: number, 
/**
 * When it was written by that computer's clock, RFC 3339.
 */
last_at: string | null, 
/**
 * Its type, `posted` for one.
 */
last: string | null, };

export type Counted = { name: string, count: number, };

/**
 * How often one notice in the evening sums up, instead of one each.
 */
export type Digest = "off" | "daily" | "weekly";

/**
 * The whole diagnosis.
 */
export type Doctor = { healthy: boolean, home: string, checks: Array<Advice>, };

/**
 * How a run ended.
 */
export type Ending = "done" | "nothing" | "missed" | "needs_you" | "try_later" | "failed" | "cancelled" | "interrupted";

/**
 * One thing that happened.
 */
export type EngineEvent = { "type": "sync_page", page: number, pages: number, photos: number, photos_per_s: number, left_s: number, } | { "type": "syncing", what: string, } | { "type": "rendering", photo: PhotoId | null, doing: string, progress: number, } | { "type": "publishing", photo: PhotoId, target: string, step: PublishStep, } | { "type": "changed", what: string, } | { "type": "run_ended", run: Run, } | { "type": "waiting", seconds: number, why: string, };

/**
 * Texts as a photographer reads them; each absent where the picture does not tell.
 */
export type Exif = { 
/**
 * `Canon EOS 5D Mark III`.
 */
camera: string | null, lens: string | null, 
/**
 * `1/250 s`.
 */
exposure: string | null, 
/**
 * `f/9.0`.
 */
aperture: string | null, iso: number | null, 
/**
 * `50 mm`.
 */
focal_length: string | null, };

/**
 * The id of an opened file: `file.` and the first digits of its hash. No photo has such an id.
 */
export type FileId = string;

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

export type GalleryAlbum = { id: string, title: string, count: number, };

/**
 * One photo of the gallery.
 */
export type GalleryCell = { id: string, 
/**
 * May be empty.
 */
title: string, 
/**
 * By the camera's clock, without a zone: `2013-10-06 14:06:41`.
 */
taken: string | null, 
/**
 * Width in hundredths of the height.
 */
ratio: number, 
/**
 * For the query's target, or over all.
 */
state: State, 
/**
 * Names of the targets it was published to.
 */
published: Array<string>, video: boolean, 
/**
 * Changes when the picture changes; may stand in an address.
 */
thumb: string, 
/**
 * A placeholder in base64, where one is known.
 */
thumbhash: string | null, };

/**
 * What photos can be filtered by, with how many there are.
 */
export type GalleryFacets = { version: string, 
/**
 * By title.
 */
albums: Array<GalleryAlbum>, 
/**
 * The most used ones, most used first.
 */
tags: Array<Counted>, 
/**
 * Of photos whose EXIF is known, most used first.
 */
cameras: Array<Counted>, 
/**
 * Newest first.
 */
years: Array<GalleryYear>, targets: Array<string>, };

/**
 * A run of photos; year and month are 0 when the time is unknown.
 */
export type GalleryMonth = { year: number, 
/**
 * 1 to 12.
 */
month: number, count: number, };

/**
 * Enough to lay out all photos of a query before any cell is loaded.
 */
export type GalleryOverview = { 
/**
 * Of the library this was answered from; windows are asked with it.
 */
version: string, 
/**
 * Photos of the query.
 */
count: number, 
/**
 * Photos in the library.
 */
total: number, 
/**
 * Width in hundredths of the height, 20 to 1000; 100 when unknown. One for each photo, in order.
 */
ratios: Array<number>, 
/**
 * Runs of photos of one month, in order.
 */
months: Array<GalleryMonth>, 
/**
 * For the same query without its state.
 */
counts: StateCounts, };

export type GallerySettings = { 
/**
 * How much of the disk thumbnails may take, in megabytes.
 */
cache_mb: number, };

/**
 * Some cells of a query.
 */
export type GalleryWindow = { 
/**
 * Of the library the cells are from; of the newest one when `stale`.
 */
version: string, 
/**
 * The version asked for is gone: ask for an overview again. There are no rows then.
 */
stale: boolean, rows: Array<GalleryCell>, };

/**
 * Photos of a year by `Sort::Taken`; year 0 = unknown.
 */
export type GalleryYear = { year: number, count: number, };

/**
 * One entry.
 */
export type HistoryLine = { 
/**
 * Its number in the log.
 */
seq: number, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * The id of the computer that wrote it.
 */
computer: string, 
/**
 * Whether that is this computer.
 */
here: boolean, target: string | null, 
/**
 * The word of the log: `claimed`, `posted`, ...
 */
kind: string, 
/**
 * A sentence.
 */
what: string, post_url: string | null, 
/**
 * False for an entry that broke a rule, so that nothing followed from it.
 */
counts: boolean, };

/**
 * A kind of work.
 */
export type Job = "sync" | "publish" | "recover" | "answer" | "check" | "restore" | "look" | "mosaic";

/**
 * How it is known that a photo is published.
 */
export type KnownBy = "answer" | "timeline" | "photographer" | "marked" | "imported";

export type Language = "system" | "en" | "de";

/**
 * How a photo may be used.
 */
export type Licence = { words: string, 
/**
 * Where it is written down.
 */
url: string | null, };

/**
 * Entries of the log as written, newest last.
 */
export type LogPage = { 
/**
 * Entries in the whole log.
 */
total: number, entries: Record<string, unknown>[], 
/**
 * Titles of their photos, by id.
 */
titles: Record<string, string>, };

/**
 * A recipe, as JSON.
 */
export type Look = { look: "mosaic", columns: number, distance?: number, adjust?: number, cap?: number | null, layout?: "grid" | "brick" | "collage" | "adaptive", last_published?: number | null } | { look: "dither", method?: string, colours?: { levels: number } | { picture: number } | { preset: string }, grey?: boolean, light?: "linear" | "gamma" | null, strength?: number, pixel?: number };

/**
 * What looks can be made of, for a page to offer.
 */
export type Looks = { methods: Array<Offered>, palettes: Array<Offered>, };

/**
 * What a row of the source is.
 */
export type MediaKind = "photo" | "video" | "not_ready" | "other";

/**
 * What one target costs.
 */
export type MonthCost = { target: string, 
/**
 * `2026-11`.
 */
month: string, posts: number, spent_usd: number, planned_usd: number, 
/**
 * 0 = no limit.
 */
cap_usd: number, };

/**
 * The one word for an icon.
 */
export type Mood = "idle" | "working" | "needs_you" | "paused";

/**
 * A mosaic that was made.
 */
export type Mosaic = { id: string, 
/**
 * The photo that is shown, or the opened file.
 */
photo: string, title: string, 
/**
 * RFC 3339.
 */
made_at: string, columns: number, rows: number, cell_px: number, 
/**
 * In pixels.
 */
width: number, height: number, 
/**
 * Photos there were to choose from.
 */
tiles: number, 
/**
 * Different photos in it.
 */
tiles_used: number, 
/**
 * In percent.
 */
adjust: number, 
/**
 * In cells.
 */
distance: number, layout: "grid" | "brick" | "collage" | "adaptive", 
/**
 * Of the whole picture.
 */
bytes: number, };

/**
 * The photo at a place, and the square it fills, in pixels of the mosaic.
 */
export type MosaicCell = { photo: string, title: string, 
/**
 * Its left edge, which may lie outside.
 */
x: number, y: number, side: number, 
/**
 * How far apart the mean colours of photo and cell are (CIE76); from about 2 on one sees it side by side.
 */
distance: number, };

export type NamedAlbum = { id: string, title: string, };

/**
 * What lies around a photo within a query.
 */
export type Neighbours = { previous: string | null, next: string | null, 
/**
 * From 0; absent when the query does not have the photo.
 */
position: number | null, count: number, };

/**
 * What the next thing is that happens by itself.
 */
export type Next = { 
/**
 * `sync` or the name of a target.
 */
name: string, slot: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * In the schedule's zone, `2026-11-29T10:00`.
 */
local: string, };

/**
 * Which kinds of notice reach the desktop.
 */
export type NotificationSettings = { published: boolean, needs_review: boolean, sign_in: boolean, credit: boolean, record: boolean, 
/**
 * A due time that passed while the computer was off or away.
 */
missed: boolean, 
/**
 * What is gathered into one notice; what needs an answer is told at once all the same.
 */
digest: Digest, };

/**
 * One way, or one palette: its name in a recipe, and what a photographer sees of it.
 */
export type Offered = { name: string, about: string, };

/**
 * One publication that waits for an answer.
 */
export type OpenReview = { id: string, photo_id: string, target: string, text: string, detail: string, at: string, 
/**
 * Where to look.
 */
account: string | null, };

/**
 * A picture that was opened in the Studio.
 */
export type OpenedFile = { id: FileId, name: string, 
/**
 * Upright, in pixels.
 */
width: number, height: number, };

/**
 * Why a photo stands where it stands.
 */
export type Origin = "pinned" | "queued" | "chance";

/**
 * How a publication ended.
 */
export type Outcome = "published" | "dry_run" | "nothing_left" | "already_done" | "needs_review" | "held" | "rejected" | "try_later";

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
published: number, reviews: number, under_way: UnderWay | null, 
/**
 * A change to many photos, beside whatever job works.
 */
changing: Changing | null, undoable: Undoable | null, 
/**
 * What happens by itself, soonest first.
 */
next: Array<Next>, 
/**
 * The schedule's zone, `Europe/Rome`; absent where the computer does not name its own.
 */
zone: string | null, 
/**
 * RFC 3339; absent when nothing is paused.
 */
paused_until: string | null, targets: Array<TargetView>, 
/**
 * The newest run of its kind that went wrong and was not followed by a better one.
 */
trouble: Array<Run>, 
/**
 * When the last full pass over the source ended, RFC 3339.
 */
synced_at: string | null, };

/**
 * `null` where the template has the word.
 */
export type OwnWords = { caption: string | null, alt_text: string | null, };

/**
 * What can be said about a photo in one's own words.
 */
export type Part = "caption" | "alt_text";

/**
 * The bare id a source gives to a photo, for example `53572261016`.
 */
export type PhotoId = string;

/**
 * One photo as its screen shows it. Texts are plain text, never HTML.
 */
export type PhotoPage = { id: string, title: string, description: string, tags: Array<string>, albums: Array<NamedAlbum>, 
/**
 * By the camera's clock, without a zone: `2013-10-06 14:06:41`.
 */
taken: string | null, taken_precision: TakenPrecision, 
/**
 * RFC 3339, UTC.
 */
uploaded: string | null, licence: Licence, privacy: string, safety: string | null, place: Place | null, 
/**
 * Pixels of the original as it is shown; 0 when the source does not tell.
 */
width: number, height: number, media: MediaKind, 
/**
 * Changes with the picture.
 */
thumb: string, page_url: string, missing: boolean, excluded: boolean, 
/**
 * What is known already; `null` = not asked yet.
 */
exif: Exif | null, targets: Array<TargetPage>, 
/**
 * What happened to it on no particular target, oldest first.
 */
history: Array<HistoryLine>, };

/**
 * Degrees, rounded to about a kilometre: a page is easily shown to others.
 */
export type Place = { latitude: number, longitude: number, };

/**
 * Where the plan of one target ends before the twelve weeks do; the costs end there too.
 */
export type PlanEnd = { target: string, 
/**
 * The last due time that is planned, as in [`PlanRow::local`].
 */
local: string, planned: number, };

export type PlanPage = { rows: Array<PlanRow>, costs: Array<MonthCost>, 
/**
 * Photos that wait, by target, in order.
 */
queues: Array<Queue>, 
/**
 * Each target's rule in words.
 */
rules: Array<RuleView>, zone: string, paused_until: string | null, 
/**
 * Targets with more due times in these weeks than are planned at once.
 */
ends: Array<PlanEnd>, };

/**
 * One due time with what will go out.
 */
export type PlanRow = { slot: string, target: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * In the schedule's zone, `2026-11-29T10:00`.
 */
local: string, 
/**
 * Absent when nothing is left.
 */
photo: PhotoId | null, title: string, 
/**
 * Changes with the picture.
 */
thumb: string, 
/**
 * Width by height, times 100.
 */
ratio: number, origin: Origin | null, text: string, alt_text: string, 
/**
 * US dollars.
 */
cost_usd: number, 
/**
 * Pixels of the original, 0 when the source does not tell.
 */
width: number, height: number, warnings: Array<string>, 
/**
 * The name of the look it is scheduled to go out in.
 */
look: string | null, 
/**
 * Why nothing goes out then, as things are now.
 */
why_not: WhyNot | null, 
/**
 * What is pinned here and may not go now.
 */
waits: WaitingPin | null, };

/**
 * One photo published to one target.
 */
export type Post = { 
/**
 * The number of the entry that says so.
 */
seq: number, 
/**
 * RFC 3339, or the first Pierrot's time without a zone.
 */
at: string, photo: PhotoId, title: string, 
/**
 * Changes with the picture; empty where the catalogue does not know the photo.
 */
thumb: string, target: string, 
/**
 * The words that went out; empty where they are not known.
 */
text: string, post_url: string | null, known_by: KnownBy, cost_usd: number | null, };

/**
 * The newest posts of all there are.
 */
export type Posts = { total: number, posts: Array<Post>, };

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
 * Which photos to show, and in which order.
 */
export type Query = { 
/**
 * Words that must all be in title, description or tags; `"several words"` in quotes are one phrase.
 */
text: string, state: Show | null, 
/**
 * A target's name: states are judged for it alone, else over all targets.
 */
target: string | null, 
/**
 * An album's id.
 */
album: string | null, tag: string | null, 
/**
 * First day, `2013-10-06`; by the time photos are sorted by.
 */
from: string | null, 
/**
 * Last day, included.
 */
to: string | null, camera: string | null, sort: Sort, };

export type Queue = { target: string, photos: Array<QueuedPhoto>, };

export type QueuedPhoto = { photo: PhotoId, title: string, 
/**
 * Changes with the picture.
 */
thumb: string, 
/**
 * False for one that is passed over as it is now: excluded, left out by the settings, gone.
 */
may_go: boolean, };

/**
 * How many photos an action reached, of those it was asked for.
 */
export type Reached = { done: number, 
/**
 * What `undo` takes it back by; absent where there is nothing to take back.
 */
undo: number | null, 
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
 * Whether the photos were read to the end at least once.
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

export type RuleView = { 
/**
 * `sync` or a target.
 */
name: string, rule: string, in_words: string, };

/**
 * One attempt at one job. Times are RFC 3339.
 */
export type Run = { id: number, job: Job, target: string | null, 
/**
 * The due time it is for; absent when a person asked.
 */
slot: string | null, 
/**
 * Nobody asked for it.
 */
by_itself: boolean, started_at: string, ended_at: string | null, took_ms: number | null, 
/**
 * Absent while it is under way.
 */
ending: Ending | null, 
/**
 * What happened, in a sentence.
 */
summary: string, what_now: string | null, 
/**
 * What should happen next, where something stopped it.
 */
code: Code | null, 
/**
 * The other side said that nothing else will help before this time.
 */
not_before: string | null, 
/**
 * What became of a publication.
 */
outcome: Outcome | null, photo: string | null, text: string | null, post_url: string | null, 
/**
 * US dollars, as the target charges.
 */
cost_usd: number | null, steps: Array<Step>, };

/**
 * When things happen by themselves. Each target has its own rule.
 */
export type ScheduleSettings = { 
/**
 * `Europe/Rome`; empty = the zone of this computer.
 */
time_zone: string, 
/**
 * `off`, `daily 04:00`, `weekly sun 10:00`, `monthly 1 09:00`, `cron 0 4 * * *`.
 */
sync: string, 
/**
 * Up to this many minutes later than the rule says, so that it looks like a person.
 */
jitter_minutes: number, 
/**
 * `23:00-07:00`: what falls inside waits for the end; empty = none.
 */
quiet_hours: string, };

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
trouble: string | null, 
/**
 * Logins that wait for their code, by place, `flickr` or a target: the addresses where it is to be had.
 */
logins: { [key in string]: string }, };

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
export type Settings = { flickr: FlickrSettings, targets: { [key in string]: TargetSettings }, record: RecordSettings, schedule: ScheduleSettings, notifications: NotificationSettings, gallery: GallerySettings, 
/**
 * Looks by name, each as the JSON of its recipe.
 */
looks: { [key in string]: string }, 
/**
 * Sizes of thumbnails by name, each as it is typed: `512x512:fill`.
 */
sizes: { [key in string]: string }, appearance: AppearanceSettings, };

/**
 * Which states to show.
 */
export type Show = "all" | "unpublished" | "published" | "held" | "excluded" | "missing" | "filtered";

/**
 * By which time, newest first.
 */
export type Sort = "taken" | "uploaded";

/**
 * Where a photo stands with one target.
 */
export type StandingWord = "unpublished" | "published" | "held" | "review" | "under_way" | "skipped" | "rejected" | "excluded" | "filtered" | "missing";

/**
 * Where a photo stands, over all targets or for one.
 */
export type State = "unpublished" | "published" | "held" | "excluded" | "missing" | "filtered";

/**
 * Photos by state; `all` has the filtered ones too, so it may be more than the sum.
 */
export type StateCounts = { all: number, unpublished: number, published: number, held: number, excluded: number, missing: number, 
/**
 * Left out by the settings.
 */
filtered: number, };

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

/**
 * What a look is put on, known by its id.
 */
export type Subject = string;

/**
 * How much of a date taken is meant.
 */
export type TakenPrecision = "exact" | "month" | "year" | "circa";

export type TargetKind = "x";

/**
 * One photo and one target.
 */
export type TargetPage = { target: string, 
/**
 * As the log names it, `x:2244994945`.
 */
account: string | null, standing: StandingWord, 
/**
 * The photographer said that it is published; it can be taken back.
 */
by_hand: boolean, 
/**
 * A sentence; absent when it may go out.
 */
why_not: string | null, post_url: string | null, 
/**
 * When its newest attempt last moved; RFC 3339.
 */
at: string | null, 
/**
 * What went out, or was about to.
 */
text: string | null, 
/**
 * The id to answer an open review by.
 */
review: string | null, 
/**
 * Oldest first.
 */
history: Array<HistoryLine>, };

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
max_text: number, 
/**
 * When it publishes by itself; `off` for never.
 */
schedule: string, 
/**
 * The name of the look that scheduled photos get; empty for none.
 */
look: string, 
/**
 * Only each so many-th scheduled photo gets it.
 */
look_every: number, 
/**
 * What it may spend in a calendar month by itself, in US dollars; 0 = no limit.
 */
monthly_cap_usd: number, sensitive: Sensitivity, };

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

export type TemplateWords = { caption: string, alt_text: string, };

export type Theme = "system" | "light" | "dark";

/**
 * What the cache holds on disk.
 */
export type ThumbnailCache = { files: number, bytes: number, 
/**
 * The most it may hold, in bytes.
 */
bytes_max: number, };

/**
 * How far the tiles are.
 */
export type TileCount = { 
/**
 * Photos that lie ready.
 */
prepared: number, 
/**
 * Photos that may be tiles.
 */
possible: number, 
/**
 * Photos that have to be fetched first.
 */
wanting: number, };

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

/**
 * The newest change that can be taken back.
 */
export type Undoable = { change: number, what: ChangeWord, photos: number, };

/**
 * A pinned photo that something keeps back; it takes its place again as soon as it may go.
 */
export type WaitingPin = { photo: PhotoId, title: string, };

/**
 * What stops a due time although it has a photo.
 */
export type WhyNot = "paused" | "not_set_up" | "over_cap";

/**
 * One part of a photo's words as the photographer wants it.
 */
export type Wording = { part: Part, 
/**
 * `null` = back to the template.
 */
text: string | null, };

/** Every call of the engine: what it takes and what it answers. */
export interface Calls {
  /** What the shell shows on every screen. */
  overview: { args: Record<string, never>; result: Overview };
  /** The newest runs, newest first, older than `before`. */
  runs: { args: { before: number | null, limit: number }; result: Array<Run> };
  /** Brings the catalogue up to date; answers with the id of the run. */
  sync: { args: { full: boolean }; result: number };
  /** Publishes one photo now: this one, or the next of the queue, or one by chance; in a look, if one is given. */
  publish: { args: { target: string | null, photo: PhotoId | null, look: Look | null }; result: number };
  /** Settles what was left open. */
  recover: { args: Record<string, never>; result: number };
  /** Looks the record over, or mends it. */
  check: { args: { repair: boolean }; result: number };
  /** Brings history and catalogue back from the record. */
  restore: { args: Record<string, never>; result: number };
  /** Copies the record into a folder of its own below the home. */
  backup: { args: Record<string, never>; result: Backup };
  /** Stops a job that can be stopped. */
  cancel: { args: { run: number }; result: boolean };
  /** Shows what would go out, picture size and price included; others than those `shown` come first. Changes nothing. */
  rehearse: { args: { target: string | null, photo: PhotoId | null, look: Look | null, shown: Array<PhotoId> }; result: PublishReport };
  /** The ways to dither and the palettes there are. */
  looks: { args: Record<string, never>; result: Looks };
  /** Makes the picture of a photo or an opened file, as large as it is, into a file with this look; answers with the id of the run. */
  export_look: { args: { photo: Subject, look: Look }; result: number };
  /** What is known of a file that was opened. */
  opened_file: { args: { file: FileId }; result: OpenedFile };
  /** Pictures made of pictures, the newest first. */
  mosaics: { args: Record<string, never>; result: Array<Mosaic> };
  /** The photo at a point of one, in its pixels. */
  mosaic_cell: { args: { id: string, x: number, y: number }; result: MosaicCell };
  /** How many photos lie ready as tiles, and how many may. */
  mosaic_tiles: { args: Record<string, never>; result: TileCount };
  /** Makes a mosaic of a photo or an opened file, of cells of so many pixels, as the look says; answers with the id of the run. */
  make_mosaic: { args: { photo: Subject, cell_px: number, look: Look }; result: number };
  /** Removes a mosaic and its files. */
  remove_mosaic: { args: { id: string }; result: null };
  /** How the photos of a query are laid out: all their shapes, the months, the counts. */
  gallery: { args: { query: Query }; result: GalleryOverview };
  /** Cells of a query, of the version that is laid out; at most 500. */
  gallery_window: { args: { query: Query, version: string, offset: number, limit: number }; result: GalleryWindow };
  /** What comes before and after a photo. */
  neighbours: { args: { query: Query, photo: PhotoId }; result: Neighbours };
  /** What photos can be filtered by. */
  facets: { args: Record<string, never>; result: GalleryFacets };
  /** One photo with its facts, where it stands and its history. */
  photo: { args: { photo: PhotoId }; result: PhotoPage };
  /** How a photo's words would go out: what was just typed, else what is on the record, else the template's. */
  caption_preview: { args: { photo: PhotoId, target: string, caption: string | null, alt_text: string | null }; result: CaptionPreview };
  /** Keeps the photographer's own words on the record, for one target or for every; whether anything changed. */
  set_words: { args: { photo: PhotoId, target: string | null, words: Array<Wording> }; result: boolean };
  /** How much of the disk thumbnails take. */
  thumbnail_cache: { args: Record<string, never>; result: ThumbnailCache };
  /** Removes all thumbnails; they are made again when they are looked at. */
  clear_thumbnails: { args: Record<string, never>; result: ThumbnailCache };
  /** Camera, lens and exposure; asked at the source once. */
  exif: { args: { photo: PhotoId }; result: Exif };
  /** The next twelve weeks. */
  plan: { args: Record<string, never>; result: PlanPage };
  /** Takes a veto back: the photo stands at its due time again. */
  unveto: { args: { target: string, slot: string, photo: PhotoId }; result: PlanPage };
  /** Moves a queued photo to another place in the line, 0 for the first. */
  move_queued: { args: { target: string, photo: PhotoId, to: number }; result: PlanPage };
  /** Another photo for a due time. */
  veto: { args: { target: string, slot: string }; result: PlanPage };
  /** This photo at a due time. */
  pin: { args: { target: string, slot: string, photo: PhotoId }; result: PlanPage };
  /** Leaves a due time to the queue and to chance again. */
  unpin: { args: { target: string, slot: string }; result: PlanPage };
  /** Exchanges the photos of two due times. */
  swap: { args: { target: string, one: string, other: string }; result: PlanPage };
  /** Puts photos next in line. */
  queue: { args: { target: string, photos: Array<PhotoId> }; result: Reached };
  /** Takes photos out of the line. */
  unqueue: { args: { target: string, photos: Array<PhotoId> }; result: Reached };
  /** Nothing happens by itself until then (RFC 3339, or a day, which begins in the schedule's zone), or until it is resumed. */
  pause: { args: { until: string | null }; result: null };
  /** Goes on after a pause. */
  resume: { args: Record<string, never>; result: null };
  /** Publications that wait for an answer. */
  reviews: { args: Record<string, never>; result: Array<OpenReview> };
  /** Answers one; answers with the id of the run. */
  answer: { args: { review: string, answer: ReviewAnswer }; result: number };
  /** Puts photos on the never-list. */
  exclude: { args: { photos: Array<PhotoId> }; result: Reached };
  /** Takes photos off the never-list, and opens them again after a skip. */
  include: { args: { photos: Array<PhotoId> }; result: Reached };
  /** The photographer published these there himself; `post_url` where there is one. */
  mark_published: { args: { photos: Array<PhotoId>, target: string, post_url: string | null }; result: Reached };
  /** Takes such marks back. */
  unmark_published: { args: { photos: Array<PhotoId>, target: string }; result: Reached };
  /** Takes a change to photos back: what it changed and nothing else. */
  undo: { args: { change: number }; result: Reached };
  /** Ends a change to many photos; what is done stays done. Whether it was under way. */
  stop_change: { args: { change: number }; result: boolean };
  /** What is published, the newest first. */
  posts: { args: { limit: number }; result: Posts };
  /** The newest entries of the log, as they are written. */
  log: { args: { limit: number }; result: LogPage };
  /** The log as a file: JSON or CSV. */
  export_log: { args: { csv: boolean }; result: string };
  /** What is set up and what is missing. */
  doctor: { args: Record<string, never>; result: Doctor };
  /** The diagnosis with counts, runs and the log, as a text without secrets, names and places. */
  diagnostics: { args: Record<string, never>; result: string };
  /** Who writes to the record, this computer first. */
  computers: { args: Record<string, never>; result: Array<ComputerView> };
  /** Gives this computer a name; an empty one takes it back. */
  name_computer: { args: { name: string }; result: Array<ComputerView> };
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
  /** Whose account a target's keys open. X charges for the question once for each token. */
  test_target: { args: { target: string }; result: string };
  /** First step of a login, to `flickr` or a target: the address to open. */
  begin_login: { args: { place: string }; result: string };
  /** Second step: the code, or the whole address after it; answers with the account's name. */
  finish_login: { args: { place: string, typed: string }; result: string };
  /** The page is drawn. */
  mounted: { args: Record<string, never>; result: null };
}

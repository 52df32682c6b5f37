/** One entry of the log as far as the page reads it; what it does not know stays in `raw`. */
export interface LogLine {
  seq: number;
  at: string;
  kind: string;
  photo: string | null;
  target: string | null;
  text: string | null;
  postUrl: string | null;
  detail: string | null;
  attempt: string | null;
  raw: Record<string, unknown>;
}

export function lineOf(entry: Record<string, unknown>): LogLine {
  const frozen = isRecord(entry["frozen"]) ? entry["frozen"] : {};
  const answer = isRecord(entry["answer"]) ? entry["answer"] : {};
  return {
    seq: typeof entry["seq"] === "number" ? entry["seq"] : 0,
    at: word(entry["at"]) ?? "",
    kind: entry["by_hand"] === true ? "marked" : (word(entry["type"]) ?? ""),
    photo: word(entry["photo"]) ?? word(entry["photo_id"]),
    target: word(entry["target"]),
    text: word(entry["text"]) ?? word(frozen["text"]),
    postUrl: word(entry["post_url"]) ?? word(answer["post_url"]),
    detail: word(entry["detail"]),
    attempt: word(entry["attempt"]),
    raw: entry,
  };
}

/** Newest first; each with the text of its attempt, once there is one. */
export function linesOf(entries: readonly Record<string, unknown>[]): LogLine[] {
  const lines = entries.map(lineOf).sort((a, b) => b.seq - a.seq);
  const texts = new Map(lines.filter(({ kind }) => kind === "sending").map(({ attempt, text }) => [attempt, text]));
  return lines.map((line) => ({ ...line, text: line.text ?? texts.get(line.attempt) ?? null }));
}

/** Lines of a kind (empty: of any) with these letters somewhere in them or in the title of their photo. */
export function sifted(lines: readonly LogLine[], kind: string, text: string, titles: Record<string, string>): LogLine[] {
  const wanted = text.trim().toLowerCase();
  return lines.filter((line) => (kind === "" || line.kind === kind) && (wanted === "" || [JSON.stringify(line.raw), titles[line.photo ?? ""] ?? ""].some((part) => part.toLowerCase().includes(wanted))));
}

function word(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

import { i18n } from "../i18n/i18n.svelte";
import type { OpenedFile } from "./bindings";
import { CallError, LOST, RECONNECTED, type Host } from "./host";

const AGAIN_MS_MIN = 500;
const AGAIN_MS_MAX = 15_000;

/** A plain browser before `pierrot serve`: same-origin HTTP, a cookie, and server-sent events. */
export const browserHost: Host = {
  call,
  listen,
  look: (id, recipe, side) => `/looks/${encodeURIComponent(id)}?side=${side}&recipe=${encodeURIComponent(recipe)}`,
  mosaicPicture: (id, path) => `/mosaics/${encodeURIComponent(id)}/${path}`,
  picture: (id, size, key) => `/pictures/${encodeURIComponent(id)}/${size}?k=${encodeURIComponent(key)}`,
  openFile: (file) => post(`/api/open?name=${encodeURIComponent(file.name)}`, file) as Promise<OpenedFile>,
  open: (address) => {
    if (/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/.test(address)) window.open(address, "_blank", "noopener,noreferrer");
  },
  save(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    return Promise.resolve(null);
  },
  async elsewhere() {
    const { address } = (await post("/api/elsewhere", {})) as { address: string };
    location.assign(address);
  },
  window: null,
};

function call(name: string, args: unknown): Promise<unknown> {
  return post(`/api/call/${encodeURIComponent(name)}`, args);
}

async function post(path: string, body: unknown): Promise<unknown> {
  const t = i18n.t.trouble;
  const { ok, status, told } = await answered(path, body).catch(() => {
    throw new CallError("unreachable", t.unreachable, t.unreachable_now);
  });
  if (ok) return told;
  // Only a program of another start does not know the page's cookie.
  if (status === 401) throw new CallError("restarted", t.restarted, t.restarted_now);
  throw told === null ? new CallError("bug", t.unknown, t.unknown_now) : CallError.from(told);
}

async function answered(path: string, body: unknown): Promise<{ ok: boolean; status: number; told: unknown }> {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": body instanceof Blob ? "application/octet-stream" : "application/json" },
    body: body instanceof Blob ? body : JSON.stringify(body ?? {}),
  });
  return { ok: answer.ok, status: answer.status, told: parsed(await answer.text()) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/**
 * Keeps listening for ever; waits longer after each failure, and tells the page to read again after each return. Why the line
 * broke an EventSource does not know; the question that follows a LOST does.
 */
function listen(on: (event: unknown) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = AGAIN_MS_MIN;

  const open = () => {
    // A browser keeps six lines to one place; pages nobody looks at leave them to the others.
    if (document.hidden) return;
    source = new EventSource("/api/events", { withCredentials: true });
    source.onopen = () => {
      wait = AGAIN_MS_MIN;
      on(RECONNECTED);
    };
    source.onmessage = ({ data }: MessageEvent<string>) => on(parsed(data));
    source.onerror = () => {
      source?.close();
      on(LOST);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, AGAIN_MS_MAX);
    };
  };
  const seen = () => {
    clearTimeout(timer);
    source?.close();
    open();
  };
  document.addEventListener("visibilitychange", seen);
  open();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    clearTimeout(timer);
    source?.close();
  };
}

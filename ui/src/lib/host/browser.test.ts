import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { browserHost } from "./browser";
import { CallError, LOST, RECONNECTED } from "./host";

class Source {
  static opened: Source[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  closed = false;
  readonly address: string;
  constructor(address: string) {
    this.address = address;
    Source.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.opened = [];
  vi.stubGlobal("EventSource", Source);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const answers = (status: number, body: string) => vi.fn(async () => new Response(body, { status }));

it("posts a question as JSON to its own origin", async () => {
  const fetch = answers(200, '{"done":2}');
  vi.stubGlobal("fetch", fetch);
  expect(await browserHost.call("exclude", { photos: ["1", "2"] })).toEqual({ done: 2 });
  expect(fetch).toHaveBeenCalledWith(
    "/api/call/exclude",
    expect.objectContaining({ method: "POST", credentials: "same-origin", body: '{"photos":["1","2"]}' }),
  );
});

it.each([
  [answers(409, '{"error":{"code":"sign_in_again","message":"X asks you to sign in.","what_now":"Open Accounts."}}'), "sign_in_again", "Open Accounts."],
  [answers(401, "Open the address that Pierrot printed."), "restarted", "Open the new address that it printed."],
  [answers(502, "<html>"), "bug", expect.stringMatching(/^Try again/)],
  [vi.fn(() => Promise.reject(new TypeError("Failed to fetch"))), "unreachable", expect.stringMatching(/^Check that Pierrot is still running/)],
])("turns a refusal into a sentence with what to do (%#)", async (fetch, code, whatNow) => {
  vi.stubGlobal("fetch", fetch);
  const refusal: unknown = await browserHost.call("overview", {}).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CallError);
  expect(refusal).toMatchObject({ code, whatNow, message: expect.stringMatching(/^[A-Z].*\.$/) as unknown });
});

it("says that the line broke, listens again, and then has everything read again", () => {
  const heard: unknown[] = [];
  const stop = browserHost.listen((event) => heard.push(event));
  Source.opened[0]?.onopen?.();
  Source.opened[0]?.onmessage?.({ data: '{"type":"changed","what":"gallery"}' });
  Source.opened[0]?.onerror?.();
  expect(Source.opened[0]?.closed).toBe(true);
  vi.advanceTimersByTime(500);
  Source.opened[1]?.onopen?.();
  expect(heard).toEqual([RECONNECTED, { type: "changed", what: "gallery" }, LOST, RECONNECTED]);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(Source.opened).toHaveLength(2);
  expect(Source.opened[1]?.closed).toBe(true);
});

it("lets its line go while nobody looks, and has everything read again when somebody does", () => {
  const heard: unknown[] = [];
  const looked = (hidden: boolean) => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const stop = browserHost.listen((event) => heard.push(event));
  looked(true);
  vi.advanceTimersByTime(60_000);
  expect(Source.opened.map(({ closed }) => closed)).toEqual([true]);
  looked(false);
  Source.opened[1]?.onopen?.();
  expect(heard).toEqual([RECONNECTED]);
  stop();
  looked(false);
  expect(Source.opened).toHaveLength(2);
  vi.restoreAllMocks();
});

it("names pictures so that no id can leave its place", () => {
  expect(browserHost.picture("../a b", "grid", "1&x")).toBe("/pictures/..%2Fa%20b/grid?k=1%26x");
  expect(browserHost.mosaicPicture("../a b", "13/4_2.jpg")).toBe("/mosaics/..%2Fa%20b/13/4_2.jpg");
});

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Hints } from "./hints";
import { RECONNECTED, type Host } from "./host";
import { silent } from "./silent.test-host";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function heard() {
  let say: (event: unknown) => void = () => undefined;
  const stopped = vi.fn();
  const host: Host = {
    ...silent,
    call: () => Promise.reject(new Error("not asked")),
    listen: (on) => {
      say = on;
      return stopped;
    },
  };
  const hints = new Hints();
  const stop = hints.start(host);
  const photos = vi.fn();
  const status = vi.fn();
  hints.on(["gallery"], photos);
  const leave = hints.on(["overview", "runs"], status);
  return { say: (event: unknown) => say(event), stop, stopped, photos, status, leave };
}

it("tells a screen about its topics, many hints as one", () => {
  const { say, photos, status } = heard();
  for (let i = 0; i < 20; i += 1) say({ type: "changed", what: "gallery" });
  vi.runAllTimers();
  expect(photos).toHaveBeenCalledTimes(1);
  expect(status).not.toHaveBeenCalled();
});

it("has everything read again after a reconnect, and after an event it does not know", () => {
  const { say, photos, status } = heard();
  say(RECONNECTED);
  vi.runAllTimers();
  say({ type: "from the future" });
  vi.runAllTimers();
  expect(photos).toHaveBeenCalledTimes(2);
  expect(status).toHaveBeenCalledTimes(2);
});

it("leaves alone who left", () => {
  const { say, stop, stopped, status, leave } = heard();
  leave();
  say(RECONNECTED);
  vi.runAllTimers();
  expect(status).not.toHaveBeenCalled();
  stop();
  expect(stopped).toHaveBeenCalledTimes(1);
});

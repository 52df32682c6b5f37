import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Advice } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { idle, silent } from "../host/silent.test-host";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";

beforeEach(() => void vi.stubGlobal("matchMedia", () => ({ matches: true })));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

const record = (ok: boolean): Advice => ({ what: "record", ok, found: ok ? "/home/ada/record" : "The bucket is gone.", what_now: ok ? null : "Make it again." });

async function opened(change: { checks?: Advice[]; finish?: CallError; keys?: string[]; test?: CallError } = {}): Promise<[string, unknown][]> {
  const asked: [string, unknown][] = [];
  const answers: Record<string, unknown> = {
    overview: idle,
    settings: { flickr: { user: "me", never: [], albums: [] }, targets: { x: {} }, record: { kind: "folder", path: "record", bucket: "" } },
    secrets: { set: ["flickr.api_key", "flickr.api_secret"], known: [], trouble: null, logins: {} },
    keep_secret: { set: change.keys ?? ["flickr.api_key", "flickr.api_secret"], known: [], trouble: null, logins: {} },
    test_target: "ada",
    change_settings: { flickr: { user: "me", never: [], albums: [] }, targets: { x: {} }, record: { kind: "folder", path: "elsewhere", bucket: "" } },
    doctor: { healthy: true, home: "", checks: change.checks ?? [] },
    computers: [],
    begin_login: "https://flickr.test/authorize?oauth_token=mine",
  };
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      if (name === "finish_login") throw change.finish ?? new CallError("failed", "no");
      if (name === "test_target" && change.test !== undefined) throw change.test;
      if (!(name in answers)) throw new CallError("failed", "not asked");
      return answers[name];
    },
  };
  location.hash = "#/accounts";
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
  await screen.findByRole("button", { name: "Add a target" });
  return asked;
}

async function tried(code: string): Promise<void> {
  await fireEvent.click(screen.getAllByRole("button", { name: "Sign in" })[0] as HTMLElement);
  await fireEvent.input(await screen.findByLabelText("The code"), { target: { value: code } });
  await fireEvent.click(screen.getByRole("button", { name: "Finish" }));
}

const code = () => screen.queryByLabelText<HTMLInputElement>("The code")?.value;

it("a mistyped code stays to be corrected, and is not sent", async () => {
  const asked = await opened();
  await tried("12 34 äh");
  expect(await screen.findByText(/^This is no code/)).toBeTruthy();
  expect(code()).toBe("12 34 äh");
  expect(asked.some(([name]) => name === "finish_login")).toBe(false);
});

it("a code that could not be sent stays, and one that the site refused, for another try or another beginning", async () => {
  await opened({ finish: new CallError("try_later", "Flickr cannot be reached.", "Try again.") });
  await tried("123-456");
  expect(await screen.findByText("Flickr cannot be reached. Try again.")).toBeTruthy();
  expect(code()).toBe("123-456");
  cleanup();
  await opened({ finish: new CallError("sign_in_again", "The code was not accepted.", "Begin again.") });
  await tried("123-456");
  expect(await screen.findByText("The code was not accepted. Begin again.")).toBeTruthy();
  expect(code()).toBe("123-456");
  expect(screen.getByRole("button", { name: "Begin again" })).toBeTruthy();
});

it("what was said of a login with the old keys goes when a key is replaced", async () => {
  await opened({ finish: new CallError("sign_in_again", "The key is dead.", "Compare it.") });
  await tried("123-456");
  await screen.findByText("The key is dead. Compare it.");
  await fireEvent.click(screen.getByRole("button", { name: "Replace: API key" }));
  await fireEvent.input(screen.getByLabelText("API key"), { target: { value: "new" } });
  await fireEvent.click(screen.getAllByRole("button", { name: "Keep" })[0] as HTMLElement);
  await waitFor(() => expect(screen.queryByText("The key is dead. Compare it.")).toBeNull());
});

it.each([
  ["x", "There is a target called “x” already. Choose another name."],
  ["Not a name!", "A name has only small letters, digits, - and _. Choose another."],
  ["a.b", "A name has only small letters, digits, - and _. Choose another."],
])("a target is not called %j, and the dialog says why", async (name, words) => {
  const asked = await opened();
  await fireEvent.click(screen.getByRole("button", { name: "Add a target" }));
  await fireEvent.input(screen.getByLabelText("Name"), { target: { value: name } });
  await fireEvent.submit(document.getElementById("add-target") as HTMLElement);
  expect(await screen.findByText(words)).toBeTruthy();
  expect(asked.some(([call]) => call === "change_settings")).toBe(false);
});

it("says that the record cannot be used, and only then", async () => {
  await opened({ checks: [record(false)] });
  expect(await screen.findByText("Cannot be used")).toBeTruthy();
  expect(screen.getByText("The bucket is gone. Make it again.")).toBeTruthy();
  cleanup();
  await opened({ checks: [record(true)] });
  expect(await screen.findByText("Ready")).toBeTruthy();
  expect(screen.queryByText("Cannot be used")).toBeNull();
});

const X_KEYS = ["x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret"];

async function keep(label: string): Promise<void> {
  const field = screen.getByLabelText(label);
  await fireEvent.input(field, { target: { value: "typed" } });
  await fireEvent.submit(field.closest("form") as HTMLFormElement);
}

it("keys of X are tested once all four are there, and not before", async () => {
  const some = await opened({ keys: X_KEYS.slice(0, 3) });
  await keep("Access token");
  await waitFor(() => expect(some.some(([name]) => name === "keep_secret")).toBe(true));
  expect(some.some(([name]) => name === "test_target")).toBe(false);
  cleanup();
  const asked = await opened({ keys: X_KEYS });
  await keep("Access token secret");
  expect(await screen.findByText("The keys open ada's account")).toBeTruthy();
  expect(asked.filter(([name]) => name === "test_target")).toEqual([["test_target", { target: "x" }]]);
});

it("keys that X refuses are said to be, with the way to test others", async () => {
  const asked = await opened({ keys: X_KEYS, test: new CallError("sign_in_again", "X does not accept the keys.", "Make new keys.") });
  await keep("Access token secret");
  expect((await screen.findByText(/X does not accept the keys/)).textContent).toContain("Make new keys.");
  await fireEvent.click(screen.getByRole("button", { name: "Test these keys" }));
  await waitFor(() => expect(asked.filter(([name]) => name === "test_target")).toHaveLength(2));
});

it("another place of the record is tried out at once", async () => {
  const asked = await opened();
  const path = screen.getByLabelText("Folder");
  await fireEvent.change(path, { target: { value: "elsewhere" } });
  await waitFor(() => expect(asked.map(([name]) => name)).toContain("probe"));
  expect(asked.findIndex(([name]) => name === "change_settings")).toBeLessThan(asked.findIndex(([name]) => name === "probe"));
});

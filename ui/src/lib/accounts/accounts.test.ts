import { expect, it } from "vitest";

import { CallError, type Host } from "../host/host";
import { AccountsState } from "./accounts.svelte";
import { silent } from "../host/silent.test-host";

function opened(trouble: string | null = null) {
  const set: string[] = [];
  const asked: [string, unknown][] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      const known = args as { name: string };
      if (name === "keep_secret") set.push(known.name);
      if (name === "remove_secret") set.splice(set.indexOf(known.name), 1);
      if (name === "finish_login") throw new CallError("sign_in_again", "The code is used up.", "Begin again.");
      if (name === "settings" || name === "change_settings") return { targets: { x: {}, second: {} } };
      if (name === "doctor") return { healthy: true, home: "", checks: [{ what: "Flickr", ok: true, found: "signed in as ada", what_now: null }] };
      return { set: [...set], known: [], trouble, logins: {} };
    },
  };
  return { asked, accounts: new AccountsState(host) };
}

it("knows which secrets are kept, never what they are", async () => {
  const { accounts } = opened();
  await accounts.load();
  expect(accounts.has("flickr.api_key")).toBe(false);
  await accounts.keep("flickr.api_key", "very secret");
  expect(accounts.has("flickr.api_key")).toBe(true);
  expect(JSON.stringify(accounts.secrets.value)).not.toContain("very secret");
  await accounts.forget("flickr.api_key");
  expect(accounts.has("flickr.api_key")).toBe(false);
});

it("a refused login is a refusal in words, and nothing is kept", async () => {
  const { accounts } = opened();
  await accounts.load();
  await expect(accounts.finishLogin("flickr", "123")).rejects.toMatchObject({ whatNow: "Begin again." });
  expect(accounts.secrets.value?.set).toEqual([]);
});

it("lists targets by name, adds and removes them by their key", async () => {
  const { asked, accounts } = opened();
  await accounts.load();
  expect(accounts.targets).toEqual(["x", "second"]);
  await accounts.addTarget("birds");
  await accounts.removeTarget("x");
  expect(asked.filter(([name]) => name === "change_settings").map(([, args]) => args)).toEqual([
    { changes: { "targets.birds.kind": "x" } },
    { changes: { "targets.x": null } },
  ]);
});

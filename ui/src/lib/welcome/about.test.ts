import { describe, expect, it } from "vitest";

import type { Host } from "../host/host";
import { AboutState } from "./about.svelte";

function hostThat(answer: Partial<Host>): Host {
  return {
    about: async () => ({ version: "1.2.3", home: "/home/ada/pierrot" }),
    mounted: async () => undefined,
    ...answer,
  };
}

describe("AboutState", () => {
  it("says nothing before the program answered", () => {
    const state = new AboutState(hostThat({}));
    expect(state.facts).toBeNull();
    expect(state.line).toBe("");
  });

  it("shows the version and the home it was told", async () => {
    const state = new AboutState(hostThat({}));
    await state.load();
    expect(state.line).toBe("Version 1.2.3");
    expect(state.facts?.home).toBe("/home/ada/pierrot");
  });

  it("turns a silent program into a sentence and recovers when it speaks", async () => {
    let awake = false;
    const state = new AboutState(
      hostThat({
        about: () =>
          awake ? Promise.resolve({ version: "1.2.3", home: "/h" }) : Promise.reject(new Error("no such command")),
      }),
    );
    await state.load();
    expect(state.line).toContain("does not answer");
    awake = true;
    await state.load();
    expect(state.line).toBe("Version 1.2.3");
    expect(state.silent).toBe(false);
  });

  it("survives a program that does not hear the report", async () => {
    const state = new AboutState(hostThat({ mounted: () => Promise.reject(new Error("gone")) }));
    await expect(state.report()).resolves.toBeUndefined();
  });
});

import { expect, it } from "vitest";

import { CallError } from "../host/host";
import { codeFault, isOver } from "./login";

const OPENED = "https://www.flickr.com/services/oauth/authorize?oauth_token=mine&perms=read";

it.each([
  ["123-456-789", null],
  [" 123 456\n789 ", null],
  ["123-456-78ä", "wrong"],
  ["", "wrong"],
  ["1".repeat(65), "wrong"],
  ["https://example.org/?oauth_token=mine&oauth_verifier=abc", null],
  ["https://example.org/#oauth_verifier=abc", null],
  ["oauth_verifier=abc", null],
  ["https://example.org/?oauth_token=theirs&oauth_verifier=abc", "other"],
  ["https://example.org/?oauth_token=mine&oauth_verifier=", "wrong"],
  ["https://example.org/?oauth_token=mine", "wrong"],
])("%j is judged before it is sent", (typed, fault) => {
  expect(codeFault(typed, OPENED)).toBe(fault);
});

it("a login is over when the site said no, and not when the site was not reached", () => {
  expect(["sign_in_again", "failed", "try_later", "fix_settings"].map((code) => isOver(new CallError(code, "")))).toEqual([false, true, false, false]);
});

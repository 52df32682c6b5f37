import { CallError } from "../host/host";

/** Why what was typed cannot be a code of the login whose page was opened; null where the site has to say. */
export function codeFault(typed: string, opened: string): "wrong" | "other" | null {
  const text = typed.replace(/[\s\p{Cc}]/gu, "");
  const query = text.replace(/^[^?]*\?/, "").split("#").find((part) => part.includes("oauth_verifier="));
  if (query === undefined) return /^[a-z0-9-]{1,64}$/i.test(text) ? null : "wrong";
  const said = new URLSearchParams(query);
  const theirs = said.get("oauth_token");
  if (theirs !== null && theirs !== new URLSearchParams(opened.split("?")[1]).get("oauth_token")) return "other";
  return said.get("oauth_verifier") ? null : "wrong";
}

/** Whether there is no login to finish any more. A code that was refused may have been mistyped. */
export function isOver(refusal: unknown): boolean {
  return CallError.from(refusal).code === "failed";
}

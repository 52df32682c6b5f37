/**
 * The engine's sentences name what to do as commands of the terminal, "`pierrot sync`". On the page the same thing has a name and a
 * place: "“Look for photos now” in Activity".
 */
import { own } from "../shared/own";
import { i18n } from "./i18n.svelte";
import type { Words } from "./en";

type Place = (t: Words) => readonly [name: string, screen: string];

const PLACES: Record<string, Place> = {
  sync: (t) => [t.activity.sync_now, t.screens.activity],
  recover: (t) => [t.activity.recover, t.screens.activity],
  review: (t) => [t.review.needed, t.screens.activity],
  exclude: (t) => [t.selection.exclude, t.screens.gallery],
  include: (t) => [t.selection.include, t.screens.gallery],
  login: (t) => [t.accounts.login, t.screens.accounts],
  secret: (t) => [t.accounts.keep, t.screens.accounts],
  probe: (t) => [t.accounts.probe, t.screens.accounts],
  check: (t) => [t.accounts.check, t.screens.accounts],
  repair: (t) => [t.accounts.repair, t.screens.accounts],
  restore: (t) => [t.accounts.restore, t.screens.accounts],
  doctor: (t) => [t.settings.sections.diagnostics, t.screens.settings],
};

/** The engine's sentence as one at this page can follow it. A command that has no place here stays as it is. */
export function onThePage(text: string): string {
  return text.replace(/`pierrot ([a-z]+)([^`]*)`/g, (whole, verb: string, rest: string) => {
    const place = own(PLACES, rest.includes("--repair") ? "repair" : verb);
    return place === undefined ? whole : i18n.t.common.at(...place(i18n.t));
  });
}

/**
 * The engine's sentences name what to do as commands of the terminal, "`pierrot sync`". On the page the same thing has a name and a
 * place: "“Look for photos now” in Activity". So has what stands in config.toml.
 */
import { own } from "../shared/own";
import { engineWords } from "./engine";
import { i18n } from "./i18n.svelte";
import type { Words } from "./en";

type Place = (t: Words, rest: string) => readonly [name: string, screen: string];

const PLACES: Record<string, Place> = {
  sync: (t) => [t.activity.sync_now, t.screens.activity],
  recover: (t) => [t.activity.recover, t.screens.activity],
  review: (t) => [t.review.needed, t.screens.activity],
  exclude: (t) => [t.selection.exclude, t.screens.gallery],
  include: (t) => [t.selection.include, t.screens.gallery],
  login: (t) => [t.accounts.login, t.screens.accounts],
  secret: (t, rest) => [own(t.accounts.secrets, rest.slice(rest.lastIndexOf(".") + 1).trim()) ?? t.accounts.keep, t.screens.accounts],
  probe: (t) => [t.accounts.probe, t.screens.accounts],
  check: (t) => [t.accounts.check, t.screens.accounts],
  repair: (t) => [t.accounts.repair, t.screens.accounts],
  restore: (t) => [t.accounts.restore, t.screens.accounts],
  doctor: (t) => [t.settings.sections.diagnostics, t.screens.settings],
};

/** The engine's sentence in the language of the page, as one there can follow it. A command that has no place here stays as it is. */
export function onThePage(text: string): string {
  const { t } = i18n;
  const named = engineWords(text).replace(/(?:`path` of )?\[record\] (?:in|of) config\.toml/g, () => t.common.at(own(t.settings.checks, "record") ?? "record", t.screens.accounts));
  return named.replace(/([Rr]un )?`pierrot ([a-z]+)([^`]*)`/g, (whole, run: string | undefined, verb: string, rest: string) => {
    const place = own(PLACES, rest.includes("--repair") ? "repair" : verb);
    // A terminal runs a command; here it is a button, or a box to fill in.
    const use = run === undefined ? "" : run === "Run " ? "Use " : "use ";
    return place === undefined ? whole : use + t.common.at(...place(t, rest));
  });
}

import { ask } from "../host/ask";
import type { AppearanceSettings, Theme } from "../host/bindings";
import type { Host } from "../host/host";
import { i18n, LANGUAGES, type Language } from "../i18n/i18n.svelte";

export const THEMES = ["system", "light", "dark"] as const satisfies readonly Theme[];

/** How the page looks. The engine keeps it; the page keeps a copy, so that it looks right before the first answer. */
export class Preferences {
  theme = $state<Theme>("system");

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes up the copy. */
  start(): void {
    const language = kept("language");
    this.#show({
      theme: THEMES.find((known) => known === kept("theme")) ?? "system",
      language: language !== null && language in LANGUAGES ? (language as Language) : "system",
    });
  }

  /** Reads what the engine keeps; where it does not answer, the copy stays. */
  async follow(): Promise<void> {
    const settings = await ask(this.#host, "settings", {}).catch(() => null);
    if (settings !== null) this.#show(settings.appearance);
  }

  /** Shows a choice at once and has the engine keep it. Where it cannot, the copy alone does. */
  choose(choice: Partial<AppearanceSettings>): void {
    this.#show({ theme: this.theme, language: i18n.asked, ...choice });
    const changes = Object.fromEntries(Object.entries(choice).map(([name, value]) => [`appearance.${name}`, value]));
    void ask(this.#host, "change_settings", { changes }).catch(() => undefined);
  }

  #show({ theme, language }: AppearanceSettings): void {
    this.theme = theme;
    i18n.asked = language;
    document.documentElement.dataset["theme"] = theme;
    document.documentElement.lang = i18n.language;
    keep("theme", theme);
    keep("language", language);
  }
}

// A browser may refuse to keep anything; the page then starts as the system says.
function kept(name: string): string | null {
  try {
    return localStorage.getItem(`pierrot.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`pierrot.${name}`, value);
  } catch {
    return;
  }
}

import { i18n, LANGUAGES, type Language } from "../i18n/i18n.svelte";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** How this page looks, kept by this browser or window alone. */
export class Preferences {
  theme = $state<Theme>("system");

  /** Takes up what was kept. */
  start(): void {
    const theme = THEMES.find((known) => known === kept("theme"));
    this.setTheme(theme ?? "system");
    const language = kept("language");
    if (language !== null && language in LANGUAGES) this.setLanguage(language as Language);
    else this.setLanguage("system");
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset["theme"] = theme;
    keep("theme", theme);
  }

  setLanguage(language: Language | "system"): void {
    i18n.asked = language;
    document.documentElement.lang = i18n.language;
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

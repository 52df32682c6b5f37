import { de } from "./de";
import { en, type Words } from "./en";

/** The languages there are. */
export const LANGUAGES = { en, de } as const;
export type Language = keyof typeof LANGUAGES;

/** The language of the page: the one asked for, or the first of the system's that there is, or English. */
class Speech {
  asked = $state<Language | "system">("system");
  readonly language = $derived<Language>(this.asked === "system" ? systemLanguage() : this.asked);
  readonly t = $derived<Words>(LANGUAGES[this.language]);
  /** For Intl: the system's own variety of the language where it has one ("en-GB"). */
  readonly locale = $derived(navigator.languages.find((tag) => tag.split("-")[0] === this.language) ?? this.language);
}

function systemLanguage(): Language {
  for (const tag of navigator.languages) {
    const language = tag.split("-")[0];
    if (language === "en" || language === "de") return language;
  }
  return "en";
}

export const i18n = new Speech();

import { i18n } from "../i18n/i18n.svelte";

const APPLE = /Mac|iPhone|iPad/;
const NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Escape: "Esc",
  " ": "␣",
  arrows: "← ↑ → ↓",
};

export function onApple(): boolean {
  return APPLE.test(navigator.platform);
}

/** What a keycap says for each key of `mod+shift+a`; mod is cmd on a Mac and ctrl elsewhere. */
export function keyNames(keys: string): string[] {
  return keys.split(/(?<=.)\+/).map((key) => {
    if (key === "mod") return onApple() ? "⌘" : i18n.t.keys.ctrl;
    if (key === "shift") return onApple() ? "⇧" : i18n.t.keys.shift;
    return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  });
}

/** True when the event is these keys and no others; shift is free for signs that need it ("?"). */
export function pressed(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split(/(?<=.)\+/);
  const key = parts[parts.length - 1] ?? "";
  const mod = onApple() ? event.metaKey : event.ctrlKey;
  if (parts.includes("mod") !== mod || event.altKey) return false;
  if (/^[a-z]$/i.test(key) && parts.includes("shift") !== event.shiftKey) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

/** True where a letter is text, not a command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button"].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

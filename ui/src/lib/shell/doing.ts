import { ask } from "../host/ask";
import { CallError } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import type { App } from "./app";
import type { Toasts } from "./toasts.svelte";

/** A refusal in one line: what happened, and what to do now. */
export function inOneLine(refusal: unknown): string {
  const { message, whatNow } = CallError.from(refusal);
  return [message || i18n.t.trouble.title, whatNow].filter(Boolean).join(" ");
}

export interface Said {
  text: string;
  undo?: () => Promise<unknown>;
  about?: string;
}

/** Does something and says what became of it; `null` when it was refused. */
export async function doing<T>(toasts: Toasts, work: () => Promise<T>, said?: (value: T) => Said | null): Promise<T | null> {
  try {
    const value = await work();
    const words = said?.(value) ?? null;
    if (words !== null) toasts.say(words.text, { about: words.about ?? null, undo: words.undo ? () => void doing(toasts, words.undo ?? work, () => ({ text: i18n.t.selection.undone })) : null });
    return value;
  } catch (refusal) {
    toasts.say(inOneLine(refusal), { kind: "danger" });
    return null;
  }
}

/** Stops a job that can be stopped. */
export async function stop({ host, toasts }: App, run: number): Promise<void> {
  const { cancelling, cannot_cancel } = i18n.t.activity;
  await doing(toasts, () => ask(host, "cancel", { run }), (stops) => ({ text: stops ? cancelling : cannot_cancel }));
}

/** Hands a text to the person as a file, and says where it is. */
export async function saved({ host, toasts }: App, name: string, text: string): Promise<void> {
  await doing(toasts, () => host.save(name, text), (path) => (path === null ? null : { text: i18n.t.common.saved_to(path) }));
}

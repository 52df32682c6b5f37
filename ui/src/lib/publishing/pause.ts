import { ask } from "../host/ask";
import { i18n } from "../i18n/i18n.svelte";
import type { App } from "../shell/app";
import { doing } from "../shell/doing";

/** Nothing happens by itself until then, or until somebody goes on; with the way back. */
export function pause(app: App, until: string | null): Promise<unknown> {
  return doing(app.toasts, () => changed(app, ask(app.host, "pause", { until })), () => ({ text: i18n.t.plan.pause_said, undo: () => goOn(app) }));
}

export function resume(app: App): Promise<unknown> {
  return doing(app.toasts, () => goOn(app), () => ({ text: i18n.t.plan.resumed }));
}

const goOn = (app: App) => changed(app, ask(app.host, "resume", {}));

/** Every screen learns of it from the state of the program. */
async function changed(app: App, work: Promise<unknown>): Promise<void> {
  await work;
  await app.status.load();
}

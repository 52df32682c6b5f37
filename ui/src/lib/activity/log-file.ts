import { ask } from "../host/ask";
import type { App } from "../shell/app";
import { doing, saved } from "../shell/doing";

/** Hands the whole log to the person as a file. */
export async function saveLog(app: App, csv: boolean): Promise<void> {
  const text = await doing(app.toasts, () => ask(app.host, "export_log", { csv }));
  if (text !== null) await saved(app, csv ? "pierrot-log.csv" : "pierrot-log.jsonl", text);
}

import type { Calls, PublishReport, Run } from "./bindings";
import type { Host } from "./host";

/** One typed question to the host. */
export function ask<K extends keyof Calls>(host: Host, name: K, args: Calls[K]["args"]): Promise<Calls[K]["result"]> {
  return host.call(name, args) as Promise<Calls[K]["result"]>;
}

/** How many of the newest runs are asked for one's own. */
const RUNS = 50;

/** A run of one's own, once it ended. An event is only a hint and may be lost, so what became of it is read. */
export async function ended(host: Host, run: number): Promise<Run | null> {
  const runs = await ask(host, "runs", { before: null, limit: RUNS }).catch(() => []);
  return runs.find(({ id, ending }) => id === run && ending !== null) ?? null;
}

/** Rehearses again and again what would go out; each time a photo that was not shown yet, where it is not this one. */
export function rehearsals(host: Host, what: Omit<Calls["rehearse"]["args"], "shown">): () => Promise<PublishReport> {
  const shown: string[] = [];
  return async () => {
    const report = await ask(host, "rehearse", { ...what, shown: [...shown] });
    if (report.photo_id !== null) shown.push(report.photo_id);
    return report;
  };
}

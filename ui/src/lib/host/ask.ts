import type { Host } from "./host";
import type { Calls } from "./types";

/** One typed question to the host. */
export function ask<K extends keyof Calls>(host: Host, name: K, args: Calls[K]["args"]): Promise<Calls[K]["answer"]> {
  return host.call(name, args) as Promise<Calls[K]["answer"]>;
}

import type { Calls } from "./bindings";
import type { Host } from "./host";

/** One typed question to the host. */
export function ask<K extends keyof Calls>(host: Host, name: K, args: Calls[K]["args"]): Promise<Calls[K]["result"]> {
  return host.call(name, args) as Promise<Calls[K]["result"]>;
}

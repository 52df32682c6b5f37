/** What a map of our own says under a name that came from outside; a name like `constructor` finds nothing there. */
export function own<T>(map: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return map != null && Object.hasOwn(map, name) ? map[name] : undefined;
}

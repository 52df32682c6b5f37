import type { GalleryAlbum } from "../host/bindings";

/** The names that no album has, as its id or, ignoring case, as its title. */
export function withoutAlbum(names: readonly string[], albums: readonly GalleryAlbum[]): string[] {
  const known = new Set(albums.flatMap(({ id, title }) => [id, title.trim().toLowerCase()]));
  return names.filter((name) => !known.has(name) && !known.has(name.toLowerCase()));
}

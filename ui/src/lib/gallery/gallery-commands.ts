import { i18n } from "../i18n/i18n.svelte";
import type { Command } from "../shell/commands.svelte";
import { SIZES, type GalleryState } from "./gallery.svelte";

/** What can be done while the gallery is shown; the keys of its cells are the grid's own and only listed here. */
export function galleryCommands(gallery: GalleryState, search: () => void): Command[] {
  const { keys, screens, gallery: words } = i18n.t;
  const group = screens.gallery;
  const nothing = () => undefined;
  const size = (step: number) => () => {
    gallery.size = Math.min(SIZES.length - 1, Math.max(0, gallery.size + step));
  };
  return [
    { id: "search", label: keys.search, group, keys: "/", run: search },
    { id: "larger", label: keys.larger, group, keys: "+", run: size(1) },
    { id: "smaller", label: keys.smaller, group, keys: "-", run: size(-1) },
    { id: "all", label: keys.all, group, keys: "mod+a", run: () => gallery.chooseAll() },
    { id: "none", label: keys.none, group, keys: "Escape", run: () => gallery.chooseNone() },
    { id: "clear", label: words.clear, group, run: () => gallery.clear() },
    { id: "move", label: keys.move, group, keys: "arrows", listed: true, run: nothing },
    { id: "open", label: keys.open, group, keys: "Enter", listed: true, run: nothing },
    { id: "choose", label: keys.choose, group, keys: " ", listed: true, run: nothing },
    { id: "extend", label: keys.extend, group, keys: "shift+arrows", listed: true, run: nothing },
  ];
}

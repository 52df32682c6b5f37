import type { Look } from "../host/bindings";
import { i18n } from "../i18n/i18n.svelte";
import { own } from "../shared/own";

/** Of `halftone:15`, too. What the engine learned since has only its own name. */
export function methodText(method: string): string {
  const [name = "", degrees] = method.split(":");
  return (own(i18n.t.studio.methods, name) ?? name) + (degrees === undefined ? "" : ` ${degrees}°`);
}

/** A look in one line: Atkinson, Palette: the first Game Boy. */
export function lookText(look: Look): string {
  const t = i18n.t.studio;
  if (look.look === "mosaic") return `${i18n.t.mosaic.ways.mosaic}, ${i18n.t.mosaic.columns}: ${look.columns}`;
  const { colours } = look;
  const of =
    colours === undefined ? "" : "preset" in colours ? `${t.palette}: ${own(t.palettes, colours.preset) ?? colours.preset}` : "picture" in colours ? `${t.count}: ${colours.picture}` : `${t.levels}: ${colours.levels}`;
  return [methodText(look.method ?? ""), of].filter(Boolean).join(", ");
}

import type { Exif, PhotoPage } from "../host/bindings";
import { localText, momentText, numberText } from "../i18n/dates";
import { i18n } from "../i18n/i18n.svelte";

export interface Fact {
  name: string;
  text: string;
  note?: string;
  url?: string;
}

/** What is known of a photo, in the order a photographer asks; nothing that is unknown. */
export function factsOf(page: PhotoPage, exif: Exif | null): Fact[] {
  const t = i18n.t.photo;
  const exposure = exif === null ? [] : [exif.exposure?.replace(/^(\d+)\/1 s$/, "$1 s"), exif.aperture, exif.iso === null ? null : `ISO ${exif.iso}`, exif.focal_length];
  const place = page.place;
  const facts: (Fact | null)[] = [
    page.taken === null ? null : { name: t.taken, text: takenText(page), note: t.taken_about[page.taken_precision] ?? "" },
    exif?.camera ? { name: t.camera, text: exif.camera.replace(/^(\S+) \1\b/, "$1") } : null,
    exif?.lens ? { name: t.lens, text: exif.lens } : null,
    exposure.some(Boolean) ? { name: t.exposure, text: exposure.filter(Boolean).join("  ") } : null,
    page.width > 0 ? { name: t.pixels, text: t.pixels_of(numberText(page.width), numberText(page.height)) } : null,
    place === null ? null : { name: t.place, text: `${place.latitude.toFixed(2)}, ${place.longitude.toFixed(2)}`, note: t.place_hint },
    page.uploaded === null ? null : { name: t.uploaded, text: momentText(page.uploaded) },
    { name: t.privacy, text: t.privacies[page.privacy] ?? page.privacy },
    page.safety === null ? null : { name: t.safety, text: t.safeties[page.safety] ?? page.safety },
    { name: t.licence, text: page.licence.words, ...(page.licence.url === null ? {} : { url: page.licence.url }) },
  ];
  return facts.filter((fact) => fact !== null);
}

/** By the camera's clock, no finer than is meant. */
function takenText({ taken, taken_precision }: PhotoPage): string {
  if (taken === null) return "";
  if (taken_precision === "year") return taken.slice(0, 4);
  if (taken_precision === "month") return localText(taken, { year: "numeric", month: "long" });
  return localText(taken, taken_precision === "circa" ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });
}

import { createContext } from "svelte";

import { GalleryState } from "../gallery/gallery.svelte";
import { Hints } from "../host/hints";
import type { Host } from "../host/host";
import { Opening } from "../looks/opening.svelte";
import { MosaicsState } from "../mosaic/mosaics.svelte";
import { Drafts } from "../photo/drafts.svelte";
import { Preferences } from "../settings/preferences.svelte";
import { Commands } from "./commands.svelte";
import { Router } from "./router.svelte";
import { StatusState } from "./status.svelte";
import { Toasts } from "./toasts.svelte";

/** What every screen may reach. One per page; it outlives the screens. */
export class App {
  readonly host: Host;
  readonly router = new Router();
  readonly commands = new Commands();
  readonly toasts = new Toasts();
  readonly hints = new Hints();
  readonly drafts = new Drafts(() => this.status.now?.home ?? "");
  readonly preferences: Preferences;
  readonly status: StatusState;
  readonly gallery: GalleryState;
  readonly mosaics: MosaicsState;
  readonly opening: Opening;

  constructor(host: Host) {
    this.host = host;
    this.preferences = new Preferences(host);
    this.status = new StatusState(host);
    this.gallery = new GalleryState(host);
    this.mosaics = new MosaicsState(host);
    this.opening = new Opening(host);
  }
}

export const [getApp, setApp] = createContext<App>();

import { saveLog } from "../activity/log-file";
import { ask } from "../host/ask";
import { i18n } from "../i18n/i18n.svelte";
import { chooseForStudio } from "../looks/OpenFile.svelte";
import { resume } from "../publishing/pause";
import type { App } from "./app";
import type { Command } from "./commands.svelte";
import { doing } from "./doing";
import { undoLabel, undoNewest } from "./undo";

const SCREENS = ["gallery", "plan", "activity", "studio", "accounts", "settings"] as const;

/** What opens over any screen. */
export type Sheet = "palette" | "shortcuts" | "pause" | { publish: string };

/** What can be done on every screen. */
export function shellCommands(app: App, open: (sheet: Sheet) => void): Command[] {
  const { shortcuts, keys, screens, settings, common, selection } = i18n.t;
  const back = undoLabel(app);
  const group = shortcuts.everywhere;
  return [
    { id: "palette", label: keys.palette, group, keys: "mod+k", anywhere: true, run: () => open("palette") },
    { id: "shortcuts", label: shortcuts.open, group, keys: "?", run: () => open("shortcuts") },
    { id: "undo", label: back === "" ? common.undo : selection.undo_that(back), group, keys: "mod+z", listed: back === "", run: () => undoNewest(app) },
    ...SCREENS.map((screen, at) => ({
      id: `go-${screen}`,
      label: shortcuts.go(screens[screen]),
      group,
      keys: String(at + 1),
      run: () => app.router.go(screen === "studio" ? { screen, id: null } : { screen }),
    })),
    ...work(app, open),
    { id: "open-file", label: i18n.t.studio.open_file, group: screens.studio, run: () => chooseForStudio(app) },
    ...(["system", "light", "dark"] as const).map((theme) => ({
      id: `theme-${theme}`,
      label: `${settings.appearance}: ${settings.themes[theme]}`,
      group: screens.settings,
      run: () => app.preferences.choose({ theme }),
    })),
  ];
}

/** What Pierrot does, asked for from anywhere. */
function work(app: App, open: (sheet: Sheet) => void): Command[] {
  const { screens, palette, activity, photo, state_line } = i18n.t;
  const { able, now } = app.status;
  const group = screens.activity;
  return [
    ...able.map(({ id, name }) => ({
      id: `publish-now-${id}`,
      label: able.length === 1 ? state_line.publish_now : photo.publish_on(name),
      group: screens.plan,
      run: () => open({ publish: id }),
    })),
    now?.paused_until == null
      ? { id: "pause", label: palette.pause, group: screens.plan, run: () => open("pause") }
      : { id: "resume", label: palette.resume, group: screens.plan, run: () => void resume(app) },
    { id: "sync-now", label: activity.sync_now, group, run: () => void doing(app.toasts, () => ask(app.host, "sync", { full: false })) },
    { id: "export-json", label: palette.export_json, group, run: () => void saveLog(app, false) },
    { id: "export-csv", label: palette.export_csv, group, run: () => void saveLog(app, true) },
  ];
}

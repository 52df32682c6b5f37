import { i18n } from "../i18n/i18n.svelte";
import { chooseForStudio } from "../looks/OpenFile.svelte";
import type { App } from "./app";
import type { Command } from "./commands.svelte";

const SCREENS = ["gallery", "plan", "activity", "studio", "accounts", "settings"] as const;

/** What can be done on every screen. */
export function shellCommands(app: App, open: (sheet: "palette" | "shortcuts") => void): Command[] {
  const { shortcuts, keys, screens, settings, common } = i18n.t;
  const group = shortcuts.everywhere;
  return [
    { id: "palette", label: keys.palette, group, keys: "mod+k", anywhere: true, run: () => open("palette") },
    { id: "shortcuts", label: shortcuts.open, group, keys: "?", run: () => open("shortcuts") },
    ...(app.toasts.list.some(({ undo }) => undo !== null)
      ? [{ id: "undo", label: common.undo, group, keys: "mod+z", run: () => app.toasts.undoLast() }]
      : []),
    ...SCREENS.map((screen, at) => ({
      id: `go-${screen}`,
      label: shortcuts.go(screens[screen]),
      group,
      keys: String(at + 1),
      run: () => app.router.go(screen === "studio" ? { screen, id: null } : { screen }),
    })),
    { id: "open-file", label: i18n.t.studio.open_file, group: screens.studio, run: () => chooseForStudio(app) },
    ...(["system", "light", "dark"] as const).map((theme) => ({
      id: `theme-${theme}`,
      label: `${settings.appearance}: ${settings.themes[theme]}`,
      group: screens.settings,
      run: () => app.preferences.choose({ theme }),
    })),
  ];
}

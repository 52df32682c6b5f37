/** Paths on a field of 24 x 24, drawn with one round pen of 1.6. */
export const ICONS = {
  gallery: "M4 5.5h9v8H4zM16 5.5h4v8h-4zM4 16.5h5v2.5H4zM12 16.5h8v2.5h-8z",
  plan: "M4.5 6.5h15v13h-15zM4.5 10.5h15M8.5 4v4M15.5 4v4M8.5 14.5h3",
  activity: "M3.5 12.5h4l3-7.5 4 14 2.5-6.5h3.5",
  accounts: "M12 11.5a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM4.8 19.7c1-3.4 3.7-5.1 7.2-5.1s6.2 1.7 7.2 5.1",
  settings: "M4 7.5h8M17 7.5h3M4 16.5h3M12 16.5h8M14.5 5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9.5 14a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  search: "M10.8 17.1a6.3 6.3 0 1 0 0-12.6 6.3 6.3 0 0 0 0 12.6zM15.4 15.4l4.6 4.6",
  filter: "M4 7h16M7 12h10M10 17h4",
  sort: "M7.5 5.5v13M4.5 15.5l3 3 3-3M13 7h7M13 12h5M13 17h3",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  check: "M5.5 12.8l4.3 4.3 8.7-9.6",
  undo: "M8.5 5L4.5 9l4 4M5 9h9a5 5 0 0 1 0 10H9.5",
  down: "M7 10l5 5 5-5",
  left: "M14.5 6.5L9 12l5.5 5.5",
  right: "M9.5 6.5L15 12l-5.5 5.5",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  video: "M8.5 6.2v11.6l9.5-5.8z",
  exclude: "M4 12c2-3.8 4.7-5.7 8-5.7s6 1.9 8 5.7c-2 3.8-4.7 5.7-8 5.7S6 15.8 4 12zM5.5 19L18.5 5",
  include: "M4 12c2-3.8 4.7-5.7 8-5.7s6 1.9 8 5.7c-2 3.8-4.7 5.7-8 5.7S6 15.8 4 12zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  held: "M9 6.5v11M15 6.5v11",
  missing: "M6.5 8.5a5.6 5.6 0 0 1 11 1.2c0 3.3-5.3 3.4-5.3 6M12.1 19v.1",
  queue: "M4 7h9M4 12h9M4 17h5M17 19V9.5M13.8 12.6L17 9.4l3.2 3.2",
  mark: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8.5 12.3l2.5 2.5 4.6-5",
  publish: "M4.5 11.5L20 4.5l-6 15.5-3-6.5zM11 13.5l4-4",
  keyboard: "M3.5 7h17v10.5h-17zM7 10.5h.1M10.5 10.5h.1M14 10.5h.1M17.3 10.5h.1M8 14h8",
  warning: "M12 4.8L21 19.5H3zM12 10.5v4M12 17v.1",
  info: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 11.5V16M12 8.2v.1",
  photo: "M4 5h16v14H4zM4.5 16.5l4.5-5 4 4 2.5-2.5 4.5 4.5M15.5 9.5h.1",
  x: "M5.5 5h3.4l9.6 14h-3.4zM5.8 19l5.1-5.8M17.9 5l-4.9 5.6",
  bluesky: "M12 12.4C10.6 9.4 8 6.5 5 5.6c-.5 3.2.1 6.6 3.4 7-2.4.6-2.5 2.6-.8 4 2 1.6 3.6.2 4.4-2.3.8 2.5 2.4 3.9 4.4 2.3 1.7-1.4 1.6-3.4-.8-4 3.3-.4 3.9-3.8 3.4-7-3 .9-5.6 3.8-7 6.8z",
  mastodon: "M7.5 14.5V9.6c0-2.8 4.2-3 4.5-.3v2.4-2.4c.3-2.7 4.5-2.5 4.5.3v4.9M15.5 19.2c-4.6 1.2-9.6 0-10.4-4.4-.4-2-.5-4.1-.2-6.2C5.3 5.8 7.6 5 12 5s6.7.8 7.1 3.6c.6 4.4.2 7.6-6.3 7.8",
  target: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
} as const;

export type IconName = keyof typeof ICONS;

/** The mark of a target; a plain ring for one this page does not know. */
export function targetIcon(target: string): IconName {
  const kind = target.split(/[^a-z]/i)[0]?.toLowerCase() ?? "";
  return kind === "x" || kind === "bluesky" || kind === "mastodon" ? kind : "target";
}

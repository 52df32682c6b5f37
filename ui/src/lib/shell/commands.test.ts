import { expect, it, vi } from "vitest";

import { Commands } from "./commands.svelte";

const press = (commands: Commands, key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body) => {
  document.body.append(target === document.body ? "" : target);
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  target.addEventListener("keydown", (heard) => commands.press(heard), { once: true });
  target.dispatchEvent(event);
  return event;
};

it("runs what the keys mean while it is there", () => {
  const commands = new Commands();
  const run = vi.fn();
  const stop = commands.add(() => [{ id: "k", label: "K", group: "", keys: "mod+k", run }]);
  expect(press(commands, "k", { ctrlKey: true }).defaultPrevented).toBe(true);
  expect(run).toHaveBeenCalledTimes(1);
  press(commands, "k");
  press(commands, "k", { ctrlKey: true, altKey: true });
  stop();
  press(commands, "k", { ctrlKey: true });
  expect(run).toHaveBeenCalledTimes(1);
  expect(commands.all).toEqual([]);
});

it("leaves letters alone where they are text, and what is only listed everywhere", () => {
  const commands = new Commands();
  const run = vi.fn();
  commands.add(() => [
    { id: "?", label: "", group: "", keys: "?", run },
    { id: "mod+k", label: "", group: "", keys: "mod+k", anywhere: true, run },
    { id: "mod+a", label: "", group: "", keys: "mod+a", run },
    { id: "Enter", label: "", group: "", keys: "Enter", listed: true, run },
  ]);
  const field = document.createElement("input");
  press(commands, "?", { shiftKey: true }, field);
  press(commands, "a", { ctrlKey: true }, field);
  press(commands, "Enter");
  expect(run).not.toHaveBeenCalled();
  press(commands, "k", { ctrlKey: true }, field);
  press(commands, "?", { shiftKey: true });
  expect(run).toHaveBeenCalledTimes(2);
});

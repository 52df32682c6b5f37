import { afterEach, beforeEach, expect, it } from "vitest";

import { keepFocus } from "./focus";

let stop: () => void;
beforeEach(() => {
  document.body.innerHTML = `<main><h1 tabindex="-1">Gallery</h1><button id="photo"></button><div id="bar"><button id="exclude"></button></div></main>`;
  stop = keepFocus();
});
afterEach(() => stop());

const at = (id: string) => document.getElementById(id) as HTMLButtonElement;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
/** As an engine does when it draws next. */
function disable(button: HTMLButtonElement): void {
  button.blur();
  button.disabled = true;
}

it("goes back to where it was when what has it goes away", async () => {
  at("photo").focus();
  at("exclude").focus();
  at("bar").remove();
  await settled();
  expect(document.activeElement?.id).toBe("photo");
});

it("goes to the heading where nothing is left", async () => {
  at("exclude").focus();
  at("bar").remove();
  await settled();
  expect(document.activeElement?.tagName).toBe("H1");
});

it("waits for what is disabled for a while", async () => {
  at("photo").focus();
  at("exclude").focus();
  disable(at("exclude"));
  await settled();
  expect(document.activeElement).toBe(document.body);
  at("exclude").disabled = false;
  await settled();
  expect(document.activeElement?.id).toBe("exclude");
});

it("leaves alone who left", async () => {
  at("photo").focus();
  at("photo").blur();
  await settled();
  at("bar").remove();
  await settled();
  expect(document.activeElement).toBe(document.body);
});

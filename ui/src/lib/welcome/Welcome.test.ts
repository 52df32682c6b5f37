import { render, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";

import Welcome from "./Welcome.svelte";

it("says what it is, what to try, and reports itself only after the facts are drawn", async () => {
  let drawnAtReport = "";
  const host = {
    about: async () => ({ version: "1.2.3", home: "/home/ada/pierrot" }),
    mounted: async () => {
      drawnAtReport = document.body.textContent ?? "";
    },
  };
  render(Welcome, { host });
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Pierrot");
  expect(screen.getByText("pierrot demo")).toBeTruthy();
  await waitFor(() => expect(drawnAtReport).toContain("Version 1.2.3"));
  expect(drawnAtReport).toContain("/home/ada/pierrot");
});

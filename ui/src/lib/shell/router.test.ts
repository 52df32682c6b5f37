import { expect, it } from "vitest";

import { hashOf, routeOf, Router, type Route } from "./router.svelte";

it.each<[string, Route]>([
  ["", { screen: "gallery" }],
  ["#/gallery", { screen: "gallery" }],
  ["#/plan", { screen: "plan" }],
  ["#/photo/a%2Fb%20c", { screen: "photo", id: "a/b c" }],
  ["#/photo/", { screen: "gallery" }],
  ["#/photo/%E0%A4%A", { screen: "photo", id: "%E0%A4%A" }],
  ["#/looks", { screen: "gallery" }],
  ["#//evil", { screen: "gallery" }],
])("%s is a route", (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

it("every route comes back from its address", () => {
  const routes: Route[] = [{ screen: "welcome" }, { screen: "settings" }, { screen: "photo", id: "ü/?#%" }];
  for (const route of routes) expect(routeOf(hashOf(route))).toEqual(route);
});

it("follows the address until it is stopped", async () => {
  const router = new Router();
  const stop = router.start();
  router.go({ screen: "plan" });
  window.dispatchEvent(new Event("hashchange"));
  expect(router.route).toEqual({ screen: "plan" });
  stop();
  location.hash = "#/settings";
  window.dispatchEvent(new Event("hashchange"));
  expect(router.route).toEqual({ screen: "plan" });
});

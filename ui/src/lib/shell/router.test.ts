import { expect, it } from "vitest";

import { hashOf, routeOf, Router, type Route } from "./router.svelte";

it.each<[string, Route]>([
  ["", { screen: "gallery" }],
  ["#/gallery", { screen: "gallery" }],
  ["#/plan", { screen: "plan" }],
  ["#/photo/a%2Fb%20c", { screen: "photo", id: "a/b c" }],
  ["#/photo/", { screen: "gallery" }],
  ["#/photo/%E0%A4%A", { screen: "photo", id: "%E0%A4%A" }],
  ["#/mosaic", { screen: "mosaic", id: null, photo: null }],
  ["#/mosaic/m%2F1", { screen: "mosaic", id: "m/1", photo: null }],
  ["#/mosaic/of/p%2F1", { screen: "mosaic", id: null, photo: "p/1" }],
  ["#/looks", { screen: "gallery" }],
  ["#//evil", { screen: "gallery" }],
])("%s is a route", (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

it("every route comes back from its address", () => {
  const routes: Route[] = [{ screen: "welcome" }, { screen: "settings" }, { screen: "photo", id: "ü/?#%" }, { screen: "studio", id: null }, { screen: "mosaic", id: "ü/", photo: null }, { screen: "mosaic", id: null, photo: "of/ü" }, { screen: "mosaic", id: null, photo: null }];
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

it("knows the screen before this one, however many of its kind were seen since", () => {
  const router = new Router();
  const stop = router.start();
  for (const route of [{ screen: "mosaic", id: "1", photo: null }, { screen: "photo", id: "a" }, { screen: "photo", id: "b" }] as const) {
    router.go(route);
    window.dispatchEvent(new Event("hashchange"));
  }
  expect(router.before).toEqual({ screen: "mosaic", id: "1", photo: null });
  stop();
});

/** The screens there are; a photo has its id. */
export type Route =
  | { screen: "gallery" | "plan" | "activity" | "accounts" | "settings" | "welcome" }
  | { screen: "photo"; id: string };

export type Screen = Route["screen"];

const PLAIN = ["gallery", "plan", "activity", "accounts", "settings", "welcome"] as const;

/** The route an address says; the gallery for one that says none. */
export function routeOf(hash: string): Route {
  const [screen = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  if (screen === "photo" && id !== "") return { screen, id: decoded(id) };
  return { screen: PLAIN.find((plain) => plain === screen) ?? "gallery" };
}

export function hashOf(route: Route): string {
  return route.screen === "photo" ? `#/photo/${encodeURIComponent(route.id)}` : `#/${route.screen}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where the page is; the address says it, and going changes the address. */
export class Router {
  route = $state.raw<Route>(routeOf(location.hash));

  /** Follows the address; returns how to stop. */
  start(): () => void {
    const read = () => {
      const next = routeOf(location.hash);
      if (hashOf(next) !== hashOf(this.route)) this.route = next;
    };
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }

  go(route: Route): void {
    location.hash = hashOf(route);
  }
}

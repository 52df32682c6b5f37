/** The screens there are; a photo has its id, the studio that of the photo on its stage, a mosaic its own or that of a photo to make one of. */
export type Route =
  | { screen: "gallery" | "plan" | "activity" | "accounts" | "settings" | "welcome" }
  | { screen: "photo"; id: string }
  | { screen: "studio"; id: string | null }
  | { screen: "mosaic"; id: string | null; photo: string | null };

export type Screen = Route["screen"];

const PLAIN = ["gallery", "plan", "activity", "accounts", "settings", "welcome"] as const;

/** The route an address says; the gallery for one that says none. */
export function routeOf(hash: string): Route {
  const [screen = "", id = "", more = ""] = hash.replace(/^#\/?/, "").split("/");
  if (screen === "photo" && id !== "") return { screen, id: decoded(id) };
  if (screen === "studio") return { screen, id: id === "" ? null : decoded(id) };
  if (screen === "mosaic" && id === "of" && more !== "") return { screen, id: null, photo: decoded(more) };
  if (screen === "mosaic") return { screen, id: id === "" ? null : decoded(id), photo: null };
  return { screen: PLAIN.find((plain) => plain === screen) ?? "gallery" };
}

export function hashOf(route: Route): string {
  if (route.screen === "mosaic" && route.photo !== null) return `#/mosaic/of/${encodeURIComponent(route.photo)}`;
  return "id" in route && route.id !== null ? `#/${route.screen}/${encodeURIComponent(route.id)}` : `#/${route.screen}`;
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
  /** Where one was on the screen before this one; null on the first. */
  before = $state.raw<Route | null>(null);

  /** Follows the address; returns how to stop. */
  start(): () => void {
    const read = () => {
      const next = routeOf(location.hash);
      if (hashOf(next) === hashOf(this.route)) return;
      if (next.screen !== this.route.screen) this.before = this.route;
      this.route = next;
    };
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }

  go(route: Route): void {
    location.hash = hashOf(route);
  }
}

/** What the map says of a stop, a route, an office: codes, communes and hours, never a person that lives there. */
import type { OfficePoint } from "./leaflet";
import { clock, routeTitle, stateOf, type Words } from "./map-colours";
import { isLate, type Route, type Stop } from "./map-plan";

/** `%n` in a sentence is a number. */
export const fill = (words: string | undefined, n: number | string): string => (words ?? "").replace("%n", String(n));

export class Teller {
  constructor(
    private readonly words: Words,
    private readonly live: boolean,
    private readonly addresses: { request: string },
  ) {}

  route(route: Route): string {
    return `${route.office.name} · ${routeTitle(route, this.words)}`;
  }

  lines(stop: Stop): string[] {
    const { words } = this;
    const where = stop.route
      ? `${words.routes ?? ""} ${stop.route.number}, ${fill(words.stopNumber, stop.n)}`
      : (words.unserved ?? "");
    const hours = [
      stop.at === null ? "" : fill(words.expected, clock(stop.at)),
      stop.from === null || stop.to === null ? "" : fill(words.window, `${clock(stop.from)}–${clock(stop.to)}`),
    ];
    return [
      [where, stop.unit].filter(Boolean).join(" · "),
      hours.filter(Boolean).join(" · "),
      [this.kinds(stop), this.due(stop)].filter(Boolean).join(" · "),
      stop.reason || this.state(stop),
    ].filter(Boolean);
  }

  title(stop: Stop): string {
    return stop.codes.join(", ") || (this.words.stop ?? "");
  }

  /** For who hears the map: all of it in one sentence. */
  aloud(stop: Stop): string {
    return [this.title(stop), ...this.lines(stop)].join(". ");
  }

  private kinds(stop: Stop): string {
    const names = ["collect", "deliver", "giveBack"].filter((_, bit) => stop.kinds & (1 << bit));
    return names.map((name) => this.words[name] ?? "").join(", ");
  }

  private due({ due }: Stop): string {
    if (due === null) return "";
    if (due < 0) return fill(this.words.pastDue, -due);
    return due === 0 ? (this.words.dueToday ?? "") : fill(this.words.dueIn, due);
  }

  private state(stop: Stop): string {
    return isLate(stop) ? fill(this.words.lateBy, stop.late) : (this.words[stateOf(stop, this.live)] ?? "");
  }

  popup(stop: Stop): HTMLElement {
    const links = stop.codes.map((code): [string, string] => [
      this.addresses.request.replace("_", encodeURIComponent(code)),
      `${this.words.openRequest ?? ""} ${code}`,
    ]);
    const { route } = stop;
    if (route?.href) links.push([this.edit(stop), this.words.openStop ?? ""]);
    return box(this.title(stop), this.lines(stop), links);
  }

  /** The stop's own form on its route's page: the way to move it where nothing else answers. */
  edit({ route, id }: Stop): string {
    return `${route?.href ?? ""}?diem=${encodeURIComponent(id)}#sua`;
  }

  tooltip(stop: Stop): HTMLElement {
    return box(this.title(stop), this.lines(stop), []);
  }

  routeBox(route: Route): HTMLElement {
    const stops = `${route.stops.length} ${this.words.stops ?? ""}`;
    const known = route.last ? [`${this.words.lastSeen ?? ""} ${route.last.age}`] : [];
    return box(this.route(route), [stops, ...known], route.href ? [[route.href, this.words.open ?? ""]] : []);
  }

  officeBox(office: OfficePoint): HTMLElement {
    const note = office.provisional ? [this.words.provisional ?? ""] : [];
    return box(office.name, [this.words.office ?? "", ...note], []);
  }
}

/** Names and codes go in as text, never as markup. */
function box(title: string, lines: string[], links: [string, string][]): HTMLElement {
  const made = document.createElement("div");
  made.className = "map__popup";
  made.append(withText("strong", title), ...lines.map((line) => withText("span", line)));
  for (const [href, text] of links) if (href.startsWith("/")) made.append(anchor(href, text));
  return made;
}

export function anchor(href: string, text: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  return link;
}

export function withText(tag: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

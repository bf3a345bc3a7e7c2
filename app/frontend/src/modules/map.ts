import { type Area, createMap, drawAreas, drawRoads, L, type LonLat, type OfficePoint, toLatLng } from "./leaflet";
import { NumberedStop } from "./numbered-stop";
import type { RoadLayer } from "./road-layer";

interface Stop {
  lon: number;
  lat: number;
  n?: number;
  title: string;
  lines?: string[];
  href?: string;
}

interface Route {
  id: string;
  office: string;
  courier: string;
  number: number;
  colour?: number;
  path: LonLat[];
  stops: Stop[];
  href?: string;
}

interface Plan {
  offices: OfficePoint[];
  areas?: Area[];
  boundaries?: boolean;
  routes: Route[];
  unserved?: Stop[];
}

type Words = Record<string, string>;

// colour is never alone: the dash and the number say the same
const COLOURS = ["#1b6ca8", "#b8461f", "#2e7d4f", "#7a4fa3", "#966300", "#b8337a", "#00798c", "#5f5a52"];
const DASHES = ["", "10 5", "2 6", "14 5 2 5", "6 6"];
const MOST_IN_LEGEND = 24;

/** Draw the plan that `data-src` answers; the page's table says the same without script. */
export async function showRoutes(element: HTMLElement): Promise<void> {
  const canvas = element.querySelector<HTMLElement>(".map__canvas");
  if (!canvas) return;
  const words = JSON.parse(element.dataset.words ?? "{}") as Words;
  try {
    const answer = await fetch(element.dataset.src ?? "", { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    new RouteMap(element, canvas, words, (await answer.json()) as Plan).show(element.dataset.office ?? "");
  } catch (error) {
    canvas.textContent = words.failed ?? "";
    throw error;
  }
}

class RouteMap {
  private readonly map: L.Map;
  private readonly renderer = L.canvas({ padding: 0.3, tolerance: 6 });
  private readonly ground = L.canvas({ padding: 0.3 });
  private readonly roads = L.layerGroup();
  private readonly drawn = L.layerGroup();
  private readonly legend: HTMLElement | null;
  private turn = 0;

  constructor(
    private readonly element: HTMLElement,
    canvas: HTMLElement,
    private readonly words: Words,
    private readonly plan: Plan,
  ) {
    this.map = createMap(element, canvas);
    this.legend = element.querySelector(".map__legend");
    this.map.setView([13.98, 108.3], 8);
    const areas = L.layerGroup().addTo(this.map);
    drawAreas(plan.areas ?? [], areas, this.renderer);
    this.roads.addTo(this.map);
    this.drawn.addTo(this.map);
    element.querySelector(".map__tools")?.append(...this.filter(element.dataset.office ?? ""));
    element.dataset.stops = String(plan.routes.reduce((sum, route) => sum + route.stops.length, 0));
  }

  show(office: string): void {
    const routes = this.plan.routes.filter((route) => !office || route.office === office);
    const offices = this.plan.offices.filter((point) => !office || point.id === office);
    this.drawn.clearLayers();
    const bounds = L.latLngBounds([]);
    for (const route of routes) bounds.extend(this.drawRoute(route));
    for (const stop of office ? [] : (this.plan.unserved ?? [])) bounds.extend(this.drawUnserved(stop));
    for (const point of offices) bounds.extend(this.drawOffice(point));
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [24, 24], maxZoom: 14, animate: false });
    this.legend?.replaceChildren(...this.legendOf(routes));
    void this.showRoads(office);
  }

  /** Under one office's routes; of a whole province nobody could see them. */
  private async showRoads(office: string): Promise<void> {
    const turn = ++this.turn;
    this.roads.clearLayers();
    const { roads } = this.element.dataset;
    if (!office || !roads) return;
    const answer = await fetch(roads.replace("/0/", `/${office}/`), { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const layer = (await answer.json()) as RoadLayer;
    if (turn !== this.turn) return; // another office was chosen meanwhile
    drawRoads(layer, this.roads, this.ground);
    this.element.dataset.roadLines = String(layer.lines.length);
  }

  private style(route: Route): { color: string; dash: string } {
    const index = route.colour ?? this.plan.routes.indexOf(route);
    return { color: pick(COLOURS, index), dash: pick(DASHES, Math.floor(index / COLOURS.length) + index) };
  }

  private drawRoute(route: Route): L.LatLngBounds {
    const { color, dash } = this.style(route);
    const renderer = this.renderer;
    const path = route.path.map(toLatLng);
    const title = this.routeTitle(route);
    L.polyline(path, { renderer, color, weight: 3, opacity: 0.85, dashArray: dash })
      .bindPopup(() =>
        popup({ title, lines: [`${route.stops.length} ${this.words.stops ?? ""}`], ...link(route) }, this.words),
      )
      .addTo(this.drawn);
    for (const [index, stop] of route.stops.entries()) {
      new NumberedStop([stop.lat, stop.lon], {
        renderer,
        radius: 9,
        color: "#ffffff",
        weight: 1,
        fillColor: color,
        fillOpacity: 1,
        text: String(stop.n ?? index + 1),
      })
        .bindPopup(() => popup({ ...stop, lines: [title, ...(stop.lines ?? [])] }, this.words))
        .addTo(this.drawn);
    }
    return L.latLngBounds(path.length ? path : route.stops.map((stop): L.LatLngTuple => [stop.lat, stop.lon]));
  }

  private drawUnserved(stop: Stop): L.LatLngTuple {
    const at: L.LatLngTuple = [stop.lat, stop.lon];
    new NumberedStop(at, {
      renderer: this.renderer,
      radius: 8,
      color: "#a8231f",
      weight: 3,
      fillColor: "#ffffff",
      fillOpacity: 1,
      text: "!",
    })
      .bindPopup(() => popup({ ...stop, lines: [this.words.unserved ?? "", ...(stop.lines ?? [])] }, this.words))
      .addTo(this.drawn);
    return at;
  }

  private drawOffice(point: OfficePoint): L.LatLngTuple {
    const at: L.LatLngTuple = [point.lat, point.lon];
    const half = 5;
    const note = point.provisional ? (this.words.provisional ?? "") : "";
    L.circleMarker(at, {
      renderer: this.renderer,
      radius: half,
      color: "#23201b",
      weight: 2.5,
      fillColor: "#fffdf9",
      fillOpacity: 1,
    })
      .bindPopup(() =>
        popup({ ...point, title: point.name, lines: [this.words.office ?? "", note].filter(Boolean) }, this.words),
      )
      .addTo(this.drawn);
    return at;
  }

  private filter(chosen: string): HTMLElement[] {
    const label = document.createElement("label");
    label.textContent = this.words.filter ?? "";
    label.htmlFor = "map-office";
    const select = document.createElement("select");
    select.id = "map-office";
    select.className = "input";
    select.append(new Option(this.words.all ?? "", ""));
    const used = new Set(this.plan.routes.map((route) => route.office));
    const offices = this.plan.offices.filter((point) => used.has(point.id));
    for (const { id, name } of offices.sort((a, b) => a.name.localeCompare(b.name, "vi")))
      select.append(new Option(name, id));
    select.value = chosen;
    select.addEventListener("change", () => this.show(select.value));
    return [label, select];
  }

  private legendOf(routes: Route[]): HTMLElement[] {
    const note = document.createElement("p");
    note.textContent = (this.plan.boundaries ? this.words.boundaries : this.words.areas) ?? "";
    if (routes.length > MOST_IN_LEGEND) return [note];
    const list = document.createElement("ul");
    list.className = "map__routes";
    list.setAttribute("aria-label", this.words.legend ?? "");
    for (const route of routes) {
      const item = document.createElement("li");
      const text = document.createElement("span");
      text.textContent = `${this.routeTitle(route)} · ${route.stops.length} ${this.words.stops ?? ""}`;
      item.append(sample(this.style(route)), text);
      list.append(item);
    }
    return [list, note];
  }

  private routeTitle(route: Route): string {
    return `${this.words.routes ?? ""} ${route.number}: ${route.courier}`;
  }
}

function pick(from: string[], index: number): string {
  return from[index % from.length] ?? "";
}

function link(route: Route): { href?: string } {
  return route.href ? { href: route.href } : {};
}

function sample({ color, dash }: { color: string; dash: string }): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("width", "40");
  svg.setAttribute("height", "8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "line");
  for (const [name, value] of Object.entries({
    x1: "0",
    y1: "4",
    x2: "40",
    y2: "4",
    stroke: color,
    "stroke-width": "3",
    "stroke-dasharray": dash,
  })) {
    line.setAttribute(name, value);
  }
  svg.append(line);
  return svg;
}

/** Names and addresses go in as text, never as markup. */
function popup(about: { title: string; lines?: string[]; href?: string }, words: Words): HTMLElement {
  const box = document.createElement("div");
  box.className = "map__popup";
  const title = document.createElement("strong");
  title.textContent = about.title;
  box.append(title);
  for (const line of about.lines ?? []) {
    const span = document.createElement("span");
    span.textContent = line;
    box.append(span);
  }
  if (about.href?.startsWith("/")) {
    const anchor = document.createElement("a");
    anchor.href = about.href;
    anchor.textContent = words.open ?? "";
    box.append(anchor);
  }
  return box;
}

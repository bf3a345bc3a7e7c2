/** A day on a map: Leaflet moves it, three canvases draw it. What it says by colour it says in words, what hands do keys do. */
import { createMap, L, type LonLat, type OfficePoint } from "./leaflet";
import { CanvasLayer, Ground } from "./map-canvas";
import { keyOf, type Mode, type Words } from "./map-colours";
import { DayDrawing, type Ghost, type Ink, ink, type Sight } from "./map-day";
import { type Acts, between, Keys, Pointer } from "./map-hand";
import { Near, type Target } from "./map-near";
import { type Answer, isOpen, type Plan, placeOf, type Route, type Stop, unpack } from "./map-plan";
import { type Choice, legend, StopList, tools } from "./map-tools";
import { anchor, fill, Teller } from "./map-words";
import type { RoadLayer } from "./road-layer";

const A_MINUTE_MS = 60_000;
const WHEEL = 140; // four turns from the province end at a commune, not on an empty field

/** Asked of the page: may this stop go there? Who answers prevents the default and gives a `tannha:ghost` back. */
export interface Proposal {
  stop: string;
  route: string;
  after: string | null; // first
}

/** Draw the plan that `data-src` answers; the page's table says the same without script. */
export async function showRoutes(element: HTMLElement): Promise<void> {
  const canvas = element.querySelector<HTMLElement>(".map__canvas");
  if (!canvas) return;
  const words = JSON.parse(element.dataset.words ?? "{}") as Words;
  try {
    const told = await ask<Answer>(element.dataset.src ?? "");
    if (!told) throw new Error(element.dataset.src);
    new DayMap(element, canvas, words, unpack(told)).start();
  } catch (error) {
    canvas.textContent = words.failed ?? "";
    throw error;
  }
}

async function ask<T>(url: string): Promise<T | null> {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  return answer.ok ? ((await answer.json()) as T) : null;
}

class DayMap implements Acts {
  private readonly map: L.Map;
  private readonly choice: Choice;
  private readonly sight: Sight;
  private readonly drawing: DayDrawing;
  private readonly layers: { ground: CanvasLayer; day: CanvasLayer; hand: CanvasLayer };
  private readonly teller: Teller;
  private readonly list: StopList | null;
  private readonly tooltip = L.tooltip({ direction: "top", offset: [0, -8] });
  private readonly dark = window.matchMedia("(prefers-color-scheme: dark)");
  private pointed: Stop | OfficePoint | null = null;
  private paper = false;
  private turn = 0;

  constructor(
    private readonly element: HTMLElement,
    canvas: HTMLElement,
    private readonly words: Words,
    private readonly plan: Plan,
  ) {
    const office = element.dataset.office ?? "";
    this.choice = { office, mode: "courier", filter: "all" };
    this.sight = { office, filter: "all", route: null, stop: null, carried: null, thread: [], ghost: null };
    this.teller = new Teller(words, plan.live, { request: element.dataset.request ?? "" });
    this.map = createMap(element, canvas, {
      keyboard: false,
      wheelPxPerZoomLevel: WHEEL,
      center: [13.98, 108.3],
      zoom: 8,
    });
    const ground = new Ground(middle(plan));
    this.drawing = new DayDrawing(plan, ground, this.sight, keyOf("courier", plan, plan.routes, words));
    this.layers = {
      ground: new CanvasLayer(ground, (view) => this.drawing.drawGround(view)).addTo(this.map),
      day: new CanvasLayer(ground, (view) => this.drawing.drawDay(view)).addTo(this.map),
      hand: new CanvasLayer(ground, (view) => this.drawing.drawHand(view)).addTo(this.map),
    };
    const near = new Near(plan, ground, (stop) => this.inSight(stop));
    new Pointer(this.map, near, this);
    new Keys(this.map, plan, this, () => this.sight.stop);
    const frame = element.querySelector<HTMLDetailsElement>(".map__stops");
    this.list = frame && new StopList(frame, this.teller, words, (stop) => this.lookAt(stop));
  }

  start(): void {
    const { element, choice } = this;
    element.querySelector(".map__tools")?.prepend(...tools(this.plan, this.words, choice, () => this.chosen()));
    element.addEventListener("tannha:ghost", (event) => this.haunt((event as CustomEvent<Ghost | null>).detail));
    this.dark.addEventListener("change", () => this.dress());
    element.addEventListener("tannha:refresh", () => void this.refresh());
    if (this.plan.live) this.keepFresh();
    this.offerPrint();
    // Leaflet says it in English
    this.map.on("popupopen", ({ popup }) => {
      popup
        .getElement()
        ?.querySelector(".leaflet-popup-close-button")
        ?.setAttribute("aria-label", this.words.close ?? "");
    });
    this.dress();
    this.chosen();
    element.dataset.stops = String(this.plan.routes.reduce((sum, route) => sum + route.stops.length, 0));
  }

  /** Another office, way of colouring or filter was chosen. */
  private chosen(): void {
    const { office, filter, mode } = this.choice;
    const moved = this.sight.office !== office || this.turn === 0;
    Object.assign(this.sight, { office, filter, route: null, stop: null });
    this.map.closePopup();
    this.colour(mode);
    if (moved) this.fit();
    if (moved) void this.showRoads(office);
    this.listThem();
    this.redraw();
  }

  /** Each minute, while somebody is at it: asking for ever would keep open a screen that the server locks when it is left. */
  private keepFresh(): void {
    let touched = Date.now();
    for (const kind of ["pointermove", "keydown"]) document.addEventListener(kind, () => (touched = Date.now()));
    setInterval(() => {
      if (!document.hidden && Date.now() - touched < 2 * A_MINUTE_MS) void this.refresh();
    }, A_MINUTE_MS);
  }

  /** What has become of the day meanwhile; what is looked at stays where it is. */
  private async refresh(): Promise<void> {
    if (this.sight.carried) return;
    const told = await ask<Answer>(this.element.dataset.src ?? "");
    if (!told) return;
    Object.assign(this.plan, unpack(told));
    const { stop, route } = this.sight;
    this.sight.stop = this.inOrder().find(({ id }) => id === stop?.id) ?? null;
    this.sight.route = this.plan.routes.find(({ id }) => id === route?.id) ?? null;
    this.drawing.take();
    this.colour(this.choice.mode);
    if (!this.element.querySelector(".map__stops[open]")) this.listThem(); // nobody's place in it is lost
    this.redraw();
    this.element.dataset.refreshed = "";
  }

  private listThem(): void {
    this.list?.tell(this.inOrder().filter((stop) => this.inSight(stop)));
  }

  private colour(mode: Mode): void {
    const { office } = this.sight;
    const routes = this.plan.routes.filter((route) => !office || route.office.id === office);
    const key = keyOf(mode, this.plan, routes, this.words);
    const left = this.plan.unserved.filter((stop) => !office || stop.office === office).length;
    this.drawing.use(key);
    const { palette } = this.ink;
    this.element.querySelector(".map__legend")?.replaceChildren(...legend(key, palette, this.plan, this.words, left));
  }

  private dress(): void {
    this.drawing.wear(this.ink, Math.min(window.devicePixelRatio || 1, 2));
    if (this.turn) this.colour(this.choice.mode);
    this.redraw();
  }

  private get ink(): Ink {
    return ink(this.dark.matches && !this.paper);
  }

  private redraw(): void {
    for (const layer of Object.values(this.layers)) layer.later();
  }

  private inOrder(): Stop[] {
    return [...this.plan.routes.flatMap((route) => route.stops), ...this.plan.unserved];
  }

  private fit(): void {
    const { office } = this.sight;
    const places = this.inOrder()
      .filter((stop) => !office || stop.office === office)
      .map(placeOf);
    for (const { id, lon, lat } of this.plan.offices) if (!office || id === office) places.push([lon, lat]);
    const bounds = L.latLngBounds(places.map(([lon, lat]): L.LatLngTuple => [lat, lon]));
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [24, 24], maxZoom: 14, animate: false });
  }

  /** Under one office's routes; of a whole province nobody could see them. */
  private async showRoads(office: string): Promise<void> {
    const turn = ++this.turn;
    const { roads } = this.element.dataset;
    this.drawing.layRoads(null);
    this.layers.ground.later();
    if (!office || !roads) return;
    const layer = await ask<RoadLayer>(roads.replace("/0/", `/${office}/`));
    if (!layer || turn !== this.turn) return; // another office was chosen meanwhile
    this.drawing.layRoads(layer);
    this.layers.ground.later();
    this.element.dataset.roadLines = String(layer.lines.length);
  }

  // what hands do

  inSight(stop: Stop): boolean {
    return this.drawing.isInSight(stop);
  }

  mayCarry(stop: Stop): boolean {
    return this.element.dataset.moves !== undefined && isOpen(stop);
  }

  point(stop: Stop | null): void {
    this.tip(stop, () => this.teller.tooltip(stop as Stop));
  }

  pointOffice(office: OfficePoint | null): void {
    this.tip(office, () => this.teller.officeBox(office as OfficePoint));
  }

  private tip(at: Stop | OfficePoint | null, told: () => HTMLElement): void {
    if (at === this.pointed) return;
    this.pointed = at;
    this.map.getContainer().classList.toggle("map__canvas--points", at !== null);
    this.tooltip.remove();
    if (at) this.tooltip.setLatLng([at.lat, at.lon]).setContent(told()).addTo(this.map);
  }

  /** As if it had been chosen above the map; that of somebody else's, which is not among those, stays what it is. */
  chooseOffice(office: OfficePoint): void {
    const select = this.element.querySelector<HTMLSelectElement>("#map-office");
    if (!select || ![...select.options].some(({ value }) => value === office.id)) return;
    select.value = office.id;
    select.dispatchEvent(new Event("change"));
  }

  choose(stop: Stop): void {
    this.sight.stop = stop;
    this.sight.route = stop.route;
    this.map.panInside([stop.lat, stop.lon], { padding: [60, 60], animate: false });
    this.point(stop);
    this.tell(this.teller.aloud(stop));
    this.redraw();
  }

  open(stop: Stop): void {
    this.choose(stop);
    this.point(null);
    const popup = L.popup({ offset: [0, -6] })
      .setLatLng([stop.lat, stop.lon])
      .setContent(this.teller.popup(stop));
    popup.openOn(this.map);
    const first = popup.getElement()?.querySelector<HTMLElement>("a[href]");
    if (document.activeElement === this.map.getContainer()) first?.focus();
    popup.getElement()?.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.map.closePopup();
      this.map.getContainer().focus();
    });
  }

  isolate(route: Route | null): void {
    this.sight.route = route;
    this.sight.stop = null;
    this.point(null);
    if (route) {
      this.tell(this.teller.route(route));
      const [lon, lat] = route.last ? [route.last.lon, route.last.lat] : [route.office.lon, route.office.lat];
      this.map.openPopup(this.teller.routeBox(route), [lat, lon]);
    }
    this.redraw();
  }

  carry(stop: Stop | null, thread: LonLat[]): void {
    Object.assign(this.sight, { carried: stop, thread });
    if (stop) this.point(null);
    this.layers.hand.later();
  }

  say(word: string): void {
    this.tell(this.words[word] ?? "");
  }

  /** The page may answer, and draws a ghost; where nobody does, the stop's own form is the way. */
  propose(stop: Stop, { route, after }: Target): void {
    const detail: Proposal = { stop: stop.id, route: route.id, after: after?.id ?? null };
    const path = between({ route, after }, placeOf(stop));
    this.haunt({ path, words: "", at: placeOf(stop) });
    const asked = new CustomEvent<Proposal>("tannha:propose", { detail, bubbles: true, cancelable: true });
    if (!this.element.dispatchEvent(asked)) return;
    this.haunt(null);
    this.tell(fill(this.words.byForm, this.teller.title(stop)));
    if (stop.route?.href) this.status?.append(" ", anchor(this.teller.edit(stop), this.words.openStop ?? ""));
  }

  private haunt(ghost: Ghost | null): void {
    this.sight.ghost = ghost;
    if (ghost?.words) this.tell(ghost.words);
    this.layers.hand.later();
  }

  private lookAt(stop: Stop): void {
    this.map.setView([stop.lat, stop.lon], Math.max(this.map.getZoom(), 13), { animate: false });
    this.map.getContainer().focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
    this.open(stop);
  }

  private get status(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(".map__status");
  }

  private tell(text: string): void {
    if (this.status) this.status.textContent = text;
  }

  /** On paper the map has the colours of the day; by its own button it has the page to itself, too. */
  private offerPrint(): void {
    window.addEventListener("beforeprint", () => this.putOnPaper(true));
    window.addEventListener("afterprint", () => {
      this.widen(false);
      this.putOnPaper(false);
    });
    this.element.querySelector(".map__print")?.addEventListener("click", () => {
      this.widen(true);
      window.print();
    });
  }

  private putOnPaper(paper: boolean): void {
    this.paper = paper;
    this.dress();
    for (const layer of Object.values(this.layers)) layer.redraw(); // now: paper waits for no frame
  }

  private widen(wide: boolean): void {
    if (this.element.classList.contains("map--paper") === wide) return;
    this.element.classList.toggle("map--paper", wide);
    document.documentElement.classList.toggle("prints-map", wide);
    this.map.invalidateSize({ animate: false, pan: false });
    this.fit();
  }
}

function middle(plan: Plan): LonLat {
  const [first] = plan.offices;
  const places = plan.routes.map(({ office }) => office);
  const sum = (of: "lon" | "lat"): number => places.reduce((all, one) => all + one[of], 0) / places.length;
  return places.length ? [sum("lon"), sum("lat")] : [first?.lon ?? 108.3, first?.lat ?? 13.98];
}

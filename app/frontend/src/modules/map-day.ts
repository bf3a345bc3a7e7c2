/** Draws a day: ground, lines, stops, offices, names, couriers; on top what is late, left out, looked at or proposed. */
import type { LonLat, OfficePoint } from "./leaflet";
import { type Ground, inSight, type Outline, outline, stroke, type View } from "./map-canvas";
import { DARK, type Filter, type Key, LIGHT, shown } from "./map-colours";
import { type Mark, Marks, type Spot } from "./map-marks";
import { DONE, isLate, isOpen, NOT_DONE, type Plan, placeOf, type Route, type Stop } from "./map-plan";
import { placesOf, type RoadLayer } from "./road-layer";

const ZOOM_OF_NUMBERS = 11;
const ZOOM_OF_DASHES = 9.5;
const ZOOM_OF_NAMES = 9.25;
const ZOOM_OF_OFFICES = 8.25;
const [SMALL, FULL] = [3.5, 9];
const FAINT = 0.18;
const STRAIGHT = [7, 5];
const NEAR = { radius: FULL, width: 1 };
const FAR = { radius: SMALL, width: 0 };
const NEAR_VISITED = { radius: FULL - 1, width: 2 };
const FAR_VISITED = { radius: SMALL - 0.5, width: 1.25 };
const EDGE = 12; // pixels beyond the canvas where a mark still reaches in

export interface Ink {
  palette: string[];
  land: string;
  line: string;
  ink: string;
  paper: string;
  bad: string;
  roads: string[];
}

export function ink(dark: boolean): Ink {
  return dark
    ? {
        ...{ palette: DARK, land: "#2a2723", line: "#8f8574", ink: "#f1ebe1", paper: "#171614", bad: "#f49c93" },
        roads: ["#6b6253", "#575044", "#484238"],
      }
    : {
        ...{ palette: LIGHT, land: "#efe8da", line: "#8a7f6c", ink: "#23201b", paper: "#ffffff", bad: "#a8231f" },
        roads: ["#b9ad97", "#cfc5b3", "#d9d1c2"],
      };
}

export interface Ghost {
  path: LonLat[];
  words: string;
  at: LonLat;
}

/** What is looked at. */
export interface Sight {
  office: string;
  filter: Filter;
  route: Route | null;
  stop: Stop | null;
  carried: Stop | null;
  thread: LonLat[]; // from what is carried to where it would be put
  ghost: Ghost | null;
}

interface Placed<T> {
  of: T;
  x: number;
  y: number;
}

export class DayDrawing {
  private lines = new Map<Route, Outline>();
  private stops: Placed<Stop>[] = [];
  private offices: Placed<OfficePoint>[] = [];
  private areas: Outline = outline([]);
  private roads: Outline[] = [];
  private marks = new Marks(1);
  private colours = ink(false);

  constructor(
    private readonly plan: Plan,
    private readonly ground: Ground,
    private readonly sight: Sight,
    private key: Key,
  ) {
    this.take();
  }

  /** What the plan holds now. */
  take(): void {
    const { plan, ground } = this;
    this.lines = new Map(plan.routes.map((route) => [route, outline([ground.line(route.path)])]));
    const placed = [...plan.routes.flatMap((route) => route.stops), ...plan.unserved];
    this.stops = placed.map((of) => this.placed(of)).sort((a, b) => rank(a.of) - rank(b.of));
    this.offices = plan.offices.map((of) => this.placed(of));
    this.areas = outline(plan.areas.map(({ ring }) => ground.line(ring)));
  }

  private placed<T extends { lon: number; lat: number }>(of: T): Placed<T> {
    const [x, y] = this.ground.at(of.lon, of.lat);
    return { of, x, y };
  }

  use(key: Key): void {
    this.key = key;
  }

  wear(colours: Ink, ratio: number): void {
    this.colours = colours;
    this.marks = new Marks(ratio);
  }

  layRoads(layer: RoadLayer | null): void {
    this.roads = [0, 1, 2].map((rank) => {
      const lines = (layer?.lines ?? []).filter((line) => (line[0] ?? 1) === rank);
      const unit = layer?.unit ?? 1;
      return outline(
        lines.map((line) => this.ground.line(placesOf(line, unit).map(([lat, lon]): LonLat => [lon, lat]))),
      );
    });
  }

  drawGround(view: View): void {
    const { roads, line } = this.colours;
    const widths = [3, 2, 1];
    [2, 1, 0].forEach((rank) => {
      const of = this.roads[rank];
      if (of && inSight(of, view)) stroke(view, of, roads[rank] ?? line, widths[rank] ?? 1);
    });
    view.context.globalAlpha = 0.7;
    stroke(view, this.areas, line, 1);
    view.context.globalAlpha = 1;
  }

  drawDay(view: View): void {
    this.drawLines(view);
    for (const one of this.stops) if (this.isInSight(one.of)) this.drawStop(view, one);
    this.drawOffices(view);
    this.drawCouriers(view);
  }

  isInSight(stop: Stop): boolean {
    const { office, filter } = this.sight;
    return (!office || stop.office === office) && shown(stop, filter, this.plan.live);
  }

  private drawLines(view: View): void {
    for (const [route, line] of this.lines) {
      if (this.isLineShown(route) && inSight(line, view)) this.drawLine(view, route, line);
    }
    view.context.globalAlpha = 1;
  }

  private isLineShown(route: Route): boolean {
    const { filter } = this.sight;
    return filter !== "left" && this.isOfOffice(route.office.id) && route.stops.some((stop) => this.isInSight(stop));
  }

  private drawLine(view: View, route: Route, line: Outline): void {
    const { context, zoom } = view;
    const { route: chosen } = this.sight;
    const [first] = route.stops;
    if (!first) return;
    const far = zoom < ZOOM_OF_DASHES;
    context.globalAlpha = this.faded(route);
    const width = route === chosen ? 4.5 : far ? 2 : 3;
    const colour = this.key.ofRoutes ? this.colour(this.key.look(first).colour) : this.colours.line;
    stroke(view, line, colour, width, route.byRoad || far ? [] : STRAIGHT);
  }

  private isOfOffice(office: string): boolean {
    return !this.sight.office || this.sight.office === office;
  }

  private faded(route: Route | null): number {
    return this.sight.route && this.sight.route !== route ? FAINT : 1;
  }

  private colour(index: number): string {
    return this.colours.palette[index % this.colours.palette.length] ?? this.colours.ink;
  }

  private drawStop(view: View, { of, x, y }: Placed<Stop>): void {
    const { context, zoom } = view;
    const at = seen(view, x, y);
    if (!at) return;
    const near = zoom >= ZOOM_OF_NUMBERS || (of.route !== null && of.route === this.sight.route);
    const mark = this.markOf(of, near);
    context.globalAlpha = this.faded(of.route);
    this.marks.mark(context, at, mark);
    if (near || stands(of)) {
      const { paper } = this.colours;
      this.marks.text(context, at, this.saidIn(of, near), mark.fill === paper ? mark.edge : paper);
    }
    context.globalAlpha = 1;
  }

  private markOf(stop: Stop, near: boolean): Mark {
    const { paper, bad } = this.colours;
    if (!stop.route) return { fill: paper, edge: bad, shape: 2, radius: near ? FULL : 7, width: 2.5 };
    if (isLate(stop)) return { fill: bad, edge: paper, shape: 3, radius: near ? FULL + 2 : 7, width: 1 };
    const { colour, shape } = this.key.look(stop);
    const own = this.colour(colour);
    if (isOpen(stop)) return { fill: own, edge: paper, shape, ...(near ? NEAR : FAR) };
    return { fill: paper, edge: own, shape, ...(near ? NEAR_VISITED : FAR_VISITED) };
  }

  private saidIn(stop: Stop, near: boolean): string {
    if (!stop.route || (isLate(stop) && !near)) return "!";
    if (stop.state === DONE) return "✓";
    if (isOpen(stop)) return String(stop.n);
    return stop.state === NOT_DONE ? "×" : "–";
  }

  private drawOffices(view: View): void {
    const { paper, ink: dark } = this.colours;
    const size = view.zoom < ZOOM_OF_OFFICES ? { radius: 2.5, width: 1.5 } : { radius: 5, width: 2.5 };
    const names: Name[] = [];
    for (const { of, x, y } of this.offices) {
      const at = seen(view, x, y);
      if (!at) continue;
      view.context.globalAlpha = this.isOfOffice(of.id) ? 1 : 0.4;
      this.marks.mark(view.context, at, { fill: paper, edge: dark, shape: 0, ...size });
      const name = { x: at[0] + 8, y: at[1], width: this.marks.widthOf(view.context, of.name) };
      if (view.zoom < ZOOM_OF_NAMES || names.some((other) => meet(name, other))) continue;
      names.push(name);
      this.label(view, [name.x, name.y], of.name);
    }
    view.context.globalAlpha = 1;
  }

  private label({ context }: View, at: Spot, text: string): void {
    this.marks.label(context, at, text, [this.colours.ink, this.colours.land]);
  }

  /** Where a courier was last, as far as the phone has told: the door of the last act, with its age. */
  private drawCouriers(view: View): void {
    for (const route of this.plan.routes) {
      if (route.last && this.isOfOffice(route.office.id) && this.faded(route) === 1) this.drawCourier(view, route.last);
    }
  }

  private drawCourier(view: View, { lon, lat, age }: { lon: number; lat: number; age: string }): void {
    const { ink: dark, paper } = this.colours;
    const [x, y] = this.pixels(view, [lon, lat]);
    this.marks.mark(view.context, [x, y - 14], { fill: dark, edge: paper, shape: 1, radius: 7, width: 2 });
    this.marks.text(view.context, [x, y - 14], "▾", paper);
    if (view.zoom >= ZOOM_OF_NUMBERS || this.sight.route) this.label(view, [x + 10, y - 16], age);
  }

  /** On a canvas of its own: what is carried moves with every step of the pointer. */
  drawHand(view: View): void {
    const { stop, carried, thread, ghost } = this.sight;
    const { ink: dark } = this.colours;
    for (const one of [stop, carried]) if (one) this.ring(view, placeOf(one), one === carried);
    if (thread.length > 1) this.freeLine(view, thread, dark, [3, 4]);
    if (!ghost) return;
    this.freeLine(view, ghost.path, this.colours.bad, [10, 6]);
    const [x, y] = this.pixels(view, ghost.at);
    if (ghost.words) this.label(view, [x + 12, y - 14], ghost.words);
  }

  private ring(view: View, place: LonLat, carried: boolean): void {
    const [x, y] = this.pixels(view, place);
    const { context } = view;
    context.beginPath();
    context.arc(x, y, carried ? 17 : 14, 0, Math.PI * 2);
    context.lineWidth = 3;
    context.setLineDash(carried ? [4, 3] : []);
    context.strokeStyle = this.colours.ink;
    context.stroke();
    context.setLineDash([]);
  }

  private freeLine(view: View, places: LonLat[], colour: string, dash: number[]): void {
    stroke(view, outline([this.ground.line(places)]), colour, 3, dash);
  }

  private pixels({ scale, left, top }: View, [lon, lat]: LonLat): [number, number] {
    const [x, y] = this.ground.at(lon, lat);
    return [x * scale + left, y * scale + top];
  }
}

/** What a person has to see lies on top: done, open, late, left out. */
function rank(stop: Stop): number {
  if (!stop.route) return 3;
  return isLate(stop) ? 2 : isOpen(stop) ? 1 : 0;
}

/** Where it lies on the canvas; null: beyond its edges. */
function seen({ scale, left, top, width, height }: View, x: number, y: number): Spot | null {
  const [px, py] = [x * scale + left, y * scale + top];
  return px < -EDGE || py < -EDGE || px > width + EDGE || py > height + EDGE ? null : [px, py];
}

const stands = (stop: Stop): boolean => !stop.route || isLate(stop);

interface Name {
  x: number;
  y: number;
  width: number;
}

/** Names never lie on each other. */
const meet = (one: Name, other: Name): boolean =>
  Math.abs(one.y - other.y) < 20 && one.x < other.x + other.width && other.x < one.x + one.width;

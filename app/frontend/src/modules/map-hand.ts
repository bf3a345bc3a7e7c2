/** Hands on the map: a pointer that points, clicks and carries a stop, and the same by keys alone. */
import { L, type LonLat, type OfficePoint } from "./leaflet";
import type { Near, Target } from "./map-near";
import { without } from "./map-near";
import { type Plan, placeOf, type Route, type Stop } from "./map-plan";

/** What hands may do; the map does it. */
export interface Acts {
  point(stop: Stop | null): void; // under the pointer
  pointOffice(office: OfficePoint | null): void;
  chooseOffice(office: OfficePoint): void;
  choose(stop: Stop): void; // by keys: looked at and said
  open(stop: Stop): void;
  isolate(route: Route | null): void;
  carry(stop: Stop | null, thread: LonLat[]): void;
  propose(stop: Stop, target: Target): void;
  mayCarry(stop: Stop): boolean;
  inSight(stop: Stop): boolean;
  say(word: string): void;
}

const REACH = 12; // pixels
const MOVED = 5; // less is a click
const PAN = 80;

export class Pointer {
  private pressed: { stop: Stop; at: L.Point } | null = null;
  private carrying = false;

  constructor(
    private readonly map: L.Map,
    private readonly near: Near,
    private readonly acts: Acts,
  ) {
    const container = map.getContainer();
    container.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    container.addEventListener("pointermove", (event) => this.move(event));
    window.addEventListener("pointerup", (event) => this.release(event));
    window.addEventListener("pointercancel", () => this.drop());
    container.addEventListener("pointerleave", () => acts.point(null));
    map.on("click", (event) => this.click([event.latlng.lng, event.latlng.lat]));
  }

  private get reach(): number {
    return REACH / 2 ** this.map.getZoom();
  }

  private place(event: MouseEvent): LonLat {
    const { lng, lat } = this.map.mouseEventToLatLng(event);
    return [lng, lat];
  }

  private isOnControl(event: Event): boolean {
    return event.target instanceof Element && event.target.closest(".leaflet-control, .leaflet-popup") !== null;
  }

  /** A stop that may be carried stops the map from being dragged; a finger carries none, it would never pan again. */
  private press(event: PointerEvent): void {
    if (event.button !== 0 || event.pointerType === "touch" || this.isOnControl(event)) return;
    const stop = this.near.stopAt(this.place(event), this.reach);
    if (!stop || !this.acts.mayCarry(stop)) return;
    this.pressed = { stop, at: this.map.mouseEventToContainerPoint(event) };
    this.map.dragging.disable();
  }

  private move(event: PointerEvent): void {
    if (!this.pressed) {
      if (event.buttons === 0 && !this.isOnControl(event)) this.point(this.place(event));
      return;
    }
    const { stop, at } = this.pressed;
    if (!this.carrying && this.map.mouseEventToContainerPoint(event).distanceTo(at) < MOVED) return;
    this.carrying = true;
    const place = this.place(event);
    const target = this.near.targetAt(place, this.reach, stop);
    this.acts.carry(stop, target ? between(target, placeOf(stop)) : [placeOf(stop), place]);
  }

  private point(place: LonLat): void {
    const stop = this.near.stopAt(place, this.reach);
    this.acts.point(stop);
    if (!stop) this.acts.pointOffice(this.near.officeAt(place, this.reach));
  }

  private release(event: PointerEvent): void {
    if (!this.pressed) return;
    const { stop } = this.pressed;
    const target = this.carrying ? this.near.targetAt(this.place(event), this.reach, stop) : null;
    const carried = this.carrying;
    this.drop();
    if (target) this.acts.propose(stop, target);
    else if (carried) this.acts.say("noTarget");
  }

  private drop(): void {
    if (!this.pressed) return;
    this.pressed = null;
    this.map.dragging.enable();
    this.acts.carry(null, []);
    if (this.carrying) setTimeout(() => (this.carrying = false)); // the click that ends a drag is none
  }

  private click(place: LonLat): void {
    if (this.carrying) return;
    const stop = this.near.stopAt(place, this.reach);
    const office = this.near.officeAt(place, this.reach);
    if (stop) this.acts.open(stop);
    else if (office) this.acts.chooseOffice(office);
    else this.acts.isolate(this.near.legAt(place, this.reach)?.route ?? null);
  }
}

/** The way by the new door: from the stop before it, to the one after. */
export function between({ route, after }: Target, place: LonLat): LonLat[] {
  const home: LonLat = [route.office.lon, route.office.lat];
  const at = after ? route.stops.indexOf(after) : -1;
  const next = route.stops[at + 1];
  return [after ? placeOf(after) : home, place, next ? placeOf(next) : home];
}

/** Arrow keys go from stop to stop, page keys from route to route; Enter opens, M takes up and puts down, Escape lets go. */
export class Keys {
  private carried: Stop | null = null;

  constructor(
    private readonly map: L.Map,
    private readonly plan: Plan,
    private readonly acts: Acts,
    private readonly current: () => Stop | null,
  ) {
    map.getContainer().tabIndex = 0; // Leaflet's own keys, which would give it one, are off
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.target === map.getContainer() && this.press(event)) event.preventDefault();
    });
  }

  private press(event: KeyboardEvent): boolean {
    const { key } = event;
    const act = PANS[key] && event.shiftKey ? () => this.map.panBy(PANS[key] ?? [0, 0]) : this.actOf(key);
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return false;
    act();
    return true;
  }

  private actOf(key: string): (() => void) | undefined {
    return key in STEPS ? () => this.step(key) : this.others[key];
  }

  private readonly others: Record<string, () => void> = {
    Enter: () => this.enter(),
    Escape: () => this.letGo(),
    m: () => this.takeUp(),
    M: () => this.takeUp(),
    "+": () => this.map.zoomIn(1),
    "-": () => this.map.zoomOut(1),
  };

  /** Groups of what is in sight: each route's stops in order, at the end what is left out. */
  private groups(): Stop[][] {
    const groups = [...this.plan.routes.map((route) => route.stops), this.plan.unserved];
    return groups.map((stops) => stops.filter((stop) => this.acts.inSight(stop))).filter((stops) => stops.length > 0);
  }

  private step(key: string): void {
    const next = stepped(this.groups(), this.current(), key);
    if (!next) return;
    this.acts.choose(next);
    if (this.carried) this.acts.carry(this.carried, this.threadTo(next, this.carried));
  }

  private threadTo(next: Stop, carried: Stop): LonLat[] {
    const target = next.route ? without({ route: next.route, after: next }, carried) : null;
    return target ? between(target, placeOf(carried)) : [placeOf(carried), placeOf(next)];
  }

  private enter(): void {
    const stop = this.current();
    if (!stop) this.step("ArrowRight");
    else if (this.carried) this.putDown(this.carried, stop);
    else this.acts.open(stop);
  }

  private putDown(carried: Stop, stop: Stop): void {
    const target = stop.route && stop !== carried ? without({ route: stop.route, after: stop }, carried) : null;
    this.letGo();
    if (target) this.acts.propose(carried, target);
    else this.acts.say("noTarget");
  }

  private takeUp(): void {
    const stop = this.current();
    if (this.carried) this.letGo();
    else if (stop && this.acts.mayCarry(stop)) this.take(stop);
    else this.acts.say("cannotCarry");
  }

  private take(stop: Stop): void {
    this.carried = stop;
    this.acts.carry(stop, []);
    this.acts.say("carrying");
  }

  private letGo(): void {
    if (this.carried) {
      this.carried = null;
      this.acts.carry(null, []);
      this.acts.say("dropped");
      return;
    }
    this.map.closePopup();
    this.acts.isolate(null);
  }
}

const PANS: Record<string, [number, number]> = {
  ArrowUp: [0, -PAN],
  ArrowDown: [0, PAN],
  ArrowLeft: [-PAN, 0],
  ArrowRight: [PAN, 0],
};

// by stops, by groups
const STEPS: Record<string, [number, number]> = {
  ArrowRight: [1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [-1, 0],
  PageDown: [0, 1],
  PageUp: [0, -1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

/** The stop that a key leads to; from the last of a route on to the first of the next, never round. */
export function stepped(groups: Stop[][], current: Stop | null, key: string): Stop | null {
  const at = groups.findIndex((stops) => current !== null && stops.includes(current));
  const here = groups[at];
  return here && current ? onward(groups, at, here.indexOf(current), key) : endOf(groups[0], -1);
}

function onward(groups: Stop[][], at: number, place: number, key: string): Stop | null {
  const [by, over] = STEPS[key] ?? [0, 0];
  if (over) return endOf(groups[at + over], -1);
  const here = groups[at];
  return Number.isFinite(by) ? (here?.[place + by] ?? endOf(groups[at + by], -by)) : endOf(here, by);
}

const endOf = (stops: Stop[] | undefined, side: number): Stop | null =>
  stops?.[side < 0 ? 0 : stops.length - 1] ?? null;

/** Around the map: what to look at, the key to its colours, and the same stops as a list. */
import { type Entry, type Filter, FILTERS, type Key, type Mode, MODES, type Words } from "./map-colours";
import type { Plan, Stop } from "./map-plan";
import { anchor, fill, type Teller, withText } from "./map-words";

const MOST_IN_LEGEND = 24;
const A_PAGE = 50;

export interface Choice {
  office: string;
  mode: Mode;
  filter: Filter;
}

/** Selects above the map. Without script they are not there, and the page's table is. */
export function tools(plan: Plan, words: Words, chosen: Choice, changed: () => void): HTMLElement[] {
  const used = new Set([...plan.routes.map((route) => route.office.id), ...plan.unserved.map((stop) => stop.office)]);
  const offices = plan.offices.filter(({ id }) => used.has(id)).sort((a, b) => a.name.localeCompare(b.name, "vi"));
  const filters = plan.live ? FILTERS : FILTERS.filter((filter) => filter !== "idle");
  const modes = plan.live ? MODES : MODES.filter((mode) => mode !== "state");
  return [
    select(
      "map-office",
      words.filter,
      [["", words.all ?? ""], ...offices.map(({ id, name }): [string, string] => [id, name])],
      chosen.office,
      (value) => {
        chosen.office = value;
        changed();
      },
    ),
    select(
      "map-mode",
      words.colourBy,
      modes.map((mode) => [mode, words[`by_${mode}`] ?? mode]),
      chosen.mode,
      (value) => {
        chosen.mode = value as Mode;
        changed();
      },
    ),
    select(
      "map-filter",
      words.show,
      filters.map((filter) => [filter, words[`only_${filter}`] ?? filter]),
      chosen.filter,
      (value) => {
        chosen.filter = value as Filter;
        changed();
      },
    ),
  ];
}

function select(
  id: string,
  label: string | undefined,
  options: [string, string][],
  value: string,
  changed: (value: string) => void,
): HTMLElement {
  const field = document.createElement("div");
  field.className = "map__tool";
  const named = document.createElement("label");
  named.textContent = label ?? "";
  named.htmlFor = id;
  const made = document.createElement("select");
  made.id = id;
  made.className = "input";
  for (const [key, text] of options) made.append(new Option(text, key));
  made.value = value;
  made.addEventListener("change", () => changed(made.value));
  field.append(named, made);
  return field;
}

/** One key to the colours: each with its shape, its words and how many; of a whole province's couriers only how to read it. */
export function legend(key: Key, palette: string[], plan: Plan, words: Words, left: number): HTMLElement[] {
  const entries = key.entries.length > MOST_IN_LEGEND ? [] : key.entries;
  const list = document.createElement("ul");
  list.className = "map__routes";
  list.setAttribute("aria-label", words.legend ?? "");
  for (const entry of entries) list.append(item(entry, palette, words));
  if (left) list.append(leftOut(left, palette, words));
  const note = withText("p", notes(plan, words, entries.length < key.entries.length).join(" "));
  return list.childElementCount ? [list, note] : [note];
}

function notes(plan: Plan, words: Words, many: boolean): string[] {
  const said = [
    ...[many && words.manyColours, plan.live && words.liveMarks, plan.boundaries ? words.boundaries : words.areas],
    plan.routes.some((route) => !route.byRoad) && words.straight,
  ];
  return said.filter((one): one is string => Boolean(one));
}

function item({ colour, shape, words: said, count }: Entry, palette: string[], words: Words): HTMLElement {
  const made = document.createElement("li");
  made.append(
    sample(palette[colour % palette.length] ?? "", shape),
    withText("span", `${said} · ${count} ${words.stops ?? ""}`),
  );
  return made;
}

function leftOut(count: number, palette: string[], words: Words): HTMLElement {
  const made = document.createElement("li");
  made.append(
    sample(palette[9] ?? "", 2, true),
    withText("span", `${words.unserved ?? ""} · ${count} ${words.stops ?? ""}`),
  );
  return made;
}

const SAMPLES = [
  "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12Z",
  "M2.500 2.500h11v11h-11Z",
  "M8 1l7 7-7 7-7-7Z",
  "M8 1.500l7 12.500h-14Z",
];

function sample(colour: string, shape: number, hollow = false): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  const set = (on: SVGElement, given: Record<string, string>): void =>
    Object.entries(given).forEach(([name, value]) => on.setAttribute(name, value));
  set(svg, { width: "16", height: "16", viewBox: "0 0 16 16", "aria-hidden": "true" });
  set(path, { d: SAMPLES[shape] ?? "", fill: hollow ? "none" : colour, stroke: colour, "stroke-width": "1.5" });
  svg.append(path);
  return svg;
}

/** The same stops to read: what is in sight, 50 at a time, made when it is opened. */
export class StopList {
  private stops: Stop[] = [];
  private shownTo = 0;
  private readonly body = document.createElement("ol");
  private readonly more = document.createElement("button");

  constructor(
    private readonly frame: HTMLDetailsElement,
    private readonly teller: Teller,
    private readonly words: Words,
    private readonly look: (stop: Stop) => void,
  ) {
    this.body.className = "map__list";
    this.more.type = "button";
    this.more.className = "button button--secondary";
    this.more.addEventListener("click", () => this.fill());
    frame.append(this.body, this.more);
    frame.addEventListener("toggle", () => {
      if (frame.open && this.shownTo === 0) this.fill();
    });
  }

  tell(stops: Stop[]): void {
    this.stops = stops;
    this.shownTo = 0;
    this.body.replaceChildren();
    this.more.hidden = true;
    const title = this.frame.querySelector("summary");
    if (title) title.textContent = `${this.words.list ?? ""} (${stops.length})`;
    if (this.frame.open) this.fill();
  }

  private fill(): void {
    const next = this.stops.slice(this.shownTo, this.shownTo + A_PAGE);
    this.shownTo += next.length;
    this.body.append(...next.map((stop) => this.row(stop)));
    this.more.hidden = this.shownTo >= this.stops.length;
    this.more.textContent = fill(this.words.more, this.stops.length - this.shownTo);
  }

  private row(stop: Stop): HTMLElement {
    const made = document.createElement("li");
    const show = document.createElement("button");
    show.type = "button";
    show.className = "link-button";
    show.textContent = this.teller.title(stop);
    show.addEventListener("click", () => this.look(stop));
    made.append(show, withText("span", this.teller.lines(stop).join(" · ")));
    if (stop.route?.href) made.append(anchor(this.teller.edit(stop), this.words.openStop ?? ""));
    return made;
  }
}

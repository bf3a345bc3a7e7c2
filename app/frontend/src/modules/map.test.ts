/** The map of a day without a screen: Leaflet and the drawing are stand-ins that only count what they are told to draw. */
import { expect, test, vi } from "vitest";
import type { RoadLayer } from "./road-layer";

const drawn: string[] = [];

vi.mock("./leaflet", () => {
  const still: unknown = new Proxy(() => undefined, {
    get: (_, name) => (name === "isValid" ? () => false : () => still),
    apply: () => still,
  });
  return { L: still, createMap: () => still };
});
vi.mock("./map-canvas", () => ({
  Ground: vi.fn(),
  CanvasLayer: class {
    addTo = (): this => this;
    later = (): void => undefined;
  },
}));
vi.mock("./map-hand", () => ({ Keys: vi.fn(), Pointer: vi.fn(), between: () => [] }));
vi.mock("./map-day", () => ({
  ink: () => ({ palette: [] }),
  DayDrawing: class {
    use = (): void => undefined;
    wear = (): void => undefined;
    isInSight = (): boolean => true;
    layRoads = (layer: RoadLayer | null): void => {
      if (layer) drawn.push(String(layer.unit));
    };
  },
}));

type Stand = HTMLElement & { choose(value: string): void };

/** As much of an element as the map asks of one. */
function element(dataset: Record<string, string> = {}): Stand {
  const heard: (() => void)[] = [];
  const it = {
    dataset,
    value: "",
    append: () => undefined,
    prepend: () => undefined,
    replaceChildren: () => undefined,
    setAttribute: () => undefined,
    classList: { contains: () => false },
    addEventListener: (_: string, then: () => void) => heard.push(then),
    querySelector: (wanted: string) => (wanted === ".map__canvas" || wanted === ".map__tools" ? element() : null),
    choose(value: string) {
      it.value = value;
      for (const then of heard) then();
    },
  };
  return it as unknown as Stand;
}

test("the roads of the office chosen last are drawn, whichever answer comes last", async () => {
  const waiting = new Map<string, (layer: RoadLayer) => void>();
  const made: Stand[] = [];
  vi.stubGlobal("document", {
    createElement: () => {
      const one = element();
      made.push(one);
      return one;
    },
  });
  vi.stubGlobal("window", { matchMedia: () => element(), addEventListener: () => undefined });
  vi.stubGlobal("Option", vi.fn());
  vi.stubGlobal("fetch", (url: string) => {
    const plan = { offices: [], routes: [], unserved: [], columns: [], units: [], reasons: [], unit: 1, live: false };
    if (url === "/plan") return Promise.resolve({ ok: true, json: () => Promise.resolve(plan) });
    const layer = new Promise<RoadLayer>((tell) => waiting.set(url, tell));
    return layer.then((told) => ({ ok: true, json: () => Promise.resolve(told) }));
  });
  const { showRoutes } = await import("./map");
  const map = element({ src: "/plan", roads: "/roads/0/layer", office: "1" });
  await showRoutes(map);
  const offices = made.find((one) => one.id === "map-office");
  offices?.choose("2");
  waiting.get("/roads/2/layer")?.({ unit: 2, lines: [] });
  await vi.waitFor(() => expect(drawn).toEqual(["2"]));
  waiting.get("/roads/1/layer")?.({ unit: 1, lines: [] });
  await new Promise((done) => setTimeout(done));
  expect(drawn).toEqual(["2"]);
  offices?.choose("");
  await new Promise((done) => setTimeout(done));
  expect([...waiting.keys()]).toEqual(["/roads/1/layer", "/roads/2/layer"]);
});

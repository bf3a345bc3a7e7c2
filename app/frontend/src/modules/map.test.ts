/** The map of routes without a screen: Leaflet is a stand-in that only counts what it is told to draw. */
import { expect, test, vi } from "vitest";
import type { RoadLayer } from "./road-layer";

const drawn: string[] = [];

vi.mock("./leaflet", () => {
  const still: unknown = new Proxy(() => undefined, {
    get: (_, name) => (name === "isValid" ? () => false : () => still),
    apply: () => still,
  });
  return {
    L: still,
    toLatLng: () => [0, 0],
    createMap: () => still,
    drawAreas: () => undefined,
    drawRoads: (layer: RoadLayer) => drawn.push(String(layer.unit)),
  };
});
vi.mock("./numbered-stop", () => ({ NumberedStop: vi.fn() }));

/** As much of an element as the map asks of one. */
function element(dataset: Record<string, string> = {}): HTMLElement & { choose(value: string): void } {
  const heard: (() => void)[] = [];
  const it = {
    dataset,
    value: "",
    append: () => undefined,
    replaceChildren: () => undefined,
    setAttribute: () => undefined,
    addEventListener: (_: string, then: () => void) => heard.push(then),
    querySelector: (wanted: string) => (wanted === ".map__legend" ? null : element()),
    choose(value: string) {
      it.value = value;
      for (const then of heard) then();
    },
  };
  return it as unknown as HTMLElement & { choose(value: string): void };
}

test("the roads of the office chosen last are drawn, whichever answer comes last", async () => {
  const waiting = new Map<string, (layer: RoadLayer) => void>();
  const made: ReturnType<typeof element>[] = [];
  vi.stubGlobal("document", {
    createElement: () => {
      const one = element();
      made.push(one);
      return one;
    },
  });
  vi.stubGlobal("Option", vi.fn());
  vi.stubGlobal("fetch", (url: string) => {
    const plan = { offices: [], routes: [] };
    if (url === "/plan") return Promise.resolve({ ok: true, json: () => Promise.resolve(plan) });
    const layer = new Promise<RoadLayer>((tell) => waiting.set(url, tell));
    return layer.then((told) => ({ ok: true, json: () => Promise.resolve(told) }));
  });
  const { showRoutes } = await import("./map");
  const map = element({ src: "/plan", roads: "/roads/0/layer", office: "1" });
  await showRoutes(map);
  for (const one of made) one.choose("2");
  waiting.get("/roads/2/layer")?.({ unit: 2, lines: [] });
  await vi.waitFor(() => expect(drawn).toEqual(["2"]));
  waiting.get("/roads/1/layer")?.({ unit: 1, lines: [] });
  await new Promise((done) => setTimeout(done));
  expect(drawn).toEqual(["2"]);
  for (const one of made) one.choose("");
  await new Promise((done) => setTimeout(done));
  expect([...waiting.keys()]).toEqual(["/roads/1/layer", "/roads/2/layer"]);
});

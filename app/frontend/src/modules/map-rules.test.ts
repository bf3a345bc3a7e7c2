/** What the map of a day decides by itself: colours, order of keys, where a dropped stop goes, what is read off the answer. */
import { expect, test, vi } from "vitest";
import type { LonLat } from "./leaflet";
import { colouring, DARK, keyOf, LIGHT, neighbours, shown, SHAPES } from "./map-colours";
import { between, stepped } from "./map-hand";
import { distance, without } from "./map-near";
import { type Answer, type Plan, type Route, type Stop, unpack } from "./map-plan";
import { Teller } from "./map-words";

vi.mock("./leaflet", () => ({ L: { Layer: vi.fn() } }));

const COLUMNS = "id lon lat n at from to kinds state late due unit codes office reason".split(" ");

function answer(routes: number, given: Partial<Answer> = {}): Answer {
  const lon = (at: number): number => 108 + 0.1 * (at % 12);
  const lat = (at: number): number => 13.5 + 0.1 * Math.floor(at / 12);
  const stop = (at: number, n: number): (string | number | null)[] => [
    ...[`${at}-${n}`, Math.round((lon(at) + 0.01 * n) * 1e5), Math.round(lat(at) * 1e5), n, 480 + n, 420, 690, 1, 0, 0],
    ...[n, 0, `TN-${at}${n}`],
  ];
  return {
    unit: 1e-5,
    live: true,
    offices: Array.from({ length: routes }, (_, at) => ({ id: `${at}`, name: `Xã ${at}`, lon: lon(at), lat: lat(at) })),
    units: ["Xã Mẫu"],
    reasons: ["Không kịp giờ hẹn"],
    columns: COLUMNS,
    routes: Array.from({ length: routes }, (_, at) => ({
      ...{ id: `r${at}`, office: `${at}`, courier: `Bưu tá ${at}`, number: 1, href: `/tuyen/${at}` },
      stops: [1, 2, 3].map((n) => stop(at, n)),
    })),
    unserved: [["x", 10800000, 1350000, 0, null, 420, 690, 2, 0, 0, -1, 0, "TN-X", "0", 0]],
    ...given,
  };
}

const plan = (routes = 3, given: Partial<Answer> = {}): Plan => unpack(answer(routes, given));
const route = (of: Plan, at: number): Route => of.routes[at] ?? expect.fail("no such route");
const stop = (of: Plan, at: number, n: number): Stop => route(of, at).stops[n - 1] ?? expect.fail("no such stop");

test("a straight route goes from its office by its stops and home; one by road follows its steps", () => {
  const { routes } = unpack({
    ...answer(2),
    routes: answer(2).routes.map((one, at) => (at ? { ...one, path: [10800000, 1350000, 10, -20] } : one)),
  });
  expect(routes[0]?.byRoad).toBe(false);
  expect(routes[0]?.path[0]).toEqual([108, 13.5]);
  expect(routes[0]?.path).toHaveLength(5);
  expect(routes[1]?.byRoad).toBe(true);
  expect(routes[1]?.path.map((place) => place.map((degrees) => degrees.toFixed(4)))).toEqual([
    ["108.0000", "13.5000"],
    ["108.0001", "13.4998"],
  ]);
});

test("neighbours never share a look, and far from a crowd never a colour", () => {
  const lines = plan(120).routes.map((one) => [one.path]);
  const near = neighbours(lines);
  const looks = colouring(near);
  expect(Math.min(...near.map((others) => others.size))).toBeGreaterThan(0);
  near.forEach((others, at) => {
    for (const other of others) expect(looks[at]?.colour, `${at} and ${other}`).not.toBe(looks[other]?.colour);
  });
});

test("where more routes meet than there are colours, a colour comes back in another shape alone", () => {
  const crowd = Array.from({ length: 30 }, (_, at): LonLat[][] => [
    [
      [108 + at / 1e4, 13],
      [108.01, 13.01],
    ],
  ]);
  const looks = colouring(neighbours(crowd)).map(({ colour, shape }) => `${colour}:${shape}`);
  expect(new Set(looks).size).toBe(30);
  expect(LIGHT).toHaveLength(DARK.length);
  expect(LIGHT.length % SHAPES).toBe(0);
});

test("two routes that only cross far from their stops are neighbours", () => {
  const cross: LonLat[][][] = [
    [
      [
        [108, 13],
        [109, 13],
      ],
    ],
    [
      [
        [108.5, 12.5],
        [108.5, 13.5],
      ],
    ],
    ...Array.from({ length: 12 }, (_, at): LonLat[][] => [[[100 + at / 100, 9]]]),
  ];
  expect(neighbours(cross)[0]?.has(1)).toBe(true);
});

test("each way of colouring counts its stops in words", () => {
  const day = plan(2);
  stop(day, 0, 1).state = 1;
  stop(day, 0, 2).late = 7;
  stop(day, 0, 3).due = null;
  route(day, 0).begun = true;
  const words = { late: "Muộn", done: "Xong", notBegun: "Chưa đi", waiting: "Chờ", noDue: "Không hạn", dueSoon: "Gấp" };
  const said = (mode: "state" | "window" | "due" | "office"): string[] =>
    keyOf(mode, day, day.routes, words).entries.map(({ words: word, count }) => `${word} ${count}`);
  expect(said("state")).toEqual(["Muộn 1", "Chưa đi 3", "Chờ 1", "Xong 1"]);
  expect(said("window")).toEqual(["07:00–11:30 6"]);
  expect(said("due")).toEqual(["Gấp 2", "dueWeek 3", "Không hạn 1"]);
  expect(said("office")).toEqual(["Xã 0 3", "Xã 1 3"]);
});

test("filters keep late doors, what is left out, or doors of who has not begun", () => {
  const day = plan(2);
  const [left] = day.unserved;
  if (!left) expect.fail("nothing is left out");
  stop(day, 0, 1).late = 7;
  route(day, 0).begun = true;
  const all = [...day.routes.flatMap((one) => one.stops), left];
  const kept = (filter: "late" | "left" | "idle"): string[] =>
    all.filter((one) => shown(one, filter, true)).map(({ id }) => id);
  expect(kept("late")).toEqual(["0-1"]);
  expect(kept("left")).toEqual(["x"]);
  expect(kept("idle")).toEqual(["1-1", "1-2", "1-3"]);
  stop(day, 0, 1).state = 1;
  expect(kept("late")).toEqual([]);
});

test("arrow keys go through a route in order and on to the next, page keys from route to route", () => {
  const day = plan(2);
  const groups = [...day.routes.map((one) => one.stops), day.unserved];
  const from = (current: Stop | null, key: string): string | undefined => stepped(groups, current, key)?.id;
  expect(from(null, "ArrowRight")).toBe("0-1");
  expect(from(stop(day, 0, 1), "ArrowRight")).toBe("0-2");
  expect(from(stop(day, 0, 3), "ArrowRight")).toBe("1-1");
  expect(from(stop(day, 1, 1), "ArrowLeft")).toBe("0-3");
  expect(from(stop(day, 0, 1), "ArrowLeft")).toBeUndefined();
  expect(from(stop(day, 0, 2), "PageDown")).toBe("1-1");
  expect(from(stop(day, 1, 2), "PageDown")).toBe("x");
  expect(from(stop(day, 0, 2), "End")).toBe("0-3");
  expect(from(stop(day, 0, 2), "Home")).toBe("0-1");
});

test("a stop that is dropped beside itself changes nothing", () => {
  const day = plan(2);
  const [own, other] = [route(day, 0), route(day, 1)];
  const carried = stop(day, 0, 2);
  expect(without({ route: own, after: carried }, carried)).toBeNull();
  expect(without({ route: own, after: stop(day, 0, 1) }, carried)).toBeNull();
  expect(without({ route: own, after: null }, stop(day, 0, 1))).toBeNull();
  expect(without({ route: own, after: null }, carried)).toEqual({ route: own, after: null });
  expect(without({ route: other, after: null }, carried)).toEqual({ route: other, after: null });
});

test("the thread of a proposal leads from the stop before over the new door to the one after, or home", () => {
  const day = plan(1);
  const door: LonLat = [1, 2];
  const at = (n: number): LonLat => [stop(day, 0, n).lon, stop(day, 0, n).lat];
  expect(between({ route: route(day, 0), after: stop(day, 0, 1) }, door)).toEqual([at(1), door, at(2)]);
  expect(between({ route: route(day, 0), after: null }, door)).toEqual([[108, 13.5], door, at(1)]);
  expect(between({ route: route(day, 0), after: stop(day, 0, 3) }, door)).toEqual([at(3), door, [108, 13.5]]);
});

test("the distance to a leg is that to its nearest point", () => {
  expect(distance([1, 1], [0, 0], [2, 0])).toBe(1);
  expect(distance([3, 0], [0, 0], [2, 0])).toBe(1);
  expect(distance([3, 4], [0, 0], [0, 0])).toBe(5);
});

test("a stop says its code, commune, window and lateness, and a left-out one its reason", () => {
  const words = {
    ...{ routes: "Tuyến", stopNumber: "điểm %n", window: "hẹn %n", lateBy: "Muộn %n phút", unserved: "Chưa xếp được" },
    ...{ expected: "dự kiến %n", collect: "nhận hồ sơ", deliver: "trả kết quả", dueIn: "hạn sau %n ngày" },
  };
  const day = plan(1);
  stop(day, 0, 1).late = 7;
  const teller = new Teller({ ...words, pastDue: "quá hạn %n ngày" }, true, { request: "/yeu-cau/_" });
  expect(teller.aloud(stop(day, 0, 1))).toBe(
    "TN-01. Tuyến 1, điểm 1 · Xã Mẫu. dự kiến 08:01 · hẹn 07:00–11:30. nhận hồ sơ · hạn sau 1 ngày. Muộn 7 phút",
  );
  const [left] = day.unserved;
  if (!left) expect.fail("nothing is left out");
  expect(teller.aloud(left)).toBe(
    "TN-X. Chưa xếp được · Xã Mẫu. hẹn 07:00–11:30. trả kết quả · quá hạn 1 ngày. Không kịp giờ hẹn",
  );
  expect(teller.edit(stop(day, 0, 2))).toBe("/tuyen/0?diem=0-2#sua");
});

import { expect, test } from "vitest";
import { placesOf } from "../../modules/road-layer";
import { fetchRoads, readRoads } from "./roads";
import { setPin, signIn } from "./session";
import { server } from "./testing";

const LAYER = { unit: 0.00001, lines: [[1, 10800000, 1390000, 1000, -500]] };

async function signedIn(): Promise<void> {
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
}

test("the roads of the commune are kept, and are here without a line", async () => {
  await signedIn();
  server.roads = LAYER;
  await fetchRoads();
  server.faults = ["before"];
  await fetchRoads();
  expect(await readRoads()).toEqual(LAYER);
});

test("what did not change is not sent again, and what did takes its place", async () => {
  await signedIn();
  server.roads = LAYER;
  await fetchRoads();
  await fetchRoads();
  expect(await readRoads()).toEqual(LAYER);
  server.roads = { ...LAYER, lines: [] };
  await fetchRoads();
  expect(await readRoads()).toEqual({ ...LAYER, lines: [] });
});

test("an older office, and a network that answers for ours, leave the phone without roads and without a fault", async () => {
  await signedIn();
  await fetchRoads();
  expect(await readRoads()).toBeNull();
  server.roads = LAYER;
  server.faults = ["portal"];
  await fetchRoads();
  expect(await readRoads()).toBeNull();
});

test("each place of a line is a step from the one before", () => {
  const [line] = LAYER.lines;
  const places = placesOf(line ?? [], LAYER.unit);
  expect(places.map(([lat, lon]) => [lat.toFixed(5), lon.toFixed(5)])).toEqual([
    ["13.90000", "108.00000"],
    ["13.89500", "108.01000"],
  ]);
});

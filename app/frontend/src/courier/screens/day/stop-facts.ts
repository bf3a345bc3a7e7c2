import { t } from "../../language/sentences";
import { clock, span } from "../time";
import type { Bundle, Errand, Stop } from "../../types";
import { distance } from "../words";
import type { Leg, Arrival } from "./way";

export const addressOf = (stop: Stop): string => stop.place.address ?? stop.place.unit;

/** To be visited still. */
export const isAhead = (stop: Stop): boolean => !stop.done && !stop.gone;

export const pointOf = ({ place: { lat, lon } }: Stop): string => `${lat},${lon}`;

const APPLE = /iPhone|iPad|Macintosh/; // these know no `geo:`

/** Opens the phone's own map with a pin there; nothing is asked of anybody's server, and no name goes along. */
export const mapLink = (stop: Stop, agent = navigator.userAgent): string =>
  APPLE.test(agent) ? `maps:?q=${pointOf(stop)}` : `geo:${pointOf(stop)}?q=${pointOf(stop)}`;

export const namesOf = (stop: Stop): string => [...new Set(stop.errands.map((errand) => errand.name))].join(", ");

/** The promised window is what the household knows; when the courier comes is ours, and two things where it is earlier. */
export function expectation({ window }: Stop, arrival: Arrival | undefined): string {
  if (!arrival) return window ? t("Hẹn {times}", { times: span(window) }) : "";
  const time = clock(arrival.arrives);
  if (!window) return t("Đến khoảng {time}", { time });
  if (arrival.arrives < arrival.starts) {
    const [from, to] = [clock(window.starts_at), clock(window.ends_at)];
    return t("Đến khoảng {time}, hẹn từ {from} đến {to}", { time, from, to });
  }
  const expected = { times: span(window), time };
  return arrival.late
    ? t("Hẹn {times} · đến khoảng {time}, sau giờ hẹn", expected)
    : t("Hẹn {times} · đến khoảng {time}", expected);
}

const NEXT_DOOR_M = 20;

export function legWords({ metres, about }: Leg): string {
  if (metres < NEXT_DOOR_M) return t("ngay cạnh");
  const way = { distance: distance(metres) };
  return about ? t("còn khoảng {distance}", way) : t("còn {distance}", way);
}

/** What this app can do for it at the door; null: a newer server's kind of errand. */
export function taskOf({ kind }: { kind: string }): "collect" | "hand_over" | null {
  if (kind === "collect") return "collect";
  return kind === "deliver" || kind === "give_back" ? "hand_over" : null;
}

export interface AtDoor {
  stop: Stop;
  errand: Errand;
}

export function findErrand(bundle: Bundle, id: string | undefined): AtDoor | null {
  for (const stop of bundle.stops) {
    const errand = stop.errands.find((one) => one.id === id);
    if (errand) return { stop, errand };
  }
  return null;
}

/** "Back to the office for the second trip", before the first door of that trip; null: not before this one. */
export function backWords({ back }: Pick<Stop, "back">): string | null {
  if (!back) return null;
  const times = { at: clock(back.at), leaves: clock(back.leaves) };
  return back.trip === 2
    ? t("Về bưu cục lấy chuyến hai, {at}–{leaves}", times)
    : t("Về bưu cục lấy chuyến ba, {at}–{leaves}", times);
}

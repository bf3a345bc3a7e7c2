import { clock, span } from "../time";
import type { Bundle, Errand, Stop } from "../../types";

export const addressOf = (stop: Stop): string => stop.place.address ?? stop.place.unit;

export const distanceLeft = (stops: Stop[]): number => stops.reduce((sum, stop) => sum + stop.distance_m, 0);

export const namesOf = (stop: Stop): string => [...new Set(stop.errands.map((errand) => errand.name))].join(", ");

const endOf = (stop: Stop): number => (stop.window ? new Date(stop.window.ends_at).getTime() : Infinity);

/** The promised window is what the household knows; the planned time is ours. */
export function promise({ window, arrives_at }: Stop): string {
  return window ? `Hẹn ${span(window)} · dự kiến ${clock(arrives_at)}` : `Dự kiến ${clock(arrives_at)}`;
}

/** A new order breaks a promise when a stop is reached after its window; the plan's own pace is taken for the road. */
export function lateIn(stops: Stop[]): Set<number> {
  const open = stops.filter((stop) => !stop.done);
  const slots = open.map((stop) => new Date(stop.arrives_at).getTime()).sort((a, b) => a - b);
  const late = open.filter((stop, place) => (slots[place] ?? 0) > endOf(stop));
  return new Set(late.map((stop) => stop.id));
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

import { numbered, record } from "../../engine";
import { t } from "../../language/sentences";
import type { Route, Stop } from "../../types";
import { Refusal } from "../trouble";
import { isAhead } from "./stop-facts";

/** Open doors in another order; what is done keeps its place and its number, and is no wall. */
export function arranged(stops: Stop[], open: Stop[]): Stop[] {
  const waiting = [...open];
  return numbered(stops.map((stop) => (isAhead(stop) ? (waiting.shift() ?? stop) : stop)));
}

/** This door before all others that are open. */
export function withNext(stops: Stop[], id: number): Stop[] {
  const open = stops.filter(isAhead);
  return arranged(stops, [...open.filter((stop) => stop.id === id), ...open.filter((stop) => stop.id !== id)]);
}

export async function saveOrder(route: Route | null, stops: Stop[]): Promise<void> {
  if (!route) throw new Refusal(t("Hôm nay chưa có chuyến nên chưa đổi thứ tự được."));
  const order = stops.filter((stop) => !stop.gone).map((stop) => stop.id);
  await record("reordered", { payload: { route_id: route.id, stops: order } });
}

import type { ActState, Bundle, Errand, OperationKind, Route, Stop, WireErrand, WireStop } from "../types";
import { isClosed, type Held, type Written } from "./bundle";

/** An operation that today's bundle does not show yet, or that needs a person. */
export interface Mark {
  op_id: string;
  seq: number;
  kind: OperationKind;
  errand_id: string | null;
  state: ActState;
  at: string;
  refused: boolean; // the server did not take it: it closes nothing
}

const ENDS = new Set<OperationKind>(["delivered", "not_done"]);

/** The bundle with this phone's acts laid over it. Pure: what it is given decides. */
export function overlay(held: Held, marks: Mark[], effects: Written[]): Omit<Bundle, "cash"> {
  const sorted = [...marks].sort((a, b) => a.seq - b.seq);
  const refused = new Set(sorted.filter((mark) => mark.refused).map((mark) => mark.op_id));
  const lay = (stop: WireStop, gone: boolean): Stop => layStop(stop, gone, sorted, effects, refused);
  const stops = [...held.bundle.stops.map((stop) => lay(stop, false)), ...held.kept.map((stop) => lay(stop, true))];
  const ordered = numbered(inOrder(stops, effects));
  return {
    ...held.bundle,
    route: held.bundle.route && begun(held.bundle.route, sorted, effects),
    stops: ordered,
    next: ordered.find((stop) => !stop.done && !stop.gone)?.id ?? null,
    added: effects.flatMap((effect) => (effect.kind === "stop_added" && effect.code ? [effect.code] : [])),
    ...inBag(held, effects),
  };
}

function begun(route: Route, marks: Mark[], effects: Written[]): Route {
  if (route.started || !effects.some((effect) => effect.kind === "run_started")) return route;
  return { ...route, started: true, started_at: marks.find((mark) => mark.kind === "run_started")?.at ?? null };
}

function layStop(stop: WireStop, gone: boolean, marks: Mark[], effects: Written[], refused: Set<string>): Stop {
  const pin = effects.filter((effect) => effect.pin?.place_id === stop.place.id).at(-1)?.pin;
  const errands = stop.errands.map((errand) => layErrand(errand, marks, effects, refused));
  return {
    ...stop,
    place: pin ? { ...stop.place, lon: pin.lon, lat: pin.lat, pin_confirmed: true } : stop.place,
    errands,
    gone,
    added: false,
    done: errands.length > 0 && errands.every((errand) => errand.closed),
  };
}

function layErrand(errand: WireErrand, marks: Mark[], effects: Written[], refused: Set<string>): Errand {
  const here = marks.filter((mark) => mark.errand_id === errand.id);
  const acts = here.filter((mark) => mark.kind !== "called");
  const last = acts.at(-1);
  const taken = effects.filter((effect) => effect.kind === "collected" && effect.errand_id === errand.id);
  const collected = taken.flatMap((effect) =>
    effect.dossier_id && !refused.has(effect.op_id) ? [effect.dossier_id] : [],
  );
  const ended = acts.some((mark) => ENDS.has(mark.kind) && !mark.refused);
  const all = errand.kind === "collect" && errand.dossiers.every((dossier) => collected.includes(dossier.id));
  return {
    ...errand,
    parcels: [
      ...errand.parcels,
      ...taken.filter((effect) => !knows(errand, effect)).map((one) => parcelOf(one, errand)),
    ],
    local: last ? { kind: last.kind, op_id: last.op_id, state: last.state, at: last.at } : null,
    collected,
    called: calledAt(errand, here),
    closed: isClosed(errand) || ended || all,
  };
}

/** Those that the office has, and those of this phone that it does not have yet. */
function calledAt({ calls = [] }: WireErrand, here: Mark[]): string[] {
  const known = new Set(calls.map((call) => call.op_id));
  const mine = here.filter((mark) => mark.kind === "called" && !known.has(mark.op_id));
  return [...calls, ...mine].map(({ at }) => at).sort();
}

const knows = (errand: WireErrand, effect: Written): boolean =>
  errand.parcels.some((parcel) => effect.taken?.includes(parcel.code));

/** What is sealed at its door, as the office calls it. */
function sealedAt(errand: WireErrand | undefined): string {
  if (errand?.kind === "deliver") return "papers_due";
  return errand?.only_lines ? "supplement" : "dossier";
}

const parcelOf = (effect: Written, errand: WireErrand): WireErrand["parcels"][number] => ({
  code: effect.taken?.[0] ?? "",
  purpose: sealedAt(errand),
  seal: effect.seal ?? null,
  holder: "courier",
});

function inBag({ bundle }: Held, effects: Written[]): Pick<Bundle, "bag" | "waiting"> {
  const errands = new Map(bundle.stops.flatMap((stop) => stop.errands.map((one) => [one.id, one])));
  let bag = bundle.bag;
  for (const effect of effects) {
    const moved = new Set([...(effect.taken ?? []), ...(effect.given ?? [])]);
    bag = bag.filter((parcel) => !moved.has(parcel.code));
    bag = [...bag, ...(effect.taken ?? []).map((code) => arrived(code, effect, bundle, errands))];
  }
  const inHand = new Set(effects.flatMap((effect) => effect.taken ?? []));
  return { bag, waiting: bundle.waiting.filter((parcel) => !inHand.has(parcel.code)) };
}

function arrived(
  code: string,
  effect: Written,
  { waiting }: Held["bundle"],
  errands: Map<string, WireErrand>,
): Bundle["bag"][number] {
  const known = waiting.find((parcel) => parcel.code === code) ?? { errand_id: null, purpose: undefined };
  const errand_id = effect.errand_id ?? known.errand_id;
  const errand = errand_id ? errands.get(errand_id) : undefined;
  const purpose = effect.kind === "collected" ? sealedAt(errand) : (known.purpose ?? "result");
  return { code, purpose, errand_id, reference: errand?.reference ?? null };
}

/** The order of the board, or the one that the courier has chosen since; what the phone did not know then comes behind. */
function inOrder(stops: Stop[], effects: Written[]): Stop[] {
  const wanted = effects.filter((effect) => effect.stops).at(-1)?.stops ?? [];
  const rank = (stop: Stop): number =>
    wanted.includes(stop.id) ? wanted.indexOf(stop.id) : wanted.length + stop.sequence;
  return [...stops].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
}

/** What left the route has no number any more: the others count on without it, as on the board. */
export function numbered(stops: Stop[]): Stop[] {
  const standing = stops.filter((stop) => !stop.gone).map((stop) => stop.id);
  return stops.map((stop) => (stop.gone ? stop : { ...stop, sequence: standing.indexOf(stop.id) + 1 }));
}

import type { Cash, ChargeKind, OperationKind, Purses, Receipt, WireCash } from "../types";
import type { Written } from "./bundle";

export const NOTHING: Purses = { postage: 0, state_fee: 0 };

/** What the post takes for passing a fee on is its own money. */
const PURSE: Record<ChargeKind, keyof Purses> = { postage: "postage", remittance: "postage", state_fee: "state_fee" };

export const pursesOf = ({ parts }: Receipt): Purses =>
  parts.reduce((sum, { kind, amount }) => ({ ...sum, [PURSE[kind]]: sum[PURSE[kind]] + amount }), NOTHING);

export const add = (a: Purses, b: Purses): Purses => ({
  postage: a.postage + b.postage,
  state_fee: a.state_fee + b.state_fee,
});

export const totalOf = ({ postage, state_fee }: Purses): number => postage + state_fee;

/** An act that the bundle does not know of yet. */
export interface Unknown {
  op_id: string;
  kind: OperationKind;
  at: string; // by the office's clock, as far as this phone knows it
  day: string | null; // of the list that it was recorded under; null: by an app of before
  waits: boolean; // not sent yet; else the bundle that knows it is on its way
}

const AT_DOORS = new Set<OperationKind>(["collected", "delivered"]);
const EAST_MS = 7 * 3600 * 1000;

const dayOf = (at: string): string => new Date(Date.parse(at) + EAST_MS).toISOString().slice(0, 10);

/** An older server tells nothing of money: then there is what this phone has not sent. */
const UNTOLD: Omit<WireCash, "ceiling"> & { ceiling: number | null } = {
  ...{ receipts: [], handed_in: NOTHING, in_hand: NOTHING, earlier: NOTHING, counted: null },
  ceiling: null,
};

/** The office's receipts, and those of acts that it has not got: money is counted once, wherever its receipt lies. */
export function layCash(told: WireCash | undefined, unknown: Unknown[], effects: Written[], day: string): Cash {
  const office = told ?? UNTOLD;
  const effectOf = new Map(effects.map((effect) => [effect.op_id, effect]));
  const there = new Set(office.receipts.map((receipt) => receipt.op_id));
  const waiting = unknown.filter((act) => AT_DOORS.has(act.kind) && !there.has(act.op_id));
  const own = (acts: Unknown[]) => acts.flatMap((act) => ownReceipt(act, effectOf.get(act.op_id)));
  const isOfToday = (act: Unknown): boolean => (act.day ?? dayOf(act.at)) === day;
  const today = own(waiting.filter(isOfToday));
  const before = own(waiting.filter((act) => !isOfToday(act)));
  const receipts = [...office.receipts.map((receipt) => ({ ...receipt, sent: true })), ...today];
  return {
    receipts,
    taken: receipts.reduce(add, NOTHING),
    handed_in: office.handed_in,
    in_hand: today.reduce(add, office.in_hand),
    earlier: before.reduce(add, office.earlier),
    ceiling: office.ceiling,
    unread: waiting.filter(({ op_id }) => effectOf.get(op_id)?.receipt === undefined).length,
    counted: unknown.flatMap(({ op_id }) => effectOf.get(op_id)?.purses ?? []).at(-1) ?? office.counted,
  };
}

const ownReceipt = ({ op_id, at, waits }: Unknown, effect: Written | undefined): Cash["receipts"] =>
  effect?.receipt ? [{ op_id, paid_at: at, ...effect.receipt, sent: !waits }] : [];

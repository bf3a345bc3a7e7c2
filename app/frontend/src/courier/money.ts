/** Money, on the wire and on the screens: integer đồng, and never one number. */

export type ChargeKind = "postage" | "state_fee" | "remittance";

export interface Quote {
  kind: ChargeKind;
  amount: number | null;
  upper: number | null;
}

/** Whose the money is: the post's own, and the state's, which the post takes in for it. */
export interface Purses {
  postage: number;
  state_fee: number;
}

export interface WireReceipt extends Purses {
  op_id: string;
  number: string;
  official: string | null; // the number of the state's own receipt
  paid_at: string;
}

/** The day's money by the receipts that the office has. */
export interface WireCash {
  receipts: WireReceipt[];
  handed_in: Purses;
  in_hand: Purses;
  earlier: Purses; // of days before, not handed in
  counted: Purses | null; // what the courier told at the end of the run
  ceiling: number;
}

/** The same with the receipts that only this phone has. */
export interface Cash {
  receipts: (WireReceipt & { sent: boolean })[];
  taken: Purses;
  handed_in: Purses;
  in_hand: Purses;
  earlier: Purses;
  ceiling: number | null;
  unread: number; // acts on their way whose money this phone can read no more: signed in anew since
  counted: Purses | null; // what the courier told at the end of the run
}

export interface Receipt {
  number: string;
  parts: { kind: ChargeKind; amount: number }[];
  official?: string; // an older server refuses a word that it does not know: only where there is one
}

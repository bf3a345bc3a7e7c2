/** What the screens read of session, queue and line. */
import type { ActState, FileKind, OperationKind, Problem, Review } from "./types";

/**
 * Why the office was not reached. `foreign`: something on the way answers in its place (a hotel's sign-in page); `blocked`:
 * it was refused on the way, in nobody's words; `ill`: the office's server is not well; `wait`: it told us to wait.
 */
export type Why = "no_line" | "slow" | "foreign" | "blocked" | "ill" | "wait" | "refused";

export interface Trouble {
  why: Why;
  detail: string; // the server's own sentence, where it said one
}

/** `no_pin`: signed in a moment ago, the PIN is still to be chosen. */
export type SessionState = "loading" | "signed_out" | "no_pin" | "locked" | "open";

/** Whom to call, as the newest bundle told: no list is needed for it. */
export interface Telephones {
  office: string; // its name
  counter: string | null;
  duty: string | null;
}

export interface Session {
  state: SessionState;
  courier: { id: number; name: string } | null;
  telephones: Telephones | null; // null: no bundle came yet
  device: { id: string; name: string } | null;
  access_until: string | null;
  triesLeft: number;
  revoked: boolean;
  over: boolean; // by this phone's clock, which may be wrong: locked, and nothing is erased
}

/** `offMs`: how far it is ahead of the office's, measured at the last contact; `moved`: it was turned back since. */
export interface PhoneClock {
  offMs: number;
  moved: boolean;
}

export interface QueuedOperation {
  op_id: string;
  seq: number;
  kind: OperationKind;
  errand_id: string | null;
  state: ActState;
  office: boolean; // taken in; only the office has something to look at
  since: string; // when it was written, by the phone's clock
  reviews: Review[];
  problem: Problem | null;
}

export interface QueuedFile {
  sha256: string;
  kind: FileKind;
  size: number; // bytes to send
  sent: number;
  problem: Problem | null;
}

export interface Queue {
  operations: QueuedOperation[]; // newest first; received ones stay for 7 days
  files: QueuedFile[]; // still to be sent
  waiting: number;
  waitingFiles: number;
  needsHelp: number; // what the courier has to do something about
  empty: boolean; // nothing was ever written on this phone, as far as it knows: so nothing was sent either
  lastContact: string | null;
  offline: boolean;
  trouble: Trouble | null; // why the last try did not get through
  signInNeeded: boolean; // the line is there, but the office wants this phone to sign in again
  sending: boolean;
  clock: PhoneClock | null; // wrong, as far as this phone knows
  full: boolean; // the phone has no room for what was to be written last
}

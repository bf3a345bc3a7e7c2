import { forget } from "./bundle";
import { memory } from "./memory";
import { outside } from "./outside";
import { withRoom } from "./room";
import { store, type DeviceRow, type SessionRow } from "./store";
import { eraseVault, lockVault } from "./vault";

/* A shift ends by three words. The office's, at a contact: the day is erased (engine/bundle.ts:endAccess). The clock's: it may
   be wrong by days, so it locks the day and erases nothing; put right, by hand or at the next contact, it opens again. And the
   time the day has lain open, which no setting of a clock turns back: as long as a shift lasts, then it is erased
   (docs/decisions/sealed-phone.md). */
const A_MINUTE = 60_000;

/** What this phone takes for the office's time. */
export const officeTime = (device: Pick<DeviceRow, "offset_ms"> | undefined): number =>
  outside.now() + (device?.offset_ms ?? 0);

export const isOverByClock = (session: SessionRow, device: Pick<DeviceRow, "offset_ms"> | undefined): boolean =>
  officeTime(device) >= Date.parse(session.access_until);

/** True: the day may not be read now. */
export async function endIfOver(): Promise<boolean> {
  const session = await store.session();
  if (!session) return false;
  const device = await store.devices.get(session.device_id);
  if (await isSpent(session)) {
    await eraseVault();
    forget();
    return true;
  }
  if (!isOverByClock(session, device)) return false;
  forget();
  lockVault();
  return true;
}

let openSince: number | null = null;
let counted = 0; // of this tab, not yet on the disk

/** How long the day has lain open: a shift's length, whatever the clock says, and it is over. */
async function isSpent(session: SessionRow): Promise<boolean> {
  const now = outside.elapsed();
  if (memory.key && openSince !== null) counted += Math.max(0, now - openSince);
  openSince = memory.key ? now : null;
  const open_ms = (session.open_ms ?? 0) + counted;
  if (counted >= A_MINUTE) {
    counted = 0;
    await withRoom(() => store.settings.put({ ...session, open_ms }), true);
  }
  return session.lasts_ms !== undefined && open_ms >= session.lasts_ms;
}

/** Another shift begins to count anew. */
export function beginShift(): void {
  openSince = null;
  counted = 0;
}

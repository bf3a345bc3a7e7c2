/** What can be done at a door, one thing after the other. */
import { t } from "../../language/sentences";
import type { Bundle, Errand, ParcelHere, Stop } from "../../types";
import { taskOf } from "../day/stop-facts";
import { TO } from "../place";

export interface Task {
  to: string;
  words: string;
  icon: string;
}

export const resultsOf = (errand: Errand): ParcelHere[] =>
  errand.parcels.filter((parcel) => parcel.purpose === "result" || parcel.purpose === "give_back");

/** What the courier really has in the bag, by the office's book and by what this phone wrote since. */
export const inBag = (bundle: Bundle, errand: Errand): boolean => {
  const bag = new Set(bundle.bag.map((parcel) => parcel.code));
  return resultsOf(errand).every((parcel) => bag.has(parcel.code));
};

/** Originals that have to be handed in before the result, dossier by dossier. */
export const stillDue = (errand: Errand): Errand["papers_due"] =>
  errand.papers_due.filter((due) => !errand.collected.includes(due.dossier_id));

/** In the order in which they are done; nothing for what is closed, is not in the bag, or is new to this app. */
export function tasksOf(bundle: Bundle, errand: Errand): Task[] {
  if (errand.closed) return [];
  const kind = taskOf(errand);
  if (kind === "collect") return collecting(errand);
  return kind === "hand_over" && inBag(bundle, errand) ? [handingOver(errand)] : [];
}

const collecting = (errand: Errand): Task[] =>
  errand.dossiers
    .filter(({ id }) => !errand.collected.includes(id))
    .map(({ id }) => ({ to: TO.collect(errand.id, id), words: t("Nhận giấy tờ"), icon: "document" }));

function handingOver(errand: Errand): Task {
  const [due] = stillDue(errand);
  if (due) return { to: TO.collect(errand.id, due.dossier_id), words: t("Thu bản chính trước"), icon: "document" };
  return {
    to: TO.deliver(errand.id),
    words: errand.kind === "deliver" ? t("Trả kết quả") : t("Trả giấy tờ"),
    icon: "check",
  };
}

const FETCH: Task = { to: TO.takeOver, words: t("Nhận từ bưu cục"), icon: "bag" };

const isMissing = (bundle: Bundle, errand: Errand): boolean =>
  !errand.closed && taskOf(errand) === "hand_over" && !inBag(bundle, errand);

/** Null before the run has begun: nothing can be recorded then. */
export function firstTask(bundle: Bundle, { errands }: Stop): Task | null {
  if (!bundle.route?.started) return null;
  const [first] = errands.flatMap((errand) => tasksOf(bundle, errand));
  return first ?? (errands.some((errand) => isMissing(bundle, errand)) ? FETCH : null);
}

import { record } from "../../engine";
import type { Act, FileKind, OperationKind } from "../../types";
import { useDraft, usePictures } from "./draft";
import { useFaults } from "./faults";
import { filesOf } from "./signing";

/** Answers, pictures and faults of one act at a door, kept under `key` until it is recorded. */
export function useForm<T extends object>(key: string, first: T, kinds: readonly FileKind[]) {
  const draft = useDraft(key, first);
  const { pictures, put } = usePictures(key, kinds);
  const { faults, passes, clear } = useFaults();
  const change = (given: Partial<T>): void => {
    clear(fieldsOf(given));
    draft.patch(given);
  };
  const picture = (kind: FileKind, image: Blob | null): void => {
    clear([kind]);
    put(kind, image);
  };
  return {
    form: draft.value,
    loaded: draft.loaded,
    pictures,
    faults,
    passes,
    clear,
    change,
    picture,
    files: (wanted: readonly FileKind[] = kinds) => filesOf(pictures, wanted),
    /** The act is written and the form ends, both or neither. `name`: of all forms that end with it. */
    save: <K extends OperationKind>(kind: K, act: Act<K>, name = key) => {
      draft.settle();
      return record(kind, { ...act, form: name });
    },
  };
}

/** "papers" and every line in it: a fault stands at the one or at the other. */
function fieldsOf(given: object): string[] {
  return Object.entries(given).flatMap(([field, value]) =>
    value && typeof value === "object" ? [field, ...Object.keys(value as object)] : [field],
  );
}

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { draft } from "../../engine";
import { say } from "../trouble";

const WAIT_MS = 300;

/** A form in progress, kept encrypted by the engine: a reload or a flat battery loses no answer. */
export interface Draft<T> {
  value: T;
  loaded: boolean;
  patch: (change: Partial<T>) => void;
  settle: () => void; // nothing more is written down of it: it ends in the transaction that records it
}

export function useDraft<T extends object>(key: string, first: T): Draft<T> {
  const [value, setValue] = useState(first);
  const [loaded, setLoaded] = useState(false);
  const pending = usePending(key);
  useEffect(() => {
    setLoaded(false);
    draft
      .read<T>(key)
      .then((kept) => setValue({ ...first, ...kept }))
      .catch(say)
      .finally(() => setLoaded(true));
  }, [key]);
  const patch = useCallback(
    (change: Partial<T>) =>
      setValue((before) => {
        const after = { ...before, ...change };
        pending.keep(after);
        return after;
      }),
    [key],
  );
  return { value, loaded, patch, settle: pending.forget };
}

/** Written a moment after the last stroke, and at once when the page is put away. */
function usePending(key: string) {
  const waiting = useRef<{ value: object; timer: number } | null>(null);
  const flush = useCallback(() => {
    if (!waiting.current) return;
    clearTimeout(waiting.current.timer);
    draft.write(key, waiting.current.value).catch(say);
    waiting.current = null;
  }, [key]);
  useEffect(() => {
    addEventListener("pagehide", flush);
    return () => {
      removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);
  const forget = () => {
    clearTimeout(waiting.current?.timer);
    waiting.current = null;
  };
  const keep = (value: object) => {
    forget();
    waiting.current = { value, timer: window.setTimeout(flush, WAIT_MS) };
  };
  return { keep, forget };
}

export type Pictures = Partial<Record<string, Blob>>;

/** Photos and signatures of a form, each kept apart: a large one is written once. */
export function usePictures(key: string, kinds: readonly string[]) {
  const [pictures, setPictures] = useState<Pictures>({});
  useEffect(() => {
    readAll(key, kinds)
      .then((kept) => setPictures((taken) => ({ ...kept, ...taken })))
      .catch(say);
  }, [key]);
  const put = (kind: string, image: Blob | null) => {
    setPictures((before) => ({ ...before, [kind]: image ?? undefined }));
    const kept = image ? draft.write(`${key}:${kind}`, image) : draft.drop(`${key}:${kind}`);
    kept.catch(say);
  };
  return { pictures, put };
}

async function readAll(key: string, kinds: readonly string[]): Promise<Pictures> {
  const kept = await Promise.all(kinds.map(async (kind) => [kind, await draft.read<Blob>(`${key}:${kind}`)] as const));
  return Object.fromEntries(kept.filter(([, image]) => image)) as Pictures;
}

import { useEffect, useState } from "preact/hooks";

/** A value that screens watch. */
export interface Signal<T> {
  get: () => T;
  set: (value: T) => void;
  watch: (look: (value: T) => void) => () => void;
}

export function signal<T>(first: T): Signal<T> {
  let value = first;
  const watchers = new Set<(value: T) => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      for (const look of watchers) look(next);
    },
    watch: (look) => {
      watchers.add(look);
      return () => watchers.delete(look);
    },
  };
}

export function useSignal<T>(source: Signal<T>): T {
  const [value, setValue] = useState(source.get());
  useEffect(() => {
    setValue(source.get());
    return source.watch(setValue);
  }, [source]);
  return value;
}

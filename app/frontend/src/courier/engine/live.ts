import { liveQuery } from "dexie";
import { useEffect, useState } from "preact/hooks";
import { onMemory } from "./memory";

/**
 * A value read from the disk and this tab's memory, read again when either changes, in whichever tab. Read once for all
 * components that show it; `derive` may take its time (it opens boxes), a later reading wins.
 */
export class Live<Rows, Value> {
  private value: Value;
  private rows: Rows | undefined;
  private turn = 0;
  private started = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    initial: Value,
    private readonly query: () => Promise<Rows>,
    private readonly derive: (rows: Rows) => Value | Promise<Value>,
  ) {
    this.value = initial;
  }

  now(): Value {
    return this.value;
  }

  subscribe(listener: () => void): () => void {
    this.start();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** In a component: the value, and a new drawing when it changes. */
  use(): Value {
    const [, redraw] = useState({});
    const drawn = this.value;
    useEffect(() => {
      if (this.value !== drawn) redraw({}); // changed between drawing and listening
      return this.subscribe(() => redraw({}));
    }, []);
    return drawn;
  }

  private start(): void {
    if (this.started) return;
    this.started = true;
    liveQuery(this.query).subscribe((rows) => {
      this.rows = rows;
      void this.tell();
    });
    onMemory(() => void this.tell());
  }

  private async tell(): Promise<void> {
    if (this.rows === undefined) return;
    const turn = ++this.turn;
    const value = await this.derive(this.rows);
    if (turn !== this.turn) return;
    this.value = value;
    for (const listener of this.listeners) listener();
  }
}

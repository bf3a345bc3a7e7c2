/** One tab works at a form. `tell(false)`: it is open in another one, until that one leaves it or `take` brings it here. */
export class FormLock {
  private turn = 0;
  private release: () => void = () => undefined;
  private waiting = new AbortController();

  constructor(
    private readonly form: string,
    private readonly tell: (here: boolean) => void,
  ) {}

  ask(): void {
    if ("locks" in navigator) this.request({ ifAvailable: true });
    else this.tell(true);
  }

  take(): void {
    this.leave();
    this.request({ steal: true });
  }

  leave(): void {
    this.turn += 1;
    this.waiting.abort();
    this.release();
  }

  private request(options: LockOptions): void {
    const turn = ++this.turn;
    const held = new Promise<void>((done) => (this.release = done));
    const granted = (lock: Lock | null): Promise<void> | undefined => {
      if (turn !== this.turn) return undefined;
      this.tell(lock !== null);
      if (lock) return held;
      this.queue();
      return undefined;
    };
    navigator.locks.request(`tannha-form:${this.form}`, options, granted).catch(() => {
      if (turn !== this.turn) return; // left, or asked for anew
      this.tell(false); // another tab took it
      this.queue();
    });
  }

  private queue(): void {
    this.waiting = new AbortController();
    this.request({ signal: this.waiting.signal });
  }
}

const PAUSE_MS = 200;
const FEWEST = 3;

/**
 * One search for every page of a coordinator: `/` leads to it, its list comes while one types, arrows and Enter choose.
 * Without this module the form leads to a page with the same list.
 */
export function lookUp(form: HTMLElement): void {
  const field = form.querySelector<HTMLInputElement>("input[type=search]");
  const list = form.querySelector<HTMLElement>("[role=listbox]");
  if (!(form instanceof HTMLFormElement) || field === null || list === null) return;
  new Lookup(form, field, list).start();
}

interface Hit {
  readonly href: string;
  readonly kind: string;
  readonly head: string;
  readonly lines: readonly string[];
}

interface Answer {
  readonly hits: readonly Hit[];
  readonly said: string;
}

class Lookup {
  private timer = 0;
  private asked = new AbortController();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly field: HTMLInputElement,
    private readonly list: HTMLElement,
  ) {}

  start(): void {
    const { field, list } = this;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");
    this.close();
    field.addEventListener("input", () => this.later());
    field.addEventListener("keydown", (event) => this.press(event));
    this.form.addEventListener("submit", (event) => this.choose(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    });
    document.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Node && !this.form.contains(event.target)) this.close();
    });
    this.form.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !this.form.contains(event.relatedTarget)) this.close();
    });
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.asked.abort();
    if (this.field.value.trim().length < FEWEST) this.close();
    else this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
  }

  private async ask(): Promise<void> {
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const answer = await fetch(this.form.dataset.quick ?? "", {
        method: "POST",
        body: new URLSearchParams(new FormData(this.form) as unknown as Record<string, string>),
        signal,
      });
      if (answer.ok && !answer.redirected) this.show((await answer.json()) as Answer);
      else this.close(); // signed out meanwhile: Enter leads to the page, which says so
    } catch {
      if (!signal.aborted) this.close(); // without the line Enter still leads to the page, and says so
    }
  }

  private show(answer: Answer): void {
    const said = element("p", "lookup__more", answer.said);
    this.list.replaceChildren(...answer.hits.map(option), ...(answer.said ? [said] : []));
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.field.removeAttribute("aria-activedescendant");
  }

  private close(): void {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  private press(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.step(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  private step(by: number): void {
    const hits = this.hits();
    if (hits.length === 0) return;
    const at = hits.findIndex((hit) => hit === this.chosen());
    const next = hits[at < 0 && by < 0 ? hits.length - 1 : (at + by + hits.length) % hits.length];
    for (const hit of hits) hit.setAttribute("aria-selected", String(hit === next));
    if (next === undefined) return;
    this.field.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  private choose(event: SubmitEvent): void {
    const hit = this.chosen() ?? (this.hits().length === 1 ? this.hits()[0] : undefined);
    if (hit === undefined) return;
    event.preventDefault();
    window.location.assign(hit.href);
  }

  private hits(): HTMLAnchorElement[] {
    return [...this.list.querySelectorAll<HTMLAnchorElement>("[role=option]")];
  }

  private chosen(): HTMLAnchorElement | undefined {
    return this.hits().find((hit) => hit.getAttribute("aria-selected") === "true");
  }
}

function option(hit: Hit, at: number): HTMLElement {
  const link = document.createElement("a");
  link.className = "lookup__hit";
  link.href = hit.href;
  link.id = `lookup-${at}`;
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  const words = element("span");
  words.append(element("strong", "", hit.head), ...hit.lines.map((line) => element("span", "", line)));
  link.append(words, element("span", "lookup__kind", hit.kind));
  return link;
}

function element(name: string, look = "", said = ""): HTMLElement {
  const made = document.createElement(name);
  if (look) made.className = look;
  made.textContent = said;
  return made;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select, [role=textbox]"))
  );
}

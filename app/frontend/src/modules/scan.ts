import { splitCodes } from "../courier/engine/codes";
import { signal } from "../courier/screens/kit/sound";

/** Turn a text area of codes into one input and a list: a scanner types a code and Enter, doubles are told, not added. */
export function collectCodes(element: HTMLElement): void {
  const area = element.querySelector("textarea");
  const status = element.querySelector(".scan__status");
  if (!area || !status) return;
  const codes: string[] = [];
  const list = Object.assign(document.createElement("ul"), { className: "scan__list" });
  const { row, input } = entryRow(element, area);

  const show = (said = ""): void => {
    area.value = codes.join("\n");
    const remove = element.dataset.remove ?? "";
    list.replaceChildren(
      ...codes.map((code) => listItem(code, asking.wrong.get(code) ?? "", remove, () => drop(code))),
    );
    const counted = codes.length ? `${element.dataset.count ?? ""} ${codes.length}` : "";
    status.textContent = [said, counted, left(element, codes.length)].filter(Boolean).join(" · ");
  };
  const asking = new Asking((code) => whatIsWrong(element, code), show);
  const drop = (code: string): void => {
    codes.splice(codes.indexOf(code), 1);
    asking.forget(code);
    show();
    input.focus();
  };
  const take = (text: string): void => {
    let twice = "";
    for (const code of splitCodes(text)) {
      if (codes.includes(code)) twice = `${element.dataset.twice ?? ""} ${code}`;
      else {
        codes.unshift(code);
        asking.ask(code);
      }
    }
    show(twice);
  };

  row.addEventListener("take", () => {
    take(input.value);
    input.value = "";
  });
  area.form?.addEventListener("submit", () => row.dispatchEvent(new Event("take")), { capture: true });
  whenToldOtherwise(element, area.form, () => {
    asking.anew(codes);
    show();
  });
  area.hidden = true;
  area.after(row, list);
  take(area.value);
  if (element.dataset.focus !== undefined) input.focus();
}

const AT_ONCE = 4; // a pasted list does not knock sixty times at one moment

/** What is asked of codes, in turn; of a code that was asked anew, or taken out, an earlier answer says nothing any more. */
class Asking {
  /** What the server says of a code. */
  readonly wrong = new Map<string, string>();
  private readonly newest = new Map<string, object>();
  private readonly waiting: { code: string; question: object }[] = [];
  private running = 0;

  constructor(
    private readonly put: (code: string) => Promise<string>,
    private readonly tell: (said: string) => void,
  ) {}

  ask(code: string): void {
    const question = {};
    this.newest.set(code, question);
    this.waiting.push({ code, question });
    if (this.running < AT_ONCE) void this.goOn();
  }

  forget(code: string): void {
    this.newest.delete(code);
    this.wrong.delete(code);
  }

  /** What was said was said of another taker, or of another way. */
  anew(codes: string[]): void {
    this.wrong.clear();
    codes.forEach((code) => this.ask(code));
  }

  private async goOn(): Promise<void> {
    this.running += 1;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const { code, question } = next;
      const counts = (): boolean => this.newest.get(code) === question;
      const said = counts() ? await this.put(code) : "";
      if (counts() && said) this.hear(code, said);
    }
    this.running -= 1;
  }

  private hear(code: string, said: string): void {
    this.wrong.set(code, said);
    signal("wrong");
    this.tell(said);
  }
}

/** Down to zero: how many are still to be scanned, never which. */
function left({ dataset }: HTMLElement, scanned: number): string {
  const awaited = Number(dataset.awaited ?? 0);
  if (!awaited) return "";
  return scanned < awaited ? `${dataset.still ?? ""} ${awaited - scanned} ${dataset.left ?? ""}` : (dataset.all ?? "");
}

function entryRow(element: HTMLElement, area: HTMLTextAreaElement): { row: HTMLElement; input: HTMLInputElement } {
  const row = document.createElement("div");
  row.className = "scan__entry";
  const input = document.createElement("input");
  input.className = "input";
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.id = `${area.id}-entry`;
  input.enterKeyHint = "done";
  const add = document.createElement("button");
  add.type = "button";
  add.className = "button button--secondary";
  add.textContent = element.dataset.add ?? "+";
  const label = element.querySelector("label");
  if (label) label.htmlFor = input.id;
  const hint = area.getAttribute("aria-describedby");
  if (hint) input.setAttribute("aria-describedby", hint);
  row.append(input, add);
  input.addEventListener("keydown", (event) => {
    // Enter adds a line; on an empty line it sends the form, as everywhere
    if (event.key !== "Enter" || !input.value.trim()) return;
    event.preventDefault();
    row.dispatchEvent(new Event("take"));
  });
  add.addEventListener("click", () => {
    row.dispatchEvent(new Event("take"));
    input.focus();
  });
  return { row, input };
}

/** Which fields of the form are told with a code: name in the question → field. */
const toldToo = ({ dataset }: HTMLElement): Record<string, string> =>
  JSON.parse(dataset.checkBy ?? "{}") as Record<string, string>;

function whenToldOtherwise(element: HTMLElement, form: HTMLFormElement | null, anew: () => void): void {
  form?.addEventListener("change", ({ target }) => {
    const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (isField && Object.values(toldToo(element)).includes(target.name)) anew();
  });
}

/** Asked while the envelope is still in the hand. Without an answer nothing is said: the form asks again when it is sent. */
async function whatIsWrong(element: HTMLElement, code: string): Promise<string> {
  const { check } = element.dataset;
  if (!check) return "";
  const form = element.closest("form");
  const given = form ? new FormData(form) : new FormData();
  const query = new URLSearchParams({ ma: code });
  for (const [name, field] of Object.entries(toldToo(element))) {
    const value = given.get(field);
    if (typeof value === "string") query.set(name, value);
  }
  try {
    const answer = await fetch(`${check}?${query.toString()}`, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as { said: string }).said : "";
  } catch {
    return "";
  }
}

function listItem(code: string, wrong: string, removeLabel: string, onRemove: () => void): HTMLLIElement {
  const item = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = code;
  if (wrong) {
    const why = document.createElement("span");
    why.className = "scan__wrong";
    why.textContent = wrong;
    text.append(why);
  }
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "button button--quiet button--small";
  remove.textContent = removeLabel;
  remove.setAttribute("aria-label", `${removeLabel} ${code}`);
  remove.addEventListener("click", onRemove);
  item.append(text, remove);
  return item;
}

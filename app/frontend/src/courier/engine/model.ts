/* What a coordinator recognises a phone by: its model, as far as the browser tells it. */
const PATIENCE_MS = 1000;
const HIDDEN = /^(K|wv|[a-z]{2}-[a-z]{2})?$/; // what newer browsers say instead of a model

interface Hints {
  getHighEntropyValues?: (wanted: string[]) => Promise<{ model?: string; platform?: string; platformVersion?: string }>;
}

/** "Android 13 · SM-A125F · Chrome 120"; without the model where the browser keeps it to itself. */
export async function phoneName(): Promise<string> {
  const told = await hinted();
  const agent = navigator.userAgent;
  return [told.system ?? systemIn(agent), told.model ?? modelIn(agent), browserIn(agent)].filter(Boolean).join(" · ");
}

async function hinted(): Promise<{ system?: string; model?: string }> {
  const { model, platform, platformVersion = "" } = (await hints()) ?? {};
  const system = platform === "Android" && `Android ${platformVersion.split(".")[0] ?? ""}`.trim();
  return { ...(system && { system }), ...(model && { model }) };
}

type Told = Awaited<ReturnType<NonNullable<Hints["getHighEntropyValues"]>>>;

async function hints(): Promise<Told | null | undefined> {
  const patience = new Promise<null>((done) => setTimeout(() => done(null), PATIENCE_MS));
  const told = (navigator as { userAgentData?: Hints }).userAgentData?.getHighEntropyValues?.([
    "model",
    "platformVersion",
    "platform",
  ]);
  return told && Promise.race([told, patience]).catch(() => null);
}

// Android before Linux: its browsers name both
const SYSTEMS = [/Android( \d+)?/, /iPhone OS \d+/, /iPhone|iPad/, /Windows/, /Macintosh/, /Linux/];

const systemIn = (agent: string): string =>
  SYSTEMS.map((system) => system.exec(agent)?.[0])
    .find(Boolean)
    ?.replace("iPhone OS", "iPhone · iOS") ?? "?";

/** "(Linux; Android 13; SM-A125F Build/TP1A)": what stands behind the system. */
function modelIn(agent: string): string {
  const model =
    /Android[^;)]*; (?:[a-z]{2}-[a-z]{2}; )?([^;)]+)/
      .exec(agent)?.[1]
      ?.replace(/ Build\/.*/, "")
      .trim() ?? "";
  return HIDDEN.test(model) ? "" : model;
}

function browserIn(agent: string): string {
  const found = /(Firefox|EdgA?|SamsungBrowser|Chrome|Version)\/(\d+)/.exec(agent);
  return found ? `${(found[1] ?? "").replace("Version", "Safari").replace(/^EdgA?$/, "Edge")} ${found[2] ?? ""}` : "";
}

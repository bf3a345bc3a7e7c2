import { expect, test, vi } from "vitest";

const [load] = Object.values(import.meta.glob("../public/push.js"));

interface Shown {
  title: string;
  body: string;
  tag: string;
  data: { url: string };
}

type Handler = (event: Record<string, unknown>) => void;

/** The worker's file in a world of a test's own: what it shows, and which pages it opens. */
async function worker(pages: string[] = []) {
  const shown: Shown[] = [];
  const opened: string[] = [];
  const handlers: Record<string, Handler> = {};
  const self = {
    location: { origin: "https://tannha.example" },
    addEventListener: (name: string, handler: Handler) => (handlers[name] = handler),
    registration: {
      showNotification: (title: string, told: Omit<Shown, "title">) => Promise.resolve(shown.push({ title, ...told })),
    },
    clients: {
      matchAll: () =>
        Promise.resolve(pages.map((url) => ({ url, focus: () => Promise.resolve(opened.push(`focus ${url}`)) }))),
      openWindow: (url: string) => Promise.resolve(opened.push(url)),
    },
  };
  vi.stubGlobal("self", self);
  vi.resetModules();
  await load?.();
  const run = async (name: string, event: Record<string, unknown>): Promise<void> => {
    let lasting: unknown = null;
    handlers[name]?.({ ...event, waitUntil: (work: unknown) => (lasting = work) });
    await lasting;
  };
  return {
    shown,
    opened,
    told: (text: string | null) =>
      run("push", { data: text === null ? null : { json: () => JSON.parse(text) as unknown } }),
    tapped: (url: string) => run("notificationclick", { notification: { close: () => undefined, data: { url } } }),
  };
}

test("a notice says the words of our server, once, and keeps where a tap leads", async () => {
  const here = await worker();
  await here.told(
    JSON.stringify({ body: "Tận Nhà: yêu cầu TN-4C7H2M có tin mới.", url: "https://tannha.example/t/x", tag: "1" }),
  );
  expect(here.shown[0]).toMatchObject({
    title: "Tận Nhà",
    body: "yêu cầu TN-4C7H2M có tin mới.",
    tag: "1",
    data: { url: "https://tannha.example/t/x" },
  });
});

test.each([null, "", "no JSON", "7", '{"body": 7}'])("what is none of ours still shows something: %s", async (text) => {
  const here = await worker();
  await here.told(text);
  expect(here.shown[0]).toMatchObject({ body: "Có tin mới.", data: { url: "/" } });
});

test("a tap opens the page, or the one that is open already", async () => {
  const page = "https://tannha.example/buu-ta/day";
  const here = await worker([page]);
  await here.tapped("/t/x");
  await here.tapped("/buu-ta/");
  expect(here.opened).toEqual(["https://tannha.example/t/x", `focus ${page}`]);
});

test("a tap never leads out of our house", async () => {
  const here = await worker();
  await here.tapped("https://evil.example/t/x");
  expect(here.opened).toEqual([]);
});

import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.resetModules();
  vi.unstubAllGlobals();
});

/** The app as it begins on a phone that keeps `line`; answers in which language it asks the office. */
async function askedIn(line: string | null): Promise<string | null> {
  vi.resetModules();
  const { outside: own } = await import("../engine/outside");
  own.line.read = () => line;
  let asked: string | null = null;
  own.fetch = (_url, { headers }) => {
    asked = new Headers(headers).get("Accept-Language");
    return Promise.resolve(new Response('{"challenge":"x"}', { headers: { "Content-Type": "application/json" } }));
  };
  const { api } = await import("../engine/server");
  await api.challenge("d");
  return asked;
}

describe("the language of the phone", () => {
  it("is Vietnamese until another one was chosen", async () => {
    expect([await askedIn(null), await askedIn("xx")]).toEqual(["vi", "vi"]);
  });

  it("is the one in which the office is asked for its sentences", async () => {
    expect(await askedIn("en")).toBe("en");
  });
});

describe("a browser that keeps no lines", () => {
  it("speaks in the language that was chosen in this tab, and throws nothing", async () => {
    const refuses = (): never => {
      throw new DOMException("cookies are refused", "SecurityError");
    };
    const tab = { state: null as unknown, replaceState: (state: unknown) => void (tab.state = state) };
    const reload = vi.fn();
    vi.stubGlobal("history", tab);
    vi.stubGlobal("location", { reload });
    const begun = async () => {
      vi.resetModules();
      const { outside: own } = await import("../engine/outside");
      own.line = { read: refuses, write: refuses };
      return import("./chosen");
    };
    const { choose, language } = await begun();
    expect(language).toBe("vi");
    choose("en");
    expect(reload).toHaveBeenCalled();
    expect((await begun()).language).toBe("en");
  });
});

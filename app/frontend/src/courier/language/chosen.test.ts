import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => void vi.resetModules());

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

import { beforeEach, describe, expect, test } from "vitest";
import { allowNotices, browser, endNotices, NoticesBlocked, noticesHere, NoticesLost, renewNotices } from "./notices";
import { setPin, signIn, signOut } from "./session";
import { server } from "./testing";

const [KEY, OTHER] = ["AQID", "BAUG"];

/** A browser with a push service of its own. */
class PushBrowser {
  held: { endpoint: string; key: string } | null = null;
  made = 0;
  answer: NotificationPermission = "granted";
  lost = false;

  readonly manager = {
    getSubscription: () => Promise.resolve(this.held && this.shown(this.held)),
    subscribe: ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      if (this.lost) return Promise.reject(new DOMException("push service not available", "AbortError"));
      const key = btoa(String.fromCharCode(...applicationServerKey));
      this.held = { endpoint: `https://push.example/${++this.made}`, key };
      return Promise.resolve(this.shown(this.held));
    },
  };

  private shown({ endpoint, key }: { endpoint: string; key: string }) {
    const applicationServerKey = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0)).buffer;
    const keys = { p256dh: "P", auth: "A" };
    return {
      endpoint,
      options: { applicationServerKey },
      toJSON: () => ({ endpoint, expirationTime: null, keys }),
      unsubscribe: () => {
        this.held = null;
        return Promise.resolve(true);
      },
    };
  }
}

let phone: PushBrowser;

async function signedIn(): Promise<void> {
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
}

beforeEach(async () => {
  phone = new PushBrowser();
  browser.worker = () => Promise.resolve({ pushManager: phone.manager } as unknown as ServiceWorkerRegistration);
  browser.ask = () => Promise.resolve(phone.answer);
  await signedIn();
  server.notices = KEY;
});

describe("a phone that may show notices", () => {
  test("allows them with one press, and ends them with another", async () => {
    expect(await noticesHere()).toBe("off");
    await allowNotices();
    expect(server.told).toEqual({ endpoint: "https://push.example/1", keys: { p256dh: "P", auth: "A" } });
    expect(await noticesHere()).toBe("on");
    await endNotices();
    expect([server.told, phone.held, await noticesHere()]).toEqual([null, null, "off"]);
  });

  test("is asked nothing where the office sends none, or is of before, or the browser can't", async () => {
    server.notices = null;
    expect(await noticesHere()).toBe("none");
    server.old = true;
    expect(await noticesHere()).toBe("none");
    browser.worker = () => Promise.resolve(undefined);
    expect(await noticesHere()).toBe("none");
  });

  test("says that it does not know without a line", async () => {
    server.faults = ["before"];
    expect(await noticesHere()).toBe("unknown");
  });

  test("tells the office nothing where the courier says no, or no push service is to be had", async () => {
    phone.answer = "denied";
    await expect(allowNotices()).rejects.toThrow(NoticesBlocked);
    [phone.answer, phone.lost] = ["granted", true];
    await expect(allowNotices()).rejects.toThrow(NoticesLost);
    expect(server.told).toBeNull();
  });

  test("that was told of another shift's browser is off", async () => {
    await allowNotices();
    server.told = { endpoint: "https://push.example/of-before", keys: {} };
    expect(await noticesHere()).toBe("off");
  });
});

describe("the next shift", () => {
  test("has the notices again that signing out ended", async () => {
    await allowNotices();
    await signOut();
    server.told = null;
    await signedIn();
    await renewNotices();
    expect(server.told).toMatchObject({ endpoint: "https://push.example/1" });
  });

  test("allows the office's new key in the place of the old one", async () => {
    await allowNotices();
    server.notices = OTHER;
    await renewNotices();
    expect([phone.held?.key, server.told]).toMatchObject([OTHER, { endpoint: "https://push.example/2" }]);
  });

  test("asks nothing of a phone that never allowed any, and no line is no fault", async () => {
    await renewNotices();
    expect(server.log.filter((line) => line.endsWith("/push"))).toEqual([]);
    await allowNotices();
    server.faults = ["before"];
    await renewNotices();
    expect(server.told).not.toBeNull();
  });
});

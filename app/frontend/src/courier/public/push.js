// What a closed page is told (Web Push), for the courier's app and for the tracking page alike: both workers run this very file.
// The words come whole from our server, encrypted; a tap leads to a page of our own and to no other.

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // not ours, and every push has to show something: say what is always true
  }
  event.waitUntil(
    self.registration.showNotification("Tận Nhà", {
      body: typeof told.body === "string" ? told.body.replace(/^Tận Nhà: /u, "") : "Có tin mới.",
      tag: typeof told.tag === "string" ? told.tag : "tan-nha",
      renotify: true, // newer news takes the older's place, and is heard
      icon: "/buu-ta/icons/app-192.png",
      lang: "vi",
      data: { url: typeof told.url === "string" ? told.url : "/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.url ?? "/", self.location.origin);
  if (target.origin !== self.location.origin) return;
  event.waitUntil(open(target));
});

async function open(target) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => shows(page.url, target));
  if (there) return there.focus();
  return self.clients.openWindow(target.href);
}

/** The page itself, or any screen of the courier's app: it is one page. */
function shows(url, target) {
  const { pathname } = new URL(url);
  return pathname === target.pathname || (target.pathname === "/buu-ta/" && pathname.startsWith("/buu-ta/"));
}

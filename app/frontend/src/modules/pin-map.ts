import { type Area, createMap, drawAreas, L, type OfficePoint } from "./leaflet";

const STEP_PIXELS = 12;
const START_ZOOM = 13;
const DECIMALS = 6;
const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [0, -STEP_PIXELS],
  ArrowDown: [0, STEP_PIXELS],
  ArrowLeft: [-STEP_PIXELS, 0],
  ArrowRight: [STEP_PIXELS, 0],
};

/** Let a citizen put the pin on the door: by hand, by arrow keys, or from the phone when asked for. */
export function placePin(element: HTMLElement): void {
  const lon = element.querySelector<HTMLInputElement>("[data-lon]");
  const lat = element.querySelector<HTMLInputElement>("[data-lat]");
  const canvas = element.querySelector<HTMLElement>(".map__canvas");
  if (!lon || !lat || !canvas) return;

  const map = createMap(element, canvas).setView([Number(lat.value), Number(lon.value)], START_ZOOM);
  const marker = L.marker(map.getCenter(), { draggable: true, keyboard: true, autoPan: true, icon: pinIcon() }).addTo(
    map,
  );
  const move = (to: L.LatLng): void => {
    marker.setLatLng(to);
    lon.value = to.lng.toFixed(DECIMALS);
    lat.value = to.lat.toFixed(DECIMALS);
    say(element, element.dataset.moved ?? "");
  };

  marker.on("dragend", () => move(marker.getLatLng()));
  map.on("click", (event: L.LeafletMouseEvent) => move(event.latlng));
  const grip = marker.getElement();
  grip?.setAttribute("aria-label", element.dataset.title ?? "");
  grip?.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    move(map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(step)));
    map.panInside(marker.getLatLng(), { padding: [40, 40] });
  });
  offerPosition(element, (to) => {
    move(to);
    map.setView(to, 16);
  });
  offerSearch(element, (to) => {
    move(to);
    map.setView(to, 16);
  });
  void drawSurroundings(element, map);
}

function pinIcon(): L.DivIcon {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M12 22s7-6.500 7-12A7 7 0 0 0 5 10c0 5.500 7 12 7 12Zm0-9a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z");
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  const box = document.createElement("span");
  box.append(svg);
  return L.divIcon({ className: "map__pin", html: box, iconSize: [40, 40], iconAnchor: [20, 37] });
}

function say(element: HTMLElement, text: string): void {
  const status = element.querySelector(".map__status");
  if (status) status.textContent = text;
}

function offerPosition(element: HTMLElement, use: (to: L.LatLng) => void): void {
  const tools = element.querySelector(".map__tools");
  if (!tools || !("geolocation" in navigator)) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--secondary";
  button.textContent = element.dataset.here ?? "";
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => use(L.latLng(coords.latitude, coords.longitude)),
      () => say(element, element.dataset.denied ?? ""),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
  tools.append(button);
}

/** By a landmark that several households named, or the operator's geocoder: put the pin there, to be corrected by hand. */
function offerSearch(element: HTMLElement, use: (to: L.LatLng) => void): void {
  const tools = element.querySelector(".map__tools");
  const form = element.closest("form");
  const source = element.dataset.find;
  if (!tools || !form || !source) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--secondary";
  button.textContent = element.dataset.findLabel ?? "";
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    void whereIs(source, form).then((found) => {
      button.removeAttribute("aria-busy");
      if (found) use(found.at);
      say(element, (found ? found.said || element.dataset.found : element.dataset.notFound) ?? "");
    });
  });
  tools.append(button);
}

type Found = { at: L.LatLng; said: string };

async function whereIs(source: string, form: HTMLFormElement): Promise<Found | null> {
  try {
    const answer = await fetch(source, { method: "POST", body: new FormData(form) });
    const found = answer.ok ? ((await answer.json()) as { lon?: number; lat?: number; said?: string }) : {};
    if (found.lon === undefined || found.lat === undefined) return null;
    return { at: L.latLng(found.lat, found.lon), said: found.said ?? "" };
  } catch {
    return null;
  }
}

async function drawSurroundings(element: HTMLElement, map: L.Map): Promise<void> {
  if (!element.dataset.src) return;
  const answer = await fetch(element.dataset.src, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const around = (await answer.json()) as { areas?: Area[]; offices?: OfficePoint[] };
  const renderer = L.canvas();
  drawAreas(around.areas ?? [], L.layerGroup().addTo(map), renderer);
  for (const office of around.offices ?? []) {
    const label = document.createElement("span");
    label.textContent = office.name;
    L.circleMarker([office.lat, office.lon], {
      renderer,
      radius: 5,
      color: "#23201b",
      weight: 2,
      fillColor: "#fffdf9",
      fillOpacity: 1,
    })
      .bindTooltip(label, { permanent: true, direction: "right" })
      .addTo(map);
  }
}

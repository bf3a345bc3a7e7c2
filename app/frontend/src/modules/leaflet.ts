import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { placesOf, type RoadLayer } from "./road-layer";

export { L };

/** `[lon, lat]` as everywhere in this project; Leaflet wants it the other way round. */
export type LonLat = [number, number];

export interface Area {
  office: string;
  ring: LonLat[];
}

export interface OfficePoint {
  id: string;
  name: string;
  lon: number;
  lat: number;
  provisional?: boolean;
}

export const toLatLng = ([lon, lat]: LonLat): L.LatLngTuple => [lat, lon];

/** For who has asked for less motion: the map jumps where it is told to. */
const STILL: L.MapOptions = { zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false };

export function createMap(element: HTMLElement, canvas: HTMLElement, options: L.MapOptions = {}): L.Map {
  canvas.replaceChildren();
  const map = L.map(canvas, {
    ...{ preferCanvas: true, zoomControl: false, attributionControl: true, zoomSnap: 0.25 },
    ...(window.matchMedia("(prefers-reduced-motion: reduce)").matches && STILL),
    ...options,
  });
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  L.control
    .zoom({ zoomInTitle: element.dataset.zoomIn ?? "+", zoomOutTitle: element.dataset.zoomOut ?? "−" })
    .addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const { tiles, attribution } = element.dataset;
  // nothing is fetched from outside unless the operator has set a tile server
  if (tiles) L.tileLayer(tiles, { attribution: attribution ?? "", maxZoom: 19 }).addTo(map);
  return map;
}

export function drawAreas(areas: Area[], into: L.LayerGroup, renderer: L.Canvas): void {
  for (const area of areas) {
    L.polygon(area.ring.map(toLatLng), {
      renderer,
      interactive: false,
      color: "#8a7f6c",
      weight: 1,
      opacity: 0.7,
      fillColor: "#0f5a50",
      fillOpacity: 0.03,
    }).addTo(into);
  }
}

const ROADS = [
  { color: "#b9ad97", weight: 3 },
  { color: "#cfc5b3", weight: 2 },
  { color: "#d9d1c2", weight: 1, dashArray: "3 4" },
];

export function drawRoads({ unit, lines }: RoadLayer, into: L.LayerGroup | L.Map, renderer: L.Canvas): void {
  for (const line of lines) {
    const style = ROADS[line[0] ?? 1] ?? ROADS[1];
    L.polyline(placesOf(line, unit), { renderer, interactive: false, opacity: 0.9, ...style }).addTo(into);
  }
}

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { createMap, drawRoads, L } from "../../../modules/leaflet";
import { NumberedStop } from "../../../modules/numbered-stop";
import type { RoadLayer } from "../../../modules/road-layer";
import { fetchWay, readRoads, readWay } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Stop, WayLines } from "../../types";
import { type DrawnLeg, legsOf } from "./legs";

const LAND = { color: "#8a7f6c", weight: 1, opacity: 0.7, fillColor: "#0f5a50", fillOpacity: 0.03 };
const BY_ROAD = { weight: 3 };
const STRAIGHT = { weight: 1.5, dashArray: "4 5" };
const NEXT = "#b8461f";
const LATER = "#0f5a50";
const DONE = "#5f5a52";

export function MapCanvas({ bundle }: { bundle: Bundle }) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [roads, setRoads] = useState<RoadLayer | null>(null);
  const [way, setWay] = useState<WayLines | null>(null);
  useEffect(() => void readRoads().then(setRoads), []);
  useEffect(() => {
    const show = (): Promise<void> => readWay().then(setWay);
    // what is here first; drawn anew only where the route has changed since, for whoever has moved the map by then
    void show()
      .then(fetchWay)
      .then((another) => (another ? show() : undefined));
  }, []);
  const legs = useMemo(() => legsOf(bundle, way), [bundle, way]);
  useEffect(() => {
    if (!frame.current || !canvas.current) return;
    const map = createMap(frame.current, canvas.current);
    draw(map, bundle, roads, legs);
    return () => void map.remove();
  }, [bundle, roads, legs]);
  return (
    <div
      class="map"
      ref={frame}
      data-zoom-in={t("Phóng to")}
      data-zoom-out={t("Thu nhỏ")}
      data-road-lines={roads?.lines.length}
    >
      <div class="map__canvas" ref={canvas} role="region" aria-label={t("Bản đồ các điểm hôm nay")} />
      <p class="map__legend">
        {t("Chữ số là thứ tự điểm. Cam: điểm tiếp theo. Xám: đã xong. Vòng tròn: bưu cục.")}{" "}
        {legs.some((leg) => leg.byRoad) && t("Nét liền: đường đi.")}{" "}
        {legs.some((leg) => !leg.byRoad) && t("Nét đứt mảnh: đường chim bay.")}
      </p>
    </div>
  );
}

function draw(
  map: L.Map,
  { courier, stops, next, map: { areas } }: Bundle,
  roads: RoadLayer | null,
  legs: DrawnLeg[],
): void {
  const renderer = L.canvas({ padding: 0.3, tolerance: 6 });
  const office: L.LatLngTuple = [courier.office.lat, courier.office.lon];
  const path: L.LatLngTuple[] = [office, ...stops.map(pointOf), office];
  map.fitBounds(L.latLngBounds(path), { padding: [28, 28], maxZoom: 15, animate: false });
  if (roads) drawRoads(roads, map, L.canvas({ padding: 0.3 }));
  L.geoJSON(areas, { interactive: false, style: LAND }).addTo(map);
  for (const { places, byRoad } of legs) {
    L.polyline(places, { renderer, color: LATER, opacity: 0.8, ...(byRoad ? BY_ROAD : STRAIGHT) }).addTo(map);
  }
  L.circleMarker(office, { renderer, radius: 7, color: "#23201b", weight: 3, fillColor: "#fff", fillOpacity: 1 }).addTo(
    map,
  );
  for (const stop of [...stops].reverse()) mark(map, renderer, stop, stop.id === next);
}

const pointOf = (stop: Stop): L.LatLngTuple => [stop.place.lat, stop.place.lon];

function mark(map: L.Map, renderer: L.Canvas, stop: Stop, isNext: boolean): void {
  new NumberedStop(pointOf(stop), {
    renderer,
    radius: isNext ? 15 : 11,
    color: "#ffffff",
    weight: 1.5,
    fillColor: isNext ? NEXT : stop.done ? DONE : LATER,
    fillOpacity: 1,
    text: stop.done ? "✓" : String(stop.sequence),
  })
    .on("click", () => (location.hash = `#/diem/${stop.id}`))
    .addTo(map);
}

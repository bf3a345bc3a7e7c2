/** A canvas over the whole map that is drawn in one go: 3,000 stops and their lines cost a few milliseconds, at each zoom anew. */
import { L, type LonLat } from "./leaflet";

const PADDING = 0.25; // drawn beyond the edges, so that a map that is dragged shows no gap at once
const TILE = 256; // pixels of the world at zoom 0

/** A place in pixels of zoom 0, counted from the middle of the map's day: small numbers stay exact on a canvas. */
export class Ground {
  private readonly origin: L.Point;

  constructor([lon, lat]: LonLat) {
    this.origin = flat(lon, lat);
  }

  at(lon: number, lat: number): [number, number] {
    const { x, y } = flat(lon, lat);
    return [x - this.origin.x, y - this.origin.y];
  }

  line(places: LonLat[]): Float32Array {
    const flatLine = new Float32Array(places.length * 2);
    places.forEach(([lon, lat], at) => flatLine.set(this.at(lon, lat), at * 2));
    return flatLine;
  }

  /** Where the day's middle lies, in pixels of the zoom. */
  middle(scale: number): L.Point {
    return this.origin.multiplyBy(scale);
  }
}

function flat(lon: number, lat: number): L.Point {
  const sine = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return L.point(((lon + 180) / 360) * TILE, y * TILE);
}

/** How ground becomes pixels of a canvas: x × scale + left, y × scale + top; only what lies within is worth drawing. */
export interface View {
  context: CanvasRenderingContext2D;
  zoom: number;
  scale: number;
  left: number;
  top: number;
  ratio: number;
  width: number;
  height: number;
}

export class CanvasLayer extends L.Layer {
  private readonly canvas = document.createElement("canvas");
  private corner = L.point(0, 0);
  private drawnAt: { zoom: number; centre: L.LatLng } | null = null;
  private waiting = 0;

  constructor(
    private readonly ground: Ground,
    private readonly draw: (view: View) => void,
  ) {
    super();
    this.canvas.className = "map__layer leaflet-zoom-animated";
  }

  override onAdd(map: L.Map): this {
    map.getPane("overlayPane")?.append(this.canvas);
    this.later(); // the map is about to be shown somewhere else
    return this;
  }

  override onRemove(): this {
    cancelAnimationFrame(this.waiting);
    this.canvas.remove();
    return this;
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      moveend: () => this.redraw(),
      resize: () => this.redraw(),
      zoomanim: (event) => this.follow(event as L.ZoomAnimEvent),
      zoom: () => this.follow({ zoom: this._map.getZoom(), center: this._map.getCenter() }),
    };
  }

  /** At the next frame, once, however often asked. */
  later(): void {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => this.redraw());
  }

  redraw(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    const map = this._map as L.Map | undefined;
    const context = this.canvas.getContext("2d");
    if (!map || !context) return;
    const size = map.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const view = this.view(map, context, size, ratio);
    this.fit(size, ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    this.draw(view);
  }

  private view(map: L.Map, context: CanvasRenderingContext2D, size: L.Point, ratio: number): View {
    const zoom = map.getZoom();
    const scale = 2 ** zoom;
    this.corner = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
    this.drawnAt = { zoom, centre: map.getCenter() };
    const shift = this.ground.middle(scale).subtract(map.getPixelOrigin()).subtract(this.corner);
    const [width, height] = [size.x * (1 + 2 * PADDING), size.y * (1 + 2 * PADDING)];
    return { context, zoom, scale, left: shift.x, top: shift.y, ratio, width, height };
  }

  /** As wide as what is seen and its edges; another width would clear it, so it is only set when it changed. */
  private fit(size: L.Point, ratio: number): void {
    const [width, height] = [size.x * (1 + 2 * PADDING), size.y * (1 + 2 * PADDING)];
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    L.DomUtil.setTransform(this.canvas, this.corner, 1);
  }

  /** While the map zooms, what was drawn is stretched along. */
  private follow({ zoom, center }: { zoom: number; center: L.LatLng }): void {
    if (!this.drawnAt) return;
    const map = this._map;
    const scale = map.getZoomScale(zoom, this.drawnAt.zoom);
    const half = map.getSize().multiplyBy(0.5 + PADDING);
    // Leaflet's own renderers ask the same; its types leave it out
    const inside = map as unknown as { _getNewPixelOrigin(centre: L.LatLng, zoom: number): L.Point };
    const middle = map.project(this.drawnAt.centre, zoom).subtract(inside._getNewPixelOrigin(center, zoom));
    L.DomUtil.setTransform(this.canvas, middle.subtract(half.multiplyBy(scale)), scale);
  }
}

/** Lines in pixels of zoom 0 as one path, with the frame that they lie in. */
export interface Outline {
  path: Path2D;
  frame: [number, number, number, number];
}

export function outline(lines: Float32Array[]): Outline {
  const path = new Path2D();
  const frame: Outline["frame"] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (let at = 0; at + 1 < line.length; at += 2) {
      const [x, y] = [line[at] ?? 0, line[at + 1] ?? 0];
      if (at) path.lineTo(x, y);
      else path.moveTo(x, y);
      frame[0] = Math.min(frame[0], x);
      frame[1] = Math.min(frame[1], y);
      frame[2] = Math.max(frame[2], x);
      frame[3] = Math.max(frame[3], y);
    }
  }
  return { path, frame };
}

export function inSight({ frame }: Outline, { scale, left, top, width, height }: View): boolean {
  const [west, north, east, south] = frame;
  return (
    east * scale + left >= 0 &&
    west * scale + left <= width &&
    south * scale + top >= 0 &&
    north * scale + top <= height
  );
}

/** Draw in pixels of zoom 0: `width` and `dash` stay pixels of the screen. */
export function stroke(view: View, { path }: Outline, colour: string, width: number, dash: number[] = []): void {
  const { context, scale, left, top, ratio } = view;
  context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
  context.strokeStyle = colour;
  context.lineWidth = width / scale;
  context.lineJoin = "round";
  context.setLineDash(dash.map((length) => length / scale));
  context.stroke(path);
  context.setLineDash([]);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

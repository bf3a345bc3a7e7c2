import { L } from "./leaflet";

interface NumberedStopOptions extends L.CircleMarkerOptions {
  text: string;
}

// Leaflet's canvas calls these two on every redraw; its types leave them out
interface CanvasInternals {
  _ctx: CanvasRenderingContext2D;
  _updateCircle(layer: L.CircleMarker): void;
}
interface MarkerInternals {
  _renderer: CanvasInternals;
  _map: L.Map;
  _point: L.Point;
}

const ZOOM_OF_NUMBERS = 11;
const SMALL_RADIUS = 3.5;

/** A stop on the canvas with its place in the route: 3,000 of them cost one canvas, not 3,000 elements. */
export class NumberedStop extends L.CircleMarker {
  declare options: NumberedStopOptions;
  private readonly full: number;
  private readonly edge: number;

  constructor(at: L.LatLngExpression, options: NumberedStopOptions) {
    super(at, options);
    this.full = options.radius ?? SMALL_RADIUS;
    this.edge = options.weight ?? 1;
  }

  _updatePath(): void {
    const inside = this as unknown as MarkerInternals;
    const near = inside._map.getZoom() >= ZOOM_OF_NUMBERS;
    const wanted = near ? this.full : SMALL_RADIUS;
    if (this.getRadius() !== wanted) (this as unknown as { _radius: number })._radius = wanted;
    // from far away an edge would hide the dot
    this.options.weight = near || this.edge > 1 ? this.edge : 0;
    inside._renderer._updateCircle(this);
    if (!near) return;
    const context = inside._renderer._ctx;
    context.save();
    context.globalAlpha = 1;
    context.fillStyle = this.options.fillColor === "#ffffff" ? "#a8231f" : "#ffffff";
    context.font = `600 ${this.options.text.length > 2 ? 8 : 10}px sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(this.options.text, inside._point.x, inside._point.y);
    context.restore();
  }
}

/** What stands on the map at a place: drawn once on a canvas of its own, then only copied. */
export interface Mark {
  fill: string;
  edge: string;
  shape: number; // circle, square, diamond, triangle
  radius: number;
  width: number; // of the edge
}

export type Spot = [number, number];

const NUMBER = "600 10px sans-serif";
const NAME = "600 12px sans-serif";
const TAU = Math.PI * 2;
const MARGIN = 2;

export class Marks {
  private readonly kept = new Map<string, HTMLCanvasElement>();
  private readonly widths = new Map<string, number>();

  constructor(private readonly ratio: number) {}

  mark(context: CanvasRenderingContext2D, at: Spot, mark: Mark): void {
    const side = 2 * (mark.radius * 1.5 + mark.width + MARGIN);
    const name = `${mark.fill}${mark.edge}${mark.shape}:${mark.radius}:${mark.width}`;
    this.copy(context, at, { name, width: side, height: side }, (drawing) => {
      drawing.translate(side / 2, side / 2);
      trace(drawing, mark.shape, mark.radius);
      drawing.fillStyle = mark.fill;
      drawing.fill();
      if (!mark.width) return;
      drawing.lineWidth = mark.width;
      drawing.strokeStyle = mark.edge;
      drawing.stroke();
    });
  }

  text(context: CanvasRenderingContext2D, at: Spot, text: string, ink: string): void {
    const [width, height] = [text.length * 9 + 8, 16];
    this.copy(context, at, { name: `text${ink}${text}`, width, height }, (drawing) => {
      write(drawing, NUMBER);
      drawing.fillStyle = ink;
      drawing.fillText(text, width / 2, height / 2);
    });
  }

  /** A name with a rim of the land's colour, so that it can be read over lines. */
  label(context: CanvasRenderingContext2D, [x, y]: Spot, text: string, [ink, rim]: [string, string]): void {
    const width = this.widthOf(context, text);
    this.copy(context, [x + width / 2, y], { name: `label${ink}${text}`, width, height: 20 }, (drawing) => {
      write(drawing, NAME);
      drawing.lineJoin = "round";
      drawing.lineWidth = 4;
      drawing.strokeStyle = rim;
      drawing.strokeText(text, width / 2, 10);
      drawing.fillStyle = ink;
      drawing.fillText(text, width / 2, 10);
    });
  }

  widthOf(context: CanvasRenderingContext2D, text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) {
      context.font = NAME;
      width = Math.ceil(context.measureText(text).width) + 8;
      this.widths.set(text, width);
    }
    return width;
  }

  private copy(
    context: CanvasRenderingContext2D,
    [x, y]: Spot,
    { name, width, height }: { name: string; width: number; height: number },
    draw: (on: CanvasRenderingContext2D) => void,
  ): void {
    let sprite = this.kept.get(name);
    if (!sprite) {
      sprite = document.createElement("canvas");
      sprite.width = Math.ceil(width * this.ratio);
      sprite.height = Math.ceil(height * this.ratio);
      const drawing = sprite.getContext("2d");
      if (!drawing) return;
      drawing.scale(this.ratio, this.ratio);
      draw(drawing);
      this.kept.set(name, sprite);
    }
    context.drawImage(sprite, x - width / 2, y - height / 2, width, height);
  }
}

function write(drawing: CanvasRenderingContext2D, font: string): void {
  drawing.font = font;
  drawing.textAlign = "center";
  drawing.textBaseline = "middle";
}

function trace(drawing: CanvasRenderingContext2D, shape: number, radius: number): void {
  drawing.beginPath();
  if (shape === 1) drawing.rect(-radius * 0.9, -radius * 0.9, radius * 1.8, radius * 1.8);
  else if (shape === 2) corners(drawing, 4, radius * 1.2);
  else if (shape === 3) corners(drawing, 3, radius * 1.5);
  else drawing.arc(0, 0, radius, 0, TAU);
}

function corners(drawing: CanvasRenderingContext2D, count: number, radius: number): void {
  for (let at = 0; at < count; at++) {
    const turn = (at * TAU) / count - TAU / 4;
    drawing.lineTo(radius * Math.cos(turn), radius * Math.sin(turn));
  }
  drawing.closePath();
}

// The picture that a visitor paints on, with the mouse, a finger or the keyboard.
import { copyOf } from "./damage.js";
import { paintLevels, rgbOf } from "./pixels.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 8;

export class PaintCanvas {
  // `brush()` gives {kind, colour, size}; `painted(picture)` is called with a changed copy.
  constructor(memory, brush, painted) {
    this.memory = memory;
    this.brush = brush;
    this.painted = painted;
    this.canvas = document.getElementById("picture");
    this.cursor = document.getElementById("cursor");
    this.said = document.getElementById("cursor-said");
    this.picture = null;
    this.position = null;
    this.last = null;
    const frame = document.getElementById("frame");
    frame.style.setProperty("--aspect", memory.width / memory.height);
    this.canvas.setAttribute("aria-label", `Picture of ${memory.width} by ${memory.height} pixels`);
    this.canvas.setAttribute("aria-describedby", "picture-help");
    this.canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(name, () => (this.last = null));
    }
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.canvas.addEventListener("blur", () => this.#show(null));
  }

  show(picture) {
    this.picture = picture;
    paintLevels(this.canvas, this.memory, picture.levels, picture.known);
  }

  #down(event) {
    if (event.button !== 0 || this.picture === null) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.#show(null);
    this.last = this.#pixel(event);
    this.#paint([this.last]);
  }

  #move(event) {
    if (this.last === null) return;
    const pixels = [];
    for (const one of event.getCoalescedEvents?.() ?? []) pixels.push(this.#pixel(one));
    pixels.push(this.#pixel(event));
    const path = pixels.flatMap((position) => {
      const between = line(this.last, position);
      this.last = position;
      return between;
    });
    this.#paint(path);
  }

  #pixel(event) {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = this.memory;
    return [
      Math.floor(((event.clientX - box.left) / box.width) * width),
      Math.floor(((event.clientY - box.top) / box.height) * height),
    ];
  }

  #key(event) {
    const { width, height } = this.memory;
    if (event.key in MOVES) {
      const far = event.shiftKey ? FAR : 1;
      const [x, y] = this.position ?? [width >> 1, height >> 1];
      const moved = this.position === null ? [0, 0] : MOVES[event.key];
      this.#show([
        Math.max(0, Math.min(width - 1, x + far * moved[0])),
        Math.max(0, Math.min(height - 1, y + far * moved[1])),
      ]);
    } else if (event.key === " " || event.key === "Enter") {
      if (this.position === null) this.#show([width >> 1, height >> 1]);
      this.#paint([this.position]);
      this.#tell();
    } else if (event.key === "Escape" && this.position !== null) {
      this.#show(null);
    } else {
      return;
    }
    event.preventDefault();
  }

  #show(position) {
    this.position = position;
    this.cursor.hidden = position === null;
    if (position === null) return;
    const { width, height } = this.memory;
    const size = Math.min(this.brush().size, width, height);
    const style = this.cursor.style;
    style.left = `${(100 * (position[0] - (size - 1) / 2)) / width}%`;
    style.top = `${(100 * (position[1] - (size - 1) / 2)) / height}%`;
    style.width = `${(100 * size) / width}%`;
    style.height = `${(100 * size) / height}%`;
    this.#tell();
  }

  #tell() {
    const [x, y] = this.position;
    const { width, channels, mode } = this.memory;
    const pixel = y * width + x;
    let what = "unknown";
    if (this.picture.known[pixel]) {
      const level = this.picture.levels[channels * pixel];
      what = mode === "binary" ? (level === 255 ? "white" : "black") : `level ${level}`;
    }
    this.said.textContent = `column ${x + 1}, row ${y + 1}: ${what}`;
  }

  // Paints discs around these pixels.
  #paint(pixels) {
    const { width, height, channels, mode } = this.memory;
    const { kind, colour, size } = this.brush();
    const picture = copyOf(this.picture);
    const reach = size / 2;
    const radius = Math.ceil(reach);
    let [red, green, blue] = kind === "colour" ? rgbOf(colour) : Array(3).fill(kind === "white" ? 255 : 0);
    if (channels === 1) red = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    if (mode === "binary") red = red > 127 ? 255 : 0;
    for (const [x, y] of pixels) {
      for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++) {
        for (let column = Math.max(0, x - radius); column <= Math.min(width - 1, x + radius); column++) {
          if ((row - y) ** 2 + (column - x) ** 2 > reach ** 2) continue;
          const pixel = row * width + column;
          picture.known[pixel] = kind === "erase" ? 0 : 1;
          if (kind !== "erase") {
            picture.levels[channels * pixel] = red;
            if (channels === 3) picture.levels.set([green, blue], 3 * pixel + 1);
          }
        }
      }
    }
    this.painted(picture);
  }
}

// The pixels on the line from one pixel to another, without the first.
function line([fromX, fromY], [toX, toY]) {
  const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
  return Array.from({ length: steps }, (_, step) => [
    Math.round(fromX + ((toX - fromX) * (step + 1)) / steps),
    Math.round(fromY + ((toY - fromY) * (step + 1)) / steps),
  ]);
}

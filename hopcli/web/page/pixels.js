// Levels as pixels on a canvas, and colours of the style sheet as numbers.

const UNKNOWN = ["--unknown-a", "--unknown-b"];
const SHADES = new Map();

// The current value of a custom property of the style sheet, as text.
export function shade(name) {
  if (!SHADES.has(name)) {
    SHADES.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }
  return SHADES.get(name);
}

// Calls `changed` when the browser turns from light to dark or back.
export function whenShadesChange(changed) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    SHADES.clear();
    changed();
  });
}

// "#rrggbb" as [red, green, blue].
export function rgbOf(colour) {
  const number = parseInt(colour.slice(1, 7), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

// Draws levels on a canvas, a pixel each; where `known` is 0, a checkerboard.
export function paintLevels(canvas, size, levels, known = null) {
  const { height, width, channels } = size;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  // Canvases that are only written pixel by pixel are faster in main memory.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(width, height);
  const data = image.data;
  const unknown = UNKNOWN.map((name) => rgbOf(shade(name)));
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = 4 * pixel;
    data[at + 3] = 255;
    if (known !== null && known[pixel] === 0) {
      const row = Math.floor(pixel / width);
      const hue = unknown[(row + pixel - row * width) % 2];
      data[at] = hue[0];
      data[at + 1] = hue[1];
      data[at + 2] = hue[2];
    } else if (channels === 3) {
      data[at] = levels[3 * pixel];
      data[at + 1] = levels[3 * pixel + 1];
      data[at + 2] = levels[3 * pixel + 2];
    } else {
      data[at] = data[at + 1] = data[at + 2] = levels[pixel];
    }
  }
  context.putImageData(image, 0, 0);
}

// A canvas as sharp as the screen, cleared, in the unit of CSS pixels.
export function clearedChart(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const across = Math.round(width * ratio);
  const down = Math.round(height * ratio);
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  return { context, width, height };
}

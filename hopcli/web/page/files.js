// Picture files, fitted to the memory's size (hopcli/formats/pictures.py).

// From this opacity on a pixel is known.
const KNOWN_FROM = 0.5;
// The luma of a colour (ITU-R BT.601).
const LUMA = [0.299, 0.587, 0.114];

// A file as a Picture (engine.js).
export async function pictureOfFile(blob, { height, width, mode, maxPixels }) {
  let image;
  try {
    const plain = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
    image = await createImageBitmap(blob, plain);
  } catch {
    throw new Error("the file is not a picture that this browser reads; give a PNG or JPEG file");
  }
  if (image.width * image.height > maxPixels) {
    throw new Error(
      `the picture has more than ${maxPixels.toLocaleString("en")} pixels; give a smaller one`,
    );
  }
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const pixels = resized(data, image.width, image.height, width, height);
  const known = Uint8Array.from({ length: height * width }, (_, pixel) =>
    pixels[4 * pixel + 3] >= KNOWN_FROM ? 1 : 0,
  );
  const gray = Float64Array.from(known, (_, pixel) =>
    LUMA.reduce((sum, share, c) => sum + share * pixels[4 * pixel + c], 0),
  );
  if (mode === "binary") return { levels: thresholded(gray, known), known };
  if (mode === "gray") return { levels: gray.map(byteOf), known };
  const levels = Uint8Array.from({ length: 3 * known.length }, (_, i) =>
    byteOf(pixels[4 * Math.floor(i / 3) + (i % 3)]),
  );
  return { levels, known };
}

// A level from 0 to 1 as a byte.
const byteOf = (level) => Math.round(Math.min(Math.max(level, 0), 1) * 255);

// Red, green, blue and opacity from 0 to 1 in another size, each pixel the mean of those that it
// covers; they weigh as much as they are opaque.
function resized(data, width, height, newWidth, newHeight) {
  const weighed = Float64Array.from(data, (byte, i) =>
    i % 4 === 3 ? byte / 255 : (byte / 255) * (data[i - (i % 4) + 3] / 255),
  );
  const across = resizedRows(weighed, width, height, newWidth);
  const down = resizedRows(across, height, newWidth, newHeight);
  return down.map((value, i) =>
    i % 4 === 3 ? value : value / Math.max(down[i - (i % 4) + 3], 1e-6),
  );
}

// Rows in another length, transposed to columns.
function resizedRows(values, width, height, newWidth) {
  const turned = new Float64Array(4 * newWidth * height);
  const scale = width / newWidth;
  const reach = Math.max(scale, 1);
  for (let x = 0; x < newWidth; x += 1) {
    const centre = (x + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - reach + 0.5));
    const to = Math.min(width, Math.floor(centre + reach + 0.5));
    // A triangle about the pixel's middle, as Pillow's bilinear filter has it.
    const weights = Float64Array.from({ length: to - from }, (_, n) =>
      Math.max(0, 1 - Math.abs(from + n + 0.5 - centre) / reach),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let y = 0; y < height; y += 1) {
      for (let c = 0; c < 4; c += 1) {
        let sum = 0;
        for (let n = 0; n < weights.length; n += 1) {
          sum += weights[n] * values[4 * (y * width + from + n) + c];
        }
        turned[4 * (x * height + y) + c] = sum / total;
      }
    }
  }
  return turned;
}

// 255 for known pixels above Otsu's threshold, else 0; of one level, compared with one half.
function thresholded(gray, known) {
  const levels = Uint8Array.from(gray, byteOf);
  const counts = new Float64Array(256);
  levels.forEach((level, pixel) => {
    counts[level] += known[pixel];
  });
  const two = counts.filter((count) => count > 0).length > 1;
  const last = two ? lastDark(counts) : 127;
  return levels.map((level, pixel) => (known[pixel] && level > last ? 255 : 0));
}

// The last dark level of two classes of least variance (Otsu 1979), the lowest of several.
function lastDark(counts) {
  const number = counts.reduce((sum, count) => sum + count, 0);
  const whole = counts.reduce((sum, count, level) => sum + count * level, 0);
  let [dark, darkSum, best, most] = [0, 0, 0, 0];
  counts.forEach((count, level) => {
    dark += count;
    darkSum += count * level;
    const bright = number - dark;
    if (dark === 0 || bright === 0) return;
    const between = dark * bright * (darkSum / dark - (whole - darkSum) / bright) ** 2;
    if (between > most) [best, most] = [level, between];
  });
  return best;
}

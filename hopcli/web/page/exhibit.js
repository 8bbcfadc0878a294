// A memory that came with the page, and which of its patterns are near a state.
import { BinaryPatterns } from "./binary.js";
import { LevelPatterns, knownPlaces } from "./levels.js";
import { LabelledPatterns } from "./picture-run.js";

// Patterns that are named beside a state.
const NEAREST = 5;

export class Exhibit {
  // `given` is what hopcli/web/export.py put into the page: `about`, the plain part of a Memory
  // (engine.js); `names` and `labels` of all patterns; and in base64 `patterns` as in the memory file,
  // `points`, `centre` and `axes` of the plane, float32, and `thumbnails`, which are null where they
  // are the patterns themselves.
  constructor(given) {
    const { about } = given;
    this.about = about;
    this.names = given.names;
    this.binary = about.mode === "binary";
    const stored = bytesOf(given.patterns);
    if (this.binary) {
      this.signs = new BinaryPatterns(stored, about.patterns, about.neurons);
    }
    const levels = this.binary ? this.#blackAndWhite() : stored;
    this.levels = new LevelPatterns(levels, about.patterns, about.neurons);
    const labels = Int32Array.from(given.labels);
    this.labelled = new LabelledPatterns(this.levels, labels, about.labelNames.length);
    this.centre = numbersOf(given.centre);
    this.axes = numbersOf(given.axes);
    this.points = numbersOf(given.points);
    this.thumbnails = given.thumbnails === null ? this.#listedLevels() : bytesOf(given.thumbnails);
    // A picture that is held still is asked about at every step.
    this.last = { picture: null, cosines: null };
    this.#measure();
  }

  // A pattern, as engine.js has it.
  pattern(index) {
    const label = this.labelled.labels[index];
    return { index, name: this.names[index], label, levels: this.levels.pattern(index).slice() };
  }

  // Where levels (NaN: unknown, which are at the patterns' mean) are in the plane.
  point(picture) {
    const point = [0, 0];
    picture.forEach((level, i) => {
      if (Number.isNaN(level)) return;
      point[0] += (level - this.centre[i]) * this.axes[i];
      point[1] += (level - this.centre[i]) * this.axes[picture.length + i];
    });
    return point;
  }

  // The cosines of the mean-free patterns and a mean-free picture over its known pixels, a
  // Float64Array(K).
  cosines(picture) {
    if (this.last.picture !== picture) {
      const known = knownPlaces(picture);
      const whole = known.length === picture.length;
      const cosines = whole ? this.#cosinesOfAll(picture) : this.#cosinesAt(known, picture);
      this.last = { picture, cosines };
    }
    return this.last.cosines;
  }

  // From squared distances, which a network has just worked out: θ·x = (θ² + x² − d²)/2.
  #cosinesOfAll(picture) {
    const { sum, spread } = moments(picture);
    return this.levels.squaredDistances(picture).map((distance, k) => {
      const apart = distance - (this.sums[k] - sum) ** 2 / picture.length;
      return alike((this.spreads[k] + spread - apart) / 2, this.spreads[k] * spread);
    });
  }

  #cosinesAt(known, picture) {
    const some = Float64Array.from(known, (i) => picture[i]);
    const { sum, spread } = moments(some);
    const centred = some.map((level) => level - sum / Math.max(some.length, 1));
    return Float64Array.from({ length: this.levels.count }, (_, k) => {
      const pattern = this.levels.pattern(k);
      const there = Float64Array.from(known, (i) => pattern[i] / 255);
      const product = there.reduce((total, level, n) => total + level * centred[n], 0);
      return alike(product, moments(there).spread * spread);
    });
  }

  // Works out Σ θ and Σ (θ − its mean)² of every pattern.
  #measure() {
    this.sums = new Float64Array(this.levels.count);
    this.spreads = new Float64Array(this.levels.count);
    for (let k = 0; k < this.levels.count; k += 1) {
      const { sum, spread } = moments(Float64Array.from(this.levels.pattern(k), (v) => v / 255));
      this.sums[k] = sum;
      this.spreads[k] = spread;
    }
  }

  #blackAndWhite() {
    const { count, neurons } = this.signs;
    const levels = new Uint8Array(count * neurons);
    for (let k = 0; k < count; k += 1) {
      this.signs.pattern(k).forEach((value, i) => {
        levels[k * neurons + i] = value > 0 ? 255 : 0;
      });
    }
    return levels;
  }

  #listedLevels() {
    const { listed, neurons } = this.about;
    const levels = new Uint8Array(listed.length * neurons);
    listed.forEach(({ index }, place) => levels.set(this.levels.pattern(index), place * neurons));
    return levels;
  }
}

// The few largest of some overlaps, the largest first, of equal ones the first.
export function nearestOf(overlaps) {
  const found = [];
  overlaps.forEach((overlap, index) => {
    if (found.length === NEAREST && overlap <= found[NEAREST - 1].overlap) return;
    const place = found.findIndex((other) => overlap > other.overlap);
    found.splice(place < 0 ? found.length : place, 0, { index, overlap });
    found.length = Math.min(found.length, NEAREST);
  });
  return found;
}

function moments(levels) {
  const sum = levels.reduce((total, level) => total + level, 0);
  const squares = levels.reduce((total, level) => total + level * level, 0);
  return { sum, spread: Math.max(squares - sum ** 2 / Math.max(levels.length, 1), 0) };
}

// A cosine from a product and the squared lengths; 0 where there is nothing to compare.
function alike(product, squares) {
  const length = Math.sqrt(squares);
  return length > 1e-9 ? product / length : 0;
}

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// Float32Array, the bytes of each number least first.
function numbersOf(base64) {
  const view = new DataView(bytesOf(base64).buffer);
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

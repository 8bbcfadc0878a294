// The memory of the page, and which of its patterns are near a state.
import { BinaryPatterns } from "./binary.js";
import { LevelPatterns, knownIndices } from "./levels.js";
import { LabelledPatterns } from "./picture-run.js";
import { Weights } from "./weighted.js";

// Number of nearest patterns that are named beside a state.
const NEAREST = 5;
// Variance of levels from 0 to 1 below which a picture is of one level: 1e-6 is far below a byte's.
const FLAT = 1e-12;

export class PageMemory {
  // `given` is an unpacked message of page_data.py.
  constructor(given) {
    const { about } = given;
    this.about = about;
    this.names = given.names;
    this.labels = given.labels;
    this.binary = about.mode === "binary";
    this.stored = given.patterns;
    if (this.binary) this.signs = new BinaryPatterns(given.patterns, about.patterns, about.neurons);
    this.weights = given.weights ? new Weights(given.weights, given.bias, about.denominator) : null;
    this.centre = given.centre;
    this.axes = given.axes;
    this.points = given.points;
    this.thumbnails = given.thumbnails ?? this.#listedLevels();
    // A clamped picture is compared again at every step.
    this.last = { picture: null, cosines: null };
  }

  // Levels from 0 to 255 of a pattern, a new Uint8Array(N).
  levelsOf(index) {
    const { neurons } = this.about;
    if (!this.binary) return this.stored.slice(index * neurons, (index + 1) * neurons);
    return Uint8Array.from(this.signs.pattern(index), (value) => (value > 0 ? 255 : 0));
  }

  // A pattern, as engine.js has it.
  pattern(index) {
    const { names, labels } = this;
    return { index, name: names[index], label: labels[index], levels: this.levelsOf(index) };
  }

  // All patterns as levels, with their labels; of a binary memory they are made when first asked for.
  get labelled() {
    if (!this.asLevels) {
      const { patterns, neurons, labelNames } = this.about;
      const bytes = this.binary ? new Uint8Array(patterns * neurons) : this.stored;
      for (let k = 0; this.binary && k < patterns; k += 1) bytes.set(this.levelsOf(k), k * neurons);
      const levels = new LevelPatterns(bytes, patterns, neurons);
      this.asLevels = new LabelledPatterns(levels, this.labels, labelNames.length);
      this.#measure(levels);
    }
    return this.asLevels;
  }

  // The point in the plane of levels from 0 to 1; unknown ones (NaN) are at the patterns' mean.
  point(picture) {
    const point = [0, 0];
    for (let i = 0; i < picture.length; i += 1) {
      if (Number.isNaN(picture[i])) continue;
      point[0] += (picture[i] - this.centre[i]) * this.axes[i];
      point[1] += (picture[i] - this.centre[i]) * this.axes[picture.length + i];
    }
    return point;
  }

  // The cosines of the mean-free patterns and a mean-free picture over its known pixels, a
  // Float64Array(K); 0 where either is of one level.
  cosines(picture) {
    if (this.last.picture !== picture) {
      const known = knownIndices(picture);
      const { patterns } = this.labelled;
      const whole = known.length === picture.length;
      const cosines = whole ? this.#cosinesOfAll(patterns, picture) : cosinesAt(patterns, known, picture);
      this.last = { picture, cosines };
    }
    return this.last.cosines;
  }

  // From squared distances, which a network has just computed: θ·x = (θ² + x² − d²)/2.
  #cosinesOfAll(patterns, picture) {
    const { sum, spread } = moments(picture);
    return patterns.squaredDistances(picture).map((distance, k) => {
      const apart = distance - (this.sums[k] - sum) ** 2 / picture.length;
      const product = (this.spreads[k] + spread - apart) / 2;
      return cosine(product, this.spreads[k], spread, picture.length);
    });
  }

  // Computes Σ θ and Σ (θ − its mean)² of every pattern, from whole numbers.
  #measure(patterns) {
    const { count, neurons } = patterns;
    this.sums = new Float64Array(count);
    this.spreads = new Float64Array(count);
    for (let k = 0; k < count; k += 1) {
      let sum = 0;
      let squares = 0;
      const end = (k + 1) * neurons;
      for (let at = k * neurons; at < end; at += 1) {
        sum += patterns.bytes[at];
        squares += patterns.bytes[at] ** 2;
      }
      this.sums[k] = sum / 255;
      this.spreads[k] = Math.max(squares - sum ** 2 / neurons, 0) / 255 ** 2;
    }
  }

  #listedLevels() {
    const { listed, neurons } = this.about;
    const levels = new Uint8Array(listed.length * neurons);
    listed.forEach((index, position) => levels.set(this.levelsOf(index), position * neurons));
    return levels;
  }
}

// The few largest overlaps, the largest first, of equal ones the lower index first.
export function nearestOf(overlaps) {
  const found = [];
  for (let index = 0; index < overlaps.length; index += 1) {
    const overlap = overlaps[index];
    if (found.length === NEAREST && overlap <= found[NEAREST - 1].overlap) continue;
    const position = found.findIndex((other) => overlap > other.overlap);
    found.splice(position < 0 ? found.length : position, 0, { index, overlap });
    found.length = Math.min(found.length, NEAREST);
  }
  return found;
}

function cosinesAt(patterns, known, picture) {
  const some = Float64Array.from(known, (i) => picture[i]);
  const { mean, spread } = moments(some);
  const centred = some.map((level) => level - mean);
  return Float64Array.from({ length: patterns.count }, (_, k) => {
    const pattern = patterns.pattern(k);
    let [sum, squares, product] = [0, 0, 0];
    for (let n = 0; n < known.length; n += 1) {
      const level = pattern[known[n]];
      sum += level;
      squares += level * level;
      product += level * centred[n];
    }
    const other = Math.max(squares - sum ** 2 / Math.max(known.length, 1), 0) / 255 ** 2;
    return cosine(product / 255, other, spread, known.length);
  });
}

// Σ x, the mean, and Σ (x − mean)², which is summed from differences: that of one level is then 0 but
// for rounding of the mean.
function moments(levels) {
  const sum = levels.reduce((total, level) => total + level, 0);
  const mean = sum / Math.max(levels.length, 1);
  return { sum, mean, spread: levels.reduce((total, level) => total + (level - mean) ** 2, 0) };
}

// A cosine from a product and the squared lengths of both.
function cosine(product, squares, others, count) {
  if (Math.min(squares, others) <= FLAT * count) return 0;
  return Math.max(-1, Math.min(1, product / Math.sqrt(squares * others)));
}

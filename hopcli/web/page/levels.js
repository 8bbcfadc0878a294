// Stored pictures as levels, compared with a state and mixed (hopcli/continuous/patterns.py).
import { squaredDifference } from "./sums.js";

const LEVELS = 255;
// A memory with less than this share of the largest weight changes no digit of a mean of levels.
const NEGLIGIBLE = 1e-20;

export class LevelPatterns {
  // `bytes`, a Uint8Array, holds `count` patterns of so many neurons one after another, in levels
  // out of 255. States are levels from 0 to 1.
  constructor(bytes, count, neurons) {
    this.bytes = bytes;
    this.count = count;
    this.neurons = neurons;
    // A descent asks for its energy and its forces at the same state, each of which needs these.
    this.last = { x: null, distances: null };
  }

  // Levels out of 255 of one pattern, Uint8Array(N).
  pattern(k) {
    return this.bytes.subarray(k * this.neurons, (k + 1) * this.neurons);
  }

  // d²_μ = Σ_i (θ_μi − x_i)² over the known i, those that are not NaN, Float64Array(K).
  squaredDistances(x) {
    if (this.last.x === x) return this.last.distances;
    const levels = x.map((level) => level * LEVELS);
    const distances = new Float64Array(this.count);
    const known = knownIndices(x);
    for (let k = 0; k < this.count; k += 1) {
      distances[k] =
        known.length === x.length
          ? squaredDifference(this.bytes, k * this.neurons, levels)
          : squaredDifferenceAt(known, this.pattern(k), levels);
    }
    this.last = { x, distances: distances.map((sum) => sum / LEVELS ** 2) };
    return this.last.distances;
  }

  // The pattern of least d²_μ, the first of several.
  nearest(x) {
    const distances = this.squaredDistances(x);
    return distances.reduce((best, d, k) => (d < distances[best] ? k : best), 0);
  }

  // The pattern of least Σ_i |θ_μi − x_i| over the known i, the first of several.
  nearestByMagnitude(x) {
    const known = knownIndices(x);
    const levels = x.map((level) => level * LEVELS);
    let [best, least] = [0, Infinity];
    for (let k = 0; k < this.count; k += 1) {
      const start = k * this.neurons;
      let sum = 0;
      for (let n = 0; n < known.length && sum < least; n += 1) {
        sum += Math.abs(this.bytes[start + known[n]] - levels[known[n]]);
      }
      if (sum < least) [best, least] = [k, sum];
    }
    return best;
  }

  // Σ_μ z_μ θ_μ, Float64Array(N), over all memories whose weight is not negligible.
  mix(z) {
    const mixed = new Float64Array(this.neurons);
    const least = NEGLIGIBLE * z.reduce((most, weight) => Math.max(most, weight), 0);
    z.forEach((weight, k) => {
      if (weight <= least) return;
      const pattern = this.pattern(k);
      for (let i = 0; i < mixed.length; i += 1) mixed[i] += weight * pattern[i];
    });
    return mixed.map((sum) => sum / LEVELS);
  }
}

// The patterns in the place of a LevelPatterns where the picture is clamped: only distances matter.
export class HeldPicture {
  // `distances`, a Float64Array, are squared, from the picture to each memory.
  constructor(distances) {
    this.distances = distances;
    this.count = distances.length;
  }

  squaredDistances() {
    return this.distances;
  }

  // No features move.
  mix() {
    return new Float64Array(0);
  }
}

// The indices at which a picture is known (not NaN), Int32Array.
export function knownIndices(x) {
  const indices = new Int32Array(x.length);
  let count = 0;
  for (let i = 0; i < x.length; i += 1) {
    if (!Number.isNaN(x[i])) {
      indices[count] = i;
      count += 1;
    }
  }
  return indices.subarray(0, count);
}

// Σ (pattern_i − levels_i)² at some indices.
function squaredDifferenceAt(indices, pattern, levels) {
  let sum = 0;
  for (let n = 0; n < indices.length; n += 1) {
    const difference = pattern[indices[n]] - levels[indices[n]];
    sum += difference * difference;
  }
  return sum;
}

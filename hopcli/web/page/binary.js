// Networks of ±1 neurons: the update rule of hopcli/binary, with the same states bit for bit.
//
// A neuron takes the sign of its field; at a tie it keeps its state, or becomes +1 if it is unknown.
import { signedSum } from "./sums.js";

// Added to the magnitude of a sum: it keeps table entries that underflowed from deciding anything.
const UNDERFLOW = 1e-270;

// Stored patterns by neuron.
export class BinaryPatterns {
  // `bits`, a Uint8Array, holds `count` patterns as the memory file does: one after another, each
  // padded to whole 64-bit words, least significant bit first, 1 for +1.
  constructor(bits, count, neurons) {
    this.bits = bits;
    this.count = count;
    this.neurons = neurons;
    // ±1 of pattern k at neuron i, at i · K + k.
    this.columns = new Int8Array(neurons * count);
    for (let k = 0; k < count; k += 1) {
      const pattern = this.pattern(k);
      for (let i = 0, at = k; i < neurons; i += 1, at += count) this.columns[at] = pattern[i];
    }
  }

  // One pattern as ±1, Int8Array(N).
  pattern(k) {
    const start = k * 8 * Math.ceil(this.neurons / 64);
    const pattern = new Int8Array(this.neurons);
    for (let i = 0; i < pattern.length; i += 1) {
      pattern[i] = (this.bits[start + (i >> 3)] >> (i & 7)) & 1 ? 1 : -1;
    }
    return pattern;
  }
}

// A state and its overlaps Σ_i ξ_μi s_i with the patterns.
export class BinaryOverlaps {
  // `cue`, an Int8Array, is ±1, or 0 where a neuron is unknown.
  constructor(patterns, cue) {
    this.patterns = patterns;
    this.state = cue.slice();
    this.overlaps = new Int32Array(patterns.count);
    cue.forEach((value, i) => this.addColumn(i, value));
  }

  // Adds a neuron's contribution to the overlaps.
  addColumn(i, value) {
    if (value === 0) return;
    const { overlaps, patterns: { columns, count } } = this;
    for (let k = 0, at = i * count; k < count; k += 1, at += 1) overlaps[k] += value * columns[at];
  }

  // The pattern of the largest overlap, the first of several.
  nearest() {
    return this.overlaps.reduce((best, m, k) => (m > this.overlaps[best] ? k : best), 0);
  }

  // The pattern of the smallest overlap, the first of several.
  farthest() {
    return this.overlaps.reduce((best, m, k) => (m < this.overlaps[best] ? k : best), 0);
  }
}

// A state under an interaction.
export class BinaryState extends BinaryOverlaps {
  // `interaction` is of interactions.js.
  constructor(patterns, interaction, cue) {
    super(patterns, cue);
    this.interaction = interaction;
    // Of each pattern D(m − 1) + D(m + 1), and D(m), which is its field at an unknown neuron.
    this.weights = new Float64Array(patterns.count);
    this.weightsOfUnknown = new Float64Array(patterns.count);
    this.counts = new Int32Array(2 * patterns.neurons + 3);
    this.#weigh();
  }

  // Visits one neuron; returns whether it changed.
  visit(i) {
    return this.#become(i, this.#afterVisit(i));
  }

  // Visits one neuron at a temperature T > 0 (Glauber): it becomes +1 with probability
  // 1 / (1 + exp(−ΔE/T)), ΔE = E(s_i = −1) − E(s_i = +1).
  visitAt(temperature, i, randomness) {
    const probability = 1 / (1 + Math.exp(-this.#gap(i) / temperature));
    return this.#become(i, randomness.uniform() < probability ? 1 : -1);
  }

  // Updates all neurons at once by the rule; returns how many changed.
  step() {
    const after = Int8Array.from(this.state, (_, i) => this.#afterVisit(i));
    let changes = 0;
    after.forEach((value, i) => {
      const change = value - this.state[i];
      if (change === 0) return;
      this.state[i] = value;
      this.addColumn(i, change);
      changes += 1;
    });
    if (changes) this.#weigh();
    return changes;
  }

  // The energy, in the scale of hop recall.
  energy() {
    const known = this.state.reduce((sum, value) => sum + value * value, 0);
    for (const m of this.overlaps) this.#count(m, 1);
    return this.interaction.energy(this.#terms(), known);
  }

  #become(i, value) {
    const change = value - this.state[i];
    if (change === 0) return false;
    this.state[i] = value;
    this.addColumn(i, change);
    this.#weigh();
    return true;
  }

  // Looks up the differences D at the overlaps.
  #weigh() {
    const { overlaps, weights, weightsOfUnknown, interaction: { values } } = this;
    this.offset = this.interaction.offset(overlaps.reduce((top, m) => Math.max(top, m), -Infinity));
    this.own = 0;
    this.magnitude = 0;
    this.magnitudeOfUnknown = 0;
    for (let k = 0; k < overlaps.length; k += 1) {
      const position = overlaps[k] + this.offset;
      const below = values[position - 1];
      const above = values[position + 1];
      weights[k] = below + above;
      weightsOfUnknown[k] = values[position];
      this.own += below - above;
      this.magnitude += Math.abs(below) + Math.abs(above);
      this.magnitudeOfUnknown += Math.abs(values[position]);
    }
  }

  // The value of a neuron after a visit.
  #afterVisit(i) {
    const own = this.state[i];
    const { columns, count } = this.patterns;
    // A pattern that agrees with neuron i contributes D(m − 1) to its field, one that disagrees
    // D(m + 1), and each D(m) while the neuron is unknown. So 2h_i = s_i Σ(D(m−1) − D(m+1)) + Σ_μ ξ_μi (D(m−1) + D(m+1)).
    const weights = own === 0 ? this.weightsOfUnknown : this.weights;
    const magnitude = own === 0 ? this.magnitudeOfUnknown : this.magnitude;
    const alike = own === 0 ? 0 : own * this.own;
    const field = alike + signedSum(columns, i * count, weights);
    const { slack } = this.interaction;
    const decided = slack === 0 || Math.abs(field) > slack * (magnitude + UNDERFLOW);
    const sign = decided ? Math.sign(field) : this.#exactSign(i);
    return sign || own || 1;
  }

  // The sign of a field that floating point cannot tell from 0, by counting.
  #exactSign(i) {
    const own = this.state[i];
    const { columns, count } = this.patterns;
    for (let k = 0, at = i * count; k < count; k += 1, at += 1) {
      this.#count(this.overlaps[k] - columns[at] * own, columns[at]);
    }
    return this.interaction.sign(this.#terms());
  }

  // ΔE = E(s_i = −1) − E(s_i = +1).
  #gap(i) {
    const own = this.state[i];
    const { columns, count } = this.patterns;
    const { values } = this.interaction;
    let top = -Infinity;
    for (let k = 0, at = i * count; k < count; k += 1, at += 1) {
      top = Math.max(top, this.overlaps[k] - columns[at] * own);
    }
    const offset = this.interaction.offset(top);
    let plus = 0;
    let minus = 0;
    for (let k = 0, at = i * count; k < count; k += 1, at += 1) {
      const difference = values[this.overlaps[k] - columns[at] * own + offset];
      if (columns[at] > 0) plus += difference;
      else minus += difference;
    }
    return this.interaction.gap(plus, minus);
  }

  #count(y, by) {
    this.counts[y + this.patterns.neurons + 1] += by;
  }

  // The counts as [y, count] for descending y; they are reset.
  #terms() {
    const terms = [];
    for (let at = this.counts.length - 1; at >= 0; at -= 1) {
      if (this.counts[at] !== 0) {
        terms.push([at - this.patterns.neurons - 1, this.counts[at]]);
        this.counts[at] = 0;
      }
    }
    return terms;
  }
}

// Networks of explicit weights that were learned: h_i = Σ_j W_ij s_j + b_i (Hopfield 1982).
//
// As in hopcli/binary/weighted.py weights and biases are whole numbers over one denominator, so that
// every field is exact and a tie is a tie.
import { BinaryOverlaps } from "./binary.js";

export class Weights {
  // `triangle` holds the rows of the lower triangle without the diagonal, `bias` N numbers; both are
  // times `denominator`.
  constructor(triangle, bias, denominator) {
    this.bias = bias;
    this.denominator = denominator;
    const neurons = bias.length;
    this.matrix = new triangle.constructor(neurons * neurons);
    for (let i = 0, from = 0; i < neurons; i += 1) {
      for (let j = 0; j < i; j += 1, from += 1) {
        this.matrix[i * neurons + j] = this.matrix[j * neurons + i] = triangle[from];
      }
    }
  }
}

// A state, its overlaps with the patterns and the local fields of its neurons.
export class WeightedState extends BinaryOverlaps {
  // `cue`, an Int8Array, is ±1, or 0 where a neuron is unknown.
  constructor(patterns, weights, cue) {
    super(patterns, cue);
    this.weights = weights;
    this.fields = Float64Array.from(weights.bias);
    cue.forEach((value, i) => this.#addRow(i, value));
  }

  // Visits one neuron; returns whether it changed.
  visit(i) {
    return this.#become(i, this.#afterVisit(i));
  }

  // Visits one neuron at a temperature T > 0 (Glauber): it becomes +1 with probability
  // 1 / (1 + exp(−ΔE/T)), ΔE = 2h_i.
  visitAt(temperature, i, randomness) {
    const gap = (2 * this.fields[i]) / this.weights.denominator;
    const probability = 1 / (1 + Math.exp(-gap / temperature));
    return this.#become(i, randomness.uniform() < probability ? 1 : -1);
  }

  // Updates all neurons at once; returns how many changed.
  step() {
    const after = Int8Array.from(this.state, (_, i) => this.#afterVisit(i));
    return after.reduce((changes, value, i) => changes + this.#become(i, value), 0);
  }

  // E = −½ sᵀWs − b·s = −½ s·(h + b).
  energy() {
    const { bias, denominator } = this.weights;
    const sum = this.state.reduce((total, s, i) => total + s * (this.fields[i] + bias[i]), 0);
    return -sum / (2 * denominator);
  }

  #afterVisit(i) {
    return Math.sign(this.fields[i]) || this.state[i] || 1;
  }

  #become(i, value) {
    const change = value - this.state[i];
    if (change === 0) return false;
    this.state[i] = value;
    this.addColumn(i, change);
    this.#addRow(i, change);
    return true;
  }

  #addRow(i, value) {
    if (value === 0) return;
    const { fields, weights: { matrix } } = this;
    for (let j = 0, at = i * fields.length; j < fields.length; j += 1, at += 1) {
      fields[j] += value * matrix[at];
    }
  }
}

// Interactions: F in E(s) = −Σ_μ F(m_μ), each with its differences D(y) = F(y + 1) − F(y − 1).
//
// A neuron takes the sign of its local field h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i) (Krotov and Hopfield
// 2016). As in hopcli/binary/interactions every sign is exact: where a sum of table entries is
// within its rounding error of 0, it is computed in integers, or in as many digits as it takes.
//
// Each interaction has
//   values: D over a run of consecutive y, times one positive constant, Float64Array
//   offset(top): what to add to an overlap to get its index, the largest one being `top`
//   slack: a sum h of such terms has its true sign wherever |h| > slack · (sum of magnitudes);
//     0 if every such sum is exact
//   sign(terms): the exact sign of Σ count · D(y), for [y, count] of distinct y, descending
//   energy(terms, known): the energy of a state of which so many neurons are known, for
//     [m, count] of distinct overlaps, descending
//   gap(plus, minus): the energy's difference between a neuron at −1 and at +1, from the sums of
//     D(y) over the patterns that have +1 there and over those that have −1
import { Decays, bitLength, exactInteger, ratio, shrunk } from "./integers.js";

// Sums of integers below this are exact, in whatever order they are added.
const EXACT_LIMIT = 2n ** 53n;
// The largest entry of a table that cannot be exact is scaled to about 2 to this power.
const SCALED_BITS = 900;
// Terms that lie so far below the largest one, in exponents, cannot be seen in an energy.
const UNSEEN = 50;

// Bounds the relative error of a sum over so many table entries, added in any order.
function roundingSlack(patterns, tableError) {
  return (2 * patterns + 64) * 2 ** -52 + tableError;
}

// F(x) = xⁿ of degree n ≥ 2, for N neurons and K patterns.
export class Polynomial {
  constructor(degree, neurons, patterns) {
    this.degree = degree;
    this.neurons = neurons;
    this.powers = Array.from({ length: neurons + 3 }, (_, x) => BigInt(x) ** BigInt(degree));
    const largest = this.difference(neurons + 1);
    const exact = 8n * BigInt(patterns) * largest < EXACT_LIMIT;
    const unit = Math.max(0, bitLength(largest) - SCALED_BITS);
    this.scale = ratio(1n << BigInt(unit), BigInt(neurons) ** BigInt(degree - 1));
    this.values = Float64Array.from({ length: 2 * neurons + 3 }, (_, at) =>
      shrunk(this.difference(at - neurons - 1), unit),
    );
    this.slack = exact ? 0 : roundingSlack(patterns, 2 ** -51);
  }

  offset() {
    return this.neurons + 1;
  }

  // xⁿ, a BigInt.
  power(x) {
    const size = this.powers[Math.abs(x)];
    return x < 0 && this.degree % 2 ? -size : size;
  }

  // D(y), a BigInt.
  difference(y) {
    return this.power(y + 1) - this.power(y - 1);
  }

  sign(terms) {
    const largestFirst = [...terms].sort(([x], [y]) => Math.abs(y) - Math.abs(x));
    let rest = terms.reduce((sum, [, count]) => sum + Math.abs(count), 0);
    let total = 0n;
    for (const [y, count] of largestFirst) {
      const difference = this.difference(y);
      // |D| rises with |y|, so what is still to come is no larger than this.
      const most = BigInt(rest) * (difference < 0n ? -difference : difference);
      if (total > most || -total > most) break;
      total += BigInt(count) * difference;
      rest -= Math.abs(count);
    }
    return total > 0n ? 1 : total < 0n ? -1 : 0;
  }

  // E = −N^(1−n) Σ_μ m_μⁿ, rounded once.
  energy(terms) {
    const total = terms.reduce((sum, [m, count]) => sum + BigInt(count) * this.power(m), 0n);
    return ratio(-total, BigInt(this.neurons) ** BigInt(this.degree - 1));
  }

  // ΔE = N^(1−n) Σ_μ ξ_μi D(y).
  gap(plus, minus) {
    return this.scale * (plus - minus);
  }
}

// The classical network (Hopfield 1982): x² in the scale of Hebb's weights, without a diagonal.
export class Classical extends Polynomial {
  constructor(neurons, patterns) {
    super(2, neurons, patterns);
  }

  // E = −½ sᵀWs = −(Σ_μ m_μ² − K · known) / 2N.
  energy(terms, known) {
    const total = terms.reduce((sum, [m, count]) => sum + count * (m * m - known), 0);
    return -total / (2 * this.neurons);
  }

  // ΔE = 2h_i, where D(y) = 4y.
  gap(plus, minus) {
    return (plus - minus) / (2 * this.neurons);
  }
}

// F(x) = exp(βx) (Demircigil et al. 2017), always relative to the largest term.
export class Exponential {
  constructor(beta, neurons, patterns) {
    this.beta = beta;
    this.origin = 2 * neurons + 2;
    // D(y) = 2 sinh(β) exp(βy), and only ratios matter for a sign.
    this.values = Float64Array.from({ length: this.origin + 3 }, (_, at) =>
      Math.exp(beta * (at - this.origin)),
    );
    this.slack = roundingSlack(patterns, 750 * 2 ** -52);
    this.decays = new Map();
  }

  offset(top) {
    return this.origin - top;
  }

  // For a rational β ≠ 0 the exp(βv) of distinct integers are linearly independent over the
  // integers (Lindemann and Weierstrass), so the sum is 0 only if all counts are.
  sign(terms) {
    const counted = terms.filter(([, count]) => count !== 0);
    if (!counted.length) return 0;
    for (let bits = 192; ; bits *= 2) {
      const sign = this.#signTo(bits, counted);
      if (sign) return sign;
    }
  }

  // The sign as far as so many binary digits tell it, else 0.
  #signTo(bits, terms) {
    if (!this.decays.has(bits)) this.decays.set(bits, new Decays(this.beta, bits));
    const decays = this.decays.get(bits);
    const [[top]] = terms;
    let rest = terms.reduce((sum, [, count]) => sum + BigInt(Math.abs(count)), 0n);
    // A decay is off by less than 2.
    const error = 4n * rest;
    let total = 0n;
    for (const [v, count] of terms) {
      const weight = decays.at(top - v);
      total += BigInt(count) * weight;
      rest -= BigInt(Math.abs(count));
      // All that is still to come weighs less than this term.
      if (total > rest * weight + error) return 1;
      if (-total > rest * weight + error) return -1;
    }
    return 0;
  }

  // E = −log Σ_μ exp(β m_μ), by log-sum-exp over what can be seen.
  energy(terms) {
    const [[top]] = terms;
    let total = 0;
    for (const [m, count] of terms) {
      if (m >= top - UNSEEN / this.beta) total += count * Math.exp(this.beta * (m - top));
    }
    return -(this.beta * top + Math.log(total));
  }

  // ΔE = log Σ_μ exp(β(y + ξ)) − log Σ_μ exp(β(y − ξ)).
  gap(plus, minus) {
    const less = Math.exp(-2 * this.beta);
    return Math.log(plus + less * minus) - Math.log(minus + less * plus);
  }
}

// An interaction of which only a table is known.
export class Tabulated {
  // `differences` holds D(y) for y from −N − 1 to N + 1, times any positive constant; `energies` F(m)
  // for m from −N to N.
  constructor(differences, energies, neurons, patterns) {
    this.neurons = neurons;
    this.values = Float64Array.from(differences);
    this.energies = energies;
    const largest = this.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const exact = this.values.every(Number.isInteger) && 8 * patterns * largest < 2 ** 53;
    this.slack = exact ? 0 : roundingSlack(patterns, 0);
    this.scale = this.#scaleOfEnergies();
  }

  offset() {
    return this.neurons + 1;
  }

  // The sign of the sum of table entries, in integers.
  sign(terms) {
    const total = terms.reduce(
      (sum, [y, count]) => sum + BigInt(count) * exactInteger(this.values[y + this.neurons + 1]),
      0n,
    );
    return total > 0n ? 1 : total < 0n ? -1 : 0;
  }

  energy(terms) {
    return -terms.reduce((sum, [m, count]) => sum + count * this.energies[m + this.neurons], 0);
  }

  gap(plus, minus) {
    return this.scale * (plus - minus);
  }

  // What differences are to be multiplied by for the scale of the energies, from the largest one.
  #scaleOfEnergies() {
    let [scale, largest] = [0, 0];
    for (let m = 1 - this.neurons; m < this.neurons; m += 1) {
      const difference = this.values[m + this.neurons + 1];
      if (Math.abs(difference) <= largest) continue;
      const rise = this.energies[m + this.neurons + 1] - this.energies[m + this.neurons - 1];
      [scale, largest] = [rise / difference, Math.abs(difference)];
    }
    return scale;
  }
}

// An interaction from its form (engine.js), for N neurons and K patterns.
export function interactionOf(form, neurons, patterns) {
  if (form.family === "classical") return new Classical(neurons, patterns);
  if (form.family === "power") return new Polynomial(form.degree, neurons, patterns);
  if (form.family === "exponential") return new Exponential(form.beta, neurons, patterns);
  return new Tabulated(form.differences, form.energies, neurons, patterns);
}

/** The recall of one cue by a binary network, a part of a sweep at a time (hopcli/binary/recall.py). */

import { BinaryState } from "./binary.js";
import { Randomness } from "./randomness.js";

export class BinaryRun {
  /**
   * @param {BinaryPatterns} patterns
   * @param {object} interaction - of interactions.js
   * @param {Int8Array} cue - ±1, or 0 where a neuron is unknown
   * @param {object} settings - update, order and seed, as in engine.js
   */
  constructor(patterns, interaction, cue, settings) {
    this.current = new BinaryState(patterns, interaction, cue);
    this.settings = settings;
    this.randomness = new Randomness(settings.seed);
    // Until the first sweep begins there is no order.
    this.order = null;
    this.visited = 0;
    this.quiet = true;
    this.previous = null;
    this.visits = 0;
    this.sweeps = 0;
    this.flips = 0;
    this.outcome = null;
    this.inverse = null;
  }

  /** Visits so many neurons, but not beyond the end of a sweep, or all at once if synchronous. */
  advance(visits, temperature) {
    if (this.outcome !== null && temperature === 0) return;
    this.outcome = null;
    this.inverse = null;
    if (this.settings.update === "sync") this.#step(temperature);
    else this.#visit(visits, temperature);
  }

  #visit(visits, temperature) {
    const neurons = this.current.state.length;
    if (this.order === null) {
      this.order =
        this.settings.order === "random"
          ? this.randomness.permutation(neurons)
          : Int32Array.from({ length: neurons }, (_, i) => i);
      this.visited = 0;
      this.quiet = true;
    }
    const end = Math.min(neurons, this.visited + visits);
    for (; this.visited < end; this.visited += 1) {
      const i = this.order[this.visited];
      const changed =
        temperature > 0
          ? this.current.visitAt(temperature, i, this.randomness)
          : this.current.visit(i);
      this.flips += changed;
      this.visits += 1;
      if (changed || temperature > 0) this.quiet = false;
    }
    if (this.visited === neurons) {
      this.order = null;
      this.sweeps += 1;
      if (this.quiet) this.#settle();
    }
  }

  #step(temperature) {
    const before = this.current.state.slice();
    const changes =
      temperature > 0
        ? this.current.stepAt(temperature, this.randomness)
        : this.current.step();
    this.flips += changes;
    this.visits += before.length;
    this.sweeps += 1;
    if (temperature > 0) {
      // Chance may go back and forth too.
      this.previous = null;
    } else if (changes === 0) {
      this.#settle();
    } else {
      const state = this.current.state;
      if (this.previous?.every((value, i) => value === state[i])) this.outcome = "cycle";
      this.previous = before;
    }
  }

  /** Says what a state is in which no neuron changes. */
  #settle() {
    const { overlaps, state } = this.current;
    const farthest = this.current.farthest();
    if (overlaps[this.current.nearest()] === state.length) {
      this.outcome = "memory";
    } else if (overlaps[farthest] === -state.length) {
      this.outcome = "inverse";
      this.inverse = farthest;
    } else {
      this.outcome = "spurious";
    }
  }
}

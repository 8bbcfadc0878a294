// The recall of one cue by a binary network, a part of a sweep at a time (hopcli/binary/recall.py).
import { Randomness } from "./randomness.js";

export class BinaryRun {
  // `current` is a BinaryState or a WeightedState; of `settings` (engine.js) update, order and seed
  // are used.
  constructor(current, settings) {
    this.current = current;
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

  // Visits so many neurons, but not beyond the end of a sweep, or all at once if synchronous.
  advance(visits, temperature) {
    const atOnce = this.settings.update === "sync";
    if (atOnce && temperature > 0) {
      throw new Error(
        "a temperature above 0 was given, but it needs neurons updated one by one; choose that update",
      );
    }
    if (this.outcome !== null && temperature === 0) return;
    this.outcome = null;
    this.inverse = null;
    if (atOnce) this.#step();
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

  #step() {
    const before = this.current.state.slice();
    const changes = this.current.step();
    this.flips += changes;
    this.visits += before.length;
    this.sweeps += 1;
    const { state } = this.current;
    if (changes === 0) this.#settle();
    else if (this.previous?.every((value, i) => value === state[i])) this.outcome = "cycle";
    this.previous = before;
  }

  // Sets the outcome of a state in which no neuron changes.
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

/** The descent of a picture network, a step at a time (hopcli/continuous/descent.py). */

// So many halvings leave 10⁻¹² of a step: where none of them lowers the energy, nothing will.
const MOST_HALVINGS = 40;
// The largest force on a neuron that counts as none.
const TOLERANCE = 1e-3;

export class Descent {
  /**
   * @param {PictureNetwork} network
   * @param {object} states - {x, y, z} to start from
   * @param {number} step - the largest step, in the unit of the time constants
   */
  constructor(network, states, step) {
    this.network = network;
    this.states = network.equilibrated(states);
    this.energy = network.energy(this.states);
    this.step = step;
    this.size = step;
    this.#look();
  }

  /** Follows the forces by one step that does not raise the energy; returns whether there is one. */
  advance() {
    const found = this.ended ? null : this.#downhill();
    if (found === null) {
      this.ended = true;
      return false;
    }
    this.size = found.size < this.size ? found.size : Math.min(this.step, 2 * found.size);
    this.states = found.states;
    this.energy = found.energy;
    this.#look();
    return true;
  }

  /** Works out the forces, and whether there are any. */
  #look() {
    this.movements = this.network.movements(this.states);
    this.ended = Object.values(this.movements).every((layer) =>
      layer.every((force) => Math.abs(force) <= TOLERANCE),
    );
  }

  /**
   * Halves a step until it does not raise the energy; null where none of them moves anything.
   *
   * A step that leaves the energy as it is may cross a plateau. But once a larger step has raised
   * it, a smaller one must lower it: else rounding alone tells them apart.
   */
  #downhill() {
    let size = this.size;
    for (let halving = 0; halving < MOST_HALVINGS; halving += 1, size /= 2) {
      const states = this.network.moved(this.states, this.movements, size);
      const energy = this.network.energy(states);
      if (energy < this.energy || (energy === this.energy && halving === 0)) {
        return sameStates(states, this.states) ? null : { size, states, energy };
      }
    }
    return null;
  }
}

function sameStates(some, others) {
  return Object.keys(some).every((name) =>
    some[name].every((value, i) => value === others[name][i]),
  );
}

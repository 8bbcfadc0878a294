// The descent of a picture network, a step at a time (hopcli/continuous/descent.py).

// Halvings of a step at most; 40 leave 10⁻¹² of it.
const MOST_HALVINGS = 40;
// The largest force on a neuron at rest.
const TOLERANCE = 1e-3;

export class Descent {
  // From states {x, y, z} of a PictureNetwork.
  constructor(network, states) {
    this.network = network;
    this.states = network.equilibrated(states);
    this.energy = network.energy(this.states);
    this.movements = network.movements(this.states);
  }

  // Whether no force on any neuron is above the tolerance.
  get rests() {
    return Object.values(this.movements).every((layer) =>
      layer.every((force) => Math.abs(force) <= TOLERANCE),
    );
  }

  // Follows the forces by a step of at most this size that does not raise the energy, unless it
  // rests; returns whether it has come to rest, or no step moves it any more.
  advance(size) {
    if (this.rests) return true;
    const found = this.#downhill(size);
    if (found === null) return true;
    this.states = found.states;
    this.energy = found.energy;
    this.movements = this.network.movements(this.states);
    return this.rests;
  }

  // Goes to other states if their energy is not higher; returns whether it went.
  jump(states) {
    const next = this.network.equilibrated(states);
    const energy = this.network.energy(next);
    if (energy > this.energy) return false;
    [this.states, this.energy] = [next, energy];
    this.movements = this.network.movements(next);
    return true;
  }

  // Halves a step until it does not raise the energy; null where none of them moves anything.
  //
  // A step that leaves the energy unchanged may cross a plateau. But once a larger step has raised
  // it, a smaller one must lower it: else rounding alone tells them apart.
  #downhill(largest) {
    let size = largest;
    for (let halving = 0; halving < MOST_HALVINGS; halving += 1, size /= 2) {
      const states = this.network.moved(this.states, this.movements, size);
      const energy = this.network.energy(states);
      if (energy < this.energy || (energy === this.energy && halving === 0)) {
        return sameStates(states, this.states) ? null : { states, energy };
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

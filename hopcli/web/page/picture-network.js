// Pictures x, memories z and labels y (Hoover, Chau, Strobelt and Krotov 2022), and their energy.
//
// As in hopcli/continuous: layers x (identity), z (softmax at β) and y (softmax) follow
// τ dx/dt = −∂E/∂g, an L2 synapse joins x and z, a label synapse of strength λ z and y. States are
// {x, y, z}, internal states in Float64Arrays that are never changed in place.

export class PictureNetwork {
  // patterns      θ: a LevelPatterns, or a HeldPicture
  // labels        of each memory, −1 for none, an Int32Array
  // labelCount    how many labels there are, 0 for a network without y
  // beta          sharpness of z
  // strength      λ
  // memoryTime    τ of z; 0 for memories that are always equilibrated
  // held          "x", "y" or "": the layer that is clamped
  constructor({ patterns, labels, labelCount, beta, strength, memoryTime, held }) {
    Object.assign(this, { patterns, labels, labelCount, beta, strength, memoryTime, held });
  }

  // E = ½ Σ z d² + (1/β) Σ z log z + Σ y log y − λ Σ_μ z_μ y_label(μ), in activations z and y.
  energy(states) {
    const { z, y } = this.activations(states);
    const distances = this.patterns.squaredDistances(states.x);
    let near = 0;
    let agreed = 0;
    for (let k = 0; k < z.length; k += 1) {
      near += z[k] * distances[k];
      if (this.labels[k] >= 0) agreed += z[k] * y[this.labels[k]];
    }
    return (
      near / 2 + entropy(states.z, this.beta) + entropy(states.y, 1) - this.strength * agreed
    );
  }

  // The activations of memories and labels.
  activations(states) {
    return { z: softmax(states.z, this.beta), y: softmax(states.y, 1) };
  }

  // Σ z_μ over the memories that bear each label.
  weightOfLabels(z) {
    const weights = new Float64Array(this.labelCount);
    z.forEach((weight, k) => {
      if (this.labels[k] >= 0) weights[this.labels[k]] += weight;
    });
    return weights;
  }

  // τ dx/dt of each layer; 0 where it is clamped.
  movements(states) {
    const { z, y } = this.activations(states);
    const to = (target, from) => target.map((value, i) => value - from[i]);
    const still = (layer) => new Float64Array(layer.length);
    return {
      x: this.held === "x" ? still(states.x) : to(this.patterns.mix(z), states.x),
      y:
        this.held === "y"
          ? still(states.y)
          : to(this.weightOfLabels(z).map((weight) => this.strength * weight), states.y),
      z: to(this.#fieldOfMemories(states.x, y), states.z),
    };
  }

  // The states after a step of this size; memories without a time constant are equilibrated.
  moved(states, movements, size) {
    const along = (name, part) => states[name].map((value, i) => value + part * movements[name][i]);
    return this.equilibrated({
      x: this.held === "x" ? states.x : along("x", size),
      y: along("y", size),
      z: this.memoryTime > 0 ? along("z", size / this.memoryTime) : states.z,
    });
  }

  // Sets memories without a time constant to their equilibrium under the other layers.
  equilibrated(states) {
    if (this.memoryTime > 0) return states;
    return { ...states, z: this.#fieldOfMemories(states.x, softmax(states.y, 1)) };
  }

  #fieldOfMemories(x, y) {
    return this.patterns
      .squaredDistances(x)
      .map((d, k) => (this.labels[k] < 0 ? 0 : this.strength * y[this.labels[k]]) - d / 2);
  }
}

// softmax(βx), Float64Array.
export function softmax(x, beta) {
  const top = largest(x);
  const weights = x.map((value) => Math.exp(beta * (value - top)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

// (1/β) Σ g log g of g = softmax(βx): its negative entropy over β.
function entropy(x, beta) {
  const top = largest(x);
  const total = x.reduce((sum, value) => sum + Math.exp(beta * (value - top)), 0);
  return (
    x.reduce((sum, value) => {
      const logarithm = beta * (value - top) - Math.log(total);
      return sum + Math.exp(logarithm) * logarithm;
    }, 0) / beta
  );
}

function largest(x) {
  return x.reduce((top, value) => Math.max(top, value), -Infinity);
}

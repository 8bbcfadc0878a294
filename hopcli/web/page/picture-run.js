// Runs of the continuous networks, a step at a time: a picture is recalled, or a label is held still
// and a picture forms (`hop generate`), or the picture is held still (`hop classify`).
//
// Pictures are levels from 0 to 1, NaN where unknown, Float64Array(N).
import { Descent } from "./descent.js";
import { HeldPicture, knownPlaces } from "./levels.js";
import { PictureNetwork, softmax } from "./picture-network.js";

const STEP = 0.2;
// λ where no label is held.
const STRENGTH = 1.5;
// As in hopcli/continuous/generation.py: for so many small steps memories are slow.
const FORMING_STEP = 0.1;
const FORMING_STEPS = 60;
const MEMORY_TIME = 10;
// The internal state of a held label's neuron above the others': its softmax is 1 to the last digit.
const HELD = 50;

// A memory's pictures with their labels.
export class LabelledPatterns {
  // `patterns` is a LevelPatterns; `labels`, an Int32Array, has −1 for none.
  constructor(patterns, labels, labelCount) {
    this.patterns = patterns;
    this.labels = labels;
    this.labelCount = labelCount;
  }
}

// A run on its way: a descent in which nothing changes but the states.
class PictureRun {
  constructor(network, states) {
    this.descent = new Descent(network, states);
    this.first = this.picture;
    this.steps = 0;
    this.settled = false;
  }

  // Makes one step, if only to see that nothing moves.
  advance() {
    if (this.settled) return;
    this.settled = this.descent.advance(STEP);
    this.steps += 1;
  }

  get energy() {
    return this.descent.energy;
  }

  // The levels now, NaN where unknown.
  get picture() {
    return this.descent.states.x;
  }

  // Σ z_μ over the memories that bear each label, in parts of that over all that bear one.
  get labels() {
    const { network, states } = this.descent;
    const weights = network.weightOfLabels(network.activations(states).z);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / Math.max(total, 1e-300));
  }
}

// Recall: unknown pixels are filled, then picture and labels descend together.
export class RecallRun extends PictureRun {
  constructor(memory, picture, beta) {
    const free = { strength: STRENGTH, memoryTime: 0, held: "" };
    super(new PictureNetwork({ ...memory, ...free, beta }), {
      x: filled(memory.patterns, picture, beta),
      y: new Float64Array(memory.labelCount),
      z: new Float64Array(memory.patterns.count),
    });
  }
}

// A picture with its unknown pixels at what the known ones lead to expect.
function filled(patterns, picture, beta) {
  const known = knownPlaces(picture).length;
  if (known === picture.length) return picture;
  // The fewer pixels are compared, the less the scores differ; with none they are all the same.
  const sharpness = known ? (beta * picture.length) / known : beta;
  const scores = patterns.squaredDistances(picture).map((d) => -d / 2);
  const expected = patterns.mix(softmax(scores, sharpness));
  return picture.map((level, i) => (Number.isNaN(level) ? expected[i] : level));
}

// Generation: the label is held still, and a picture forms from one whose unknown is noise.
export class GenerationRun extends PictureRun {
  constructor(memory, picture, beta, label, randomness) {
    const { patterns, labels, labelCount } = memory;
    const strength = patterns.neurons / 2;
    const x = picture.map((level) => {
      const noise = randomness.uniform();
      return Number.isNaN(level) ? noise : level;
    });
    const parts = { ...memory, beta, strength, held: "y" };
    super(new PictureNetwork({ ...parts, memoryTime: MEMORY_TIME }), {
      x,
      y: Float64Array.from({ length: labelCount }, (_, k) => (k === label ? HELD : 0)),
      z: beginning(patterns.squaredDistances(x), labels, label, strength, randomness),
    });
    this.settling = new PictureNetwork({ ...parts, memoryTime: 0 });
  }

  advance() {
    if (this.steps < FORMING_STEPS) {
      // As long as it forms, standing still is not the end.
      this.descent.advance(FORMING_STEP);
      this.steps += 1;
      return;
    }
    if (this.steps === FORMING_STEPS) {
      this.descent = new Descent(this.settling, this.descent.states);
    }
    super.advance();
  }
}

// What memories feel, one of the label's put first by chance: that gives a generator its variety.
function beginning(distances, labels, label, strength, randomness) {
  const z = distances.map((d, k) => (labels[k] === label ? strength : 0) - d / 2);
  const bearing = [...labels.keys()].filter((k) => labels[k] === label);
  const least = bearing.reduce((low, k) => Math.min(low, z[k]), Infinity);
  const most = z.reduce((high, value) => Math.max(high, value), -Infinity);
  z[bearing[randomness.below(bearing.length)]] += most - least;
  return z;
}

// Classification: the picture is held still, and label neurons settle beside the memories.
export class ClassificationRun extends PictureRun {
  // `span` is the difference of black and white in the unit that β is for.
  constructor(memory, picture, beta, span) {
    const labelled = [...memory.labels.keys()].filter((k) => memory.labels[k] >= 0);
    const all = memory.patterns.squaredDistances(picture);
    // Of a picture with unknown pixels, the distance over the known ones stands for all.
    const share = Math.max(knownPlaces(picture).length, 1) / picture.length;
    const distances = Float64Array.from(labelled, (k) => (all[k] * span ** 2) / share);
    // A constant in all distances is one in the energy, and no more.
    const nearest = distances.reduce((least, d) => Math.min(least, d), Infinity);
    const network = new PictureNetwork({
      patterns: new HeldPicture(distances.map((d) => d - nearest)),
      labels: Int32Array.from(labelled, (k) => memory.labels[k]),
      labelCount: memory.labelCount,
      beta,
      strength: STRENGTH,
      memoryTime: 0,
      held: "x",
    });
    super(network, {
      x: new Float64Array(0),
      y: new Float64Array(memory.labelCount),
      z: new Float64Array(labelled.length),
    });
    this.given = picture;
    this.first = picture;
  }

  get picture() {
    return this.given;
  }
}

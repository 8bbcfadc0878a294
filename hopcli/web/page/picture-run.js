// Runs of the continuous networks, a step at a time: recall, and with a clamped label generation
// (`hop generate`), with a clamped picture classification (`hop classify`).
//
// Pictures are levels from 0 to 1, NaN where unknown, Float64Array(N).
import { unclipped } from "./clipping.js";
import { Descent } from "./descent.js";
import { HeldPicture, knownIndices } from "./levels.js";
import { PictureNetwork, softmax } from "./picture-network.js";

const STEP = 0.2;
// λ where no label is clamped.
const STRENGTH = 1.5;
// As in hopcli/continuous/generation.py: for so many small steps memories are slow.
const FORMING_STEP = 0.1;
const FORMING_STEPS = 60;
const MEMORY_TIME = 10;
// The internal state of a clamped label's neuron above the others': its softmax is 1 to the last digit.
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

// A descent and the number of its steps.
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

  // Σ z_μ over the memories that bear each label, divided by that over all labelled memories.
  get labels() {
    const { network, states } = this.descent;
    const weights = network.weightOfLabels(network.activations(states).z);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / Math.max(total, 1e-300));
  }
}

// Recall: unknown pixels are filled, then picture and labels descend together.
//
// Squared distances of a noisy picture that was clipped to [0, 1] favour patterns of middle levels.
// Where another pattern is nearest to the corrected cue, the first step goes to what that predicts,
// if its energy is not higher. (hopcli/continuous/recall.py takes this step wherever a cue was
// clipped; here it would hide the descent, which leads to the same memory.)
export class RecallRun extends PictureRun {
  constructor(memory, picture, beta) {
    const { patterns, labelCount } = memory;
    const corrected = unclipped(patterns, picture);
    const misled =
      corrected !== picture && patterns.nearest(corrected) !== patterns.nearest(picture);
    const unknown = picture.some(Number.isNaN);
    const expected = misled || unknown ? expectedOf(patterns, corrected, beta) : null;
    const fill = (level, i) => (Number.isNaN(level) ? expected[i] : level);
    super(new PictureNetwork({ ...memory, strength: STRENGTH, memoryTime: 0, held: "", beta }), {
      x: unknown ? picture.map(fill) : picture,
      y: new Float64Array(labelCount),
      z: new Float64Array(patterns.count),
    });
    this.target = misled ? expected : null;
  }

  advance() {
    const { target } = this;
    this.target = null;
    if (target !== null && this.descent.jump({ ...this.descent.states, x: target })) this.steps += 1;
    else super.advance();
  }
}

// The picture that the known pixels of a cue predict: the patterns' mean by a softmax of distances.
function expectedOf(patterns, cue, beta) {
  const known = knownIndices(cue).length;
  // The fewer pixels are compared, the less the scores differ; with none they are all the same.
  const sharpness = known ? (beta * cue.length) / known : beta;
  const scores = patterns.squaredDistances(cue).map((d) => -d / 2);
  return patterns.mix(softmax(scores, sharpness));
}

// Generation: the label is clamped, and a picture forms from one whose unknown pixels are noise.
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

// The memory neurons' local fields, where one of the label's patterns, drawn at random, is put first;
// so that each seed generates a picture of its own.
function beginning(distances, labels, label, strength, randomness) {
  const z = distances.map((d, k) => (labels[k] === label ? strength : 0) - d / 2);
  const bearing = [...labels.keys()].filter((k) => labels[k] === label);
  const least = bearing.reduce((low, k) => Math.min(low, z[k]), Infinity);
  const most = z.reduce((high, value) => Math.max(high, value), -Infinity);
  z[bearing[randomness.below(bearing.length)]] += most - least;
  return z;
}

// Classification: the picture is clamped, and label neurons settle beside the memories.
export class ClassificationRun extends PictureRun {
  // `span` is the difference of black and white in the unit that β is for.
  constructor(memory, picture, beta, span) {
    const labelled = [...memory.labels.keys()].filter((k) => memory.labels[k] >= 0);
    const all = memory.patterns.squaredDistances(picture);
    // Of a picture with unknown pixels, the distance over the known ones stands for all.
    const share = Math.max(knownIndices(picture).length, 1) / picture.length;
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

// The engine that computes for itself, in JavaScript. An exported page runs it in a worker
// (worker-engine.js).
import { BinaryRun } from "./binary-run.js";
import { Exhibit, nearestOf } from "./exhibit.js";
import { pictureOfFile } from "./files.js";
import { Classical, Exponential, Polynomial } from "./interactions.js";
import { ClassificationRun, GenerationRun, RecallRun } from "./picture-run.js";
import { Randomness } from "./randomness.js";

// A state is a memory if it is off by less than this on the average over its pixels; a pixel has
// changed if it has by half of a byte's level (hopcli/continuous/recall.py).
const MEMORY = 2 / 255;
const CHANGED = 0.5 / 255;

export class LocalEngine {
  // `given` is the memory, as Exhibit takes it.
  constructor(given) {
    this.exhibit = new Exhibit(given);
    this.run = null;
  }

  async describe() {
    const { about, points, thumbnails } = this.exhibit;
    return {
      ...about,
      thumbnails: { ...about.thumbnails, levels: thumbnails },
      plane: { ...about.plane, points },
    };
  }

  async picture(index) {
    return this.exhibit.pattern(index);
  }

  async decode(blob) {
    return pictureOfFile(blob, this.exhibit.about);
  }

  async start(picture, settings) {
    const { binary } = this.exhibit;
    this.run = binary && settings.clamp === "nothing"
      ? this.#binaryRun(picture, settings)
      : this.#pictureRun(picture, settings);
    return this.#frame();
  }

  async step(visits, temperature) {
    if (this.run instanceof BinaryRun) this.run.advance(Math.max(1, visits), temperature);
    else this.run.advance();
    return this.#frame();
  }

  #binaryRun(picture, settings) {
    const { signs } = this.exhibit;
    const cue = Int8Array.from(picture.levels, (level, i) =>
      picture.known[i] ? (level === 255 ? 1 : -1) : 0,
    );
    return new BinaryRun(signs, interactionOf(settings, signs), cue, settings);
  }

  #pictureRun(picture, settings) {
    const { about, binary, labelled } = this.exhibit;
    const levels = Float64Array.from(picture.levels, (level, i) =>
      picture.known[Math.floor(i / about.channels)] ? level / 255 : NaN,
    );
    const name = { nothing: "recall", label: "label", picture: "picture" }[settings.clamp];
    const beta = settings.beta ?? about.betas[name];
    if (settings.clamp === "nothing") return new RecallRun(labelled, levels, beta);
    if (settings.clamp === "picture") {
      if (labelled.labels.every((label) => label < 0)) {
        throw new Error("the picture was to be clamped, but this memory has no labels");
      }
      // In a binary memory neurons are ±1.
      return new ClassificationRun(labelled, levels, beta, binary ? 2 : 1);
    }
    const { label, seed } = settings;
    if (!labelled.labels.includes(label)) {
      throw new Error(`label ${label} was to be clamped, but no pattern bears it; choose another`);
    }
    return new GenerationRun(labelled, levels, beta, label, new Randomness(seed));
  }

  #frame() {
    return this.run instanceof BinaryRun ? this.#binaryFrame() : this.#pictureFrame();
  }

  #binaryFrame() {
    const { current, visits, sweeps, flips, outcome, inverse } = this.run;
    const { state, overlaps } = current;
    const known = state.reduce((count, value) => count + value * value, 0);
    const levels = Float64Array.from(state, (value) => (value === 0 ? NaN : value > 0 ? 1 : 0));
    return {
      state: {
        levels: Uint8Array.from(state, (value) => (value > 0 ? 255 : 0)),
        known: Uint8Array.from(state, (value) => (value === 0 ? 0 : 1)),
      },
      energy: finite(current.energy()),
      time: visits / state.length,
      sweeps,
      flips,
      nearest: nearestOf(overlaps).map(({ index, overlap }) => ({
        index,
        overlap: overlap / Math.max(known, 1),
      })),
      point: this.exhibit.point(levels),
      labels: null,
      outcome,
      inverse,
    };
  }

  #pictureFrame() {
    const { picture, first, energy, steps, labels, settled } = this.run;
    const { channels } = this.exhibit.about;
    const nearest = nearestOf(this.exhibit.cosines(picture));
    const changed = (level, i) => Math.abs(level - first[i]) >= CHANGED;
    return {
      state: {
        levels: Uint8Array.from(picture, (level) =>
          Number.isNaN(level) ? 0 : Math.round(Math.min(Math.max(level, 0), 1) * 255),
        ),
        known: Uint8Array.from({ length: picture.length / channels }, (_, pixel) =>
          Number.isNaN(picture[pixel * channels]) ? 0 : 1,
        ),
      },
      energy: finite(energy),
      time: steps,
      sweeps: steps,
      flips: picture.reduce((count, level, i) => count + changed(level, i), 0),
      nearest,
      point: this.exhibit.point(picture),
      labels: labels.length ? [...labels] : null,
      outcome: settled ? this.#outcome(picture, nearest[0].index) : null,
      inverse: null,
    };
  }

  #outcome(picture, index) {
    const pattern = this.exhibit.levels.pattern(index);
    const off = picture.reduce((sum, level, i) => sum + Math.abs(level - pattern[i] / 255), 0);
    return off / picture.length < MEMORY ? "memory" : "spurious";
  }
}

const finite = (value) => (Number.isFinite(value) ? value : null);

function interactionOf({ energy, degree, beta }, { neurons, count }) {
  if (energy === "classical") return new Classical(neurons, count);
  if (energy === "poly") return new Polynomial(degree, neurons, count);
  return new Exponential(beta ?? 1, neurons, count);
}

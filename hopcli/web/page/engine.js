// The engine: the networks of the page, which the served page and the exported page share.
//
// engine-client.js runs it in a worker. Its methods return promises, and reject with an Error whose
// message is one line to be shown.
//
//   describe()                → Memory     once, before all else
//   picture(index)            → Pattern    any stored pattern, in full
//   decode(blob)              → Picture    a picture file, fitted to the memory
//   start(picture, settings)  → Frame      a new run; this is its frame 0, the cue's own
//   step(visits, temperature) → Frame      the next one
//
// Memory = {
//   name,               the memory's title, as "letters.npz"
//   mode,               "binary" | "gray" | "rgb"
//   height, width, channels,   channels is 3 in rgb, else 1
//   neurons,            N = height · width · channels
//   patterns,           K
//   maxPixels,          the most pixels of a file that decode takes
//   labelNames,         [string], empty if there are no labels
//   energies,           [{name, summary, parameters, form}] for Settings.energy. A parameter is
//                       {name, kind: "int" | "float", default, low, high}, either bound may be missing.
//                       A form is what interactions.js computes with, in binary memories one of
//                         {family: "classical"}
//                         {family: "power", degree}
//                         {family: "exponential", beta}
//                         {family: "table", differences, energies}: D(y) for y from −N − 1 to N + 1,
//                           times any constant, and F(m) for m from −N to N
//                       and parameters of the same names in Settings replace degree and beta.
//   energy,             the name of the default one
//   similarities,       [{name, form}] for gray and rgb; the engine computes with the form "l2", and
//                       does not offer those without a form that it knows
//   betas: {recall, label, picture},   β auto with Settings.clamp nothing, label, picture (null for
//                       label and picture where these cannot be clamped; 0 where it takes long, and
//                       engine-client.js asks the server when it is needed). In binary recall is 1.
//   rule,               the rule by which weights were learned that the family classical uses, or null
//   listed,             [{index, name, label}]: the patterns that are shown, all of them up to a limit,
//                       else spread evenly; label is an index into labelNames or −1
//   thumbnails: {height, width, levels},   Uint8Array of listed.length · height · width · channels;
//                       patterns no larger than 64 pixels a side as they are, others shrunk
//   plane: {points, shares},   Float32Array [x0, y0, x1, y1, …] of the listed patterns in the plane
//                       of their first two principal components, and each axis' share of the variance
// }
//
// Pattern = {index, name, label, levels: Uint8Array(N)}
//
// Picture = {
//   levels,             Uint8Array(N), in the order of height, width, channels; 0 for black to 255.
//                       In binary 255 is +1, all else −1.
//   known,              Uint8Array(height · width), 1 where the pixel is known, else 0
// }
//
// Settings = {
//   energy,             the name of one of Memory.energies
//   beta,               a number above 0, or null for auto
//   …                   other parameters of the energy, by name
//   similarity,         the name of one of Memory.similarities
//   update,             "async" | "sync", for binary
//   order,              "random" | "sequential", for async
//   clamp,              "nothing" | "label" | "picture"; the latter two where there are labels
//   label,              the index of the label that is clamped
//   seed,               a whole number from 0
// }
//
// Frame = {
//   state: Picture,     known is 0 where a neuron was unknown and has not been visited yet
//   energy,             a number, in the scale of `hop recall`, or null if it is infinite
//   time,               visits/N in async, else steps; 0 for frame 0
//   sweeps,             completed sweeps; a step counts as one
//   flips,              changes of neurons so far, an unknown one that is filled too, as `hop recall`
//                       counts them; of levels, those that differ by half a byte's level from frame 0
//   nearest,            [{index, overlap}], at most 5 patterns, the largest overlap first, of equal
//                       ones the lower index first: (1/known) Σ ξ s over known neurons; in gray and
//                       rgb, and wherever a label or the picture is clamped, the cosine of the
//                       mean-free pictures
//   point,              [x, y] in the plane, of levels 0 to 1; unknown neurons are at the patterns' mean
//   labels,             [number] for each label, or null without labels or in a binary run with
//                       nothing clamped: the share of the memory neurons' weight that is with the
//                       label's patterns, sum 1 (the probability of `hop classify`)
//   outcome,            null in frame 0 and until the run has settled, else "memory" | "inverse" |
//                       "spurious" | "cycle"; step(…, 0) then gives this frame again. It refers to the
//                       first of nearest, in "inverse" to the pattern `inverse`.
//   inverse,            in outcome "inverse" the index of the pattern whose negative this is, else null
// }
//
// Networks
// - Binary, nothing clamped. Async: step(visits) visits so many neurons more, but not beyond the end
//   of the sweep, so that every sweep ends in a frame. The order is 0 … N − 1, or a new permutation
//   for each sweep from the seed (of a generator of the page's own: only sequential order is that of
//   `hop recall`). A neuron takes the sign of its local field; at a tie it keeps its state, or becomes
//   +1 if it was unknown. A sweep in which nothing changed settles it. Sync: one step of all neurons;
//   settled if nothing changed, a cycle if the state is that of two steps before. At a temperature
//   T above 0 a neuron is +1 with probability 1/(1 + exp(−ΔE/T)), and nothing ever settles; the
//   temperature may be another one at every step, and a settled state goes on at T above 0.
//   Outcome: overlap N is a memory, −N with any pattern an inverse, else spurious.
// - Gray and rgb, nothing clamped: the energy of `hop recall`, x and z, with label neurons y beside
//   them where there are labels (λ = 1.5, y from 0; patterns without a label take part). Unknown
//   pixels start at the value that the known ones predict, β scaled by N/known (with none known: at
//   the mean of all patterns), which is what frame 0 shows already as known. Where noise was clipped,
//   and without it another pattern is nearest, the first step goes to what the corrected cue predicts
//   (picture-run.js). Each further step is x ← x + 0.2 · force (y too; z always equilibrated), halved
//   until the energy does not rise. Settled when no force is above 1e-3, or where no step lowers the
//   energy. A memory differs by less than 2/255 on average, else it is spurious.
// - Label clamped, any mode (a binary memory as levels 0 and 1): `hop generate` from the picture
//   that is given, x beginning as uniform noise where it is unknown; λ = N/2, y held at 50; the
//   memory neurons begin with one of the label's patterns, drawn at random, put first, and are 10
//   times slower than the picture for the first 60 steps of 0.1, and equilibrated in those of 0.2
//   that follow. Settled as above, but not before these 60.
// - Picture clamped, any mode: `hop classify`, λ = 1.5: the picture does not move, the label neurons
//   do, in steps of 0.2. Distances are over known pixels, times N/known (of ±1 in a binary memory),
//   less the least of them. Only labelled patterns take part. Settled as above. outcome is "memory"
//   if the picture is one, else "spurious".
import { BinaryState } from "./binary.js";
import { BinaryRun } from "./binary-run.js";
import { pictureOfFile } from "./files.js";
import { interactionOf } from "./interactions.js";
import { PageMemory, nearestOf } from "./page-memory.js";
import { ClassificationRun, GenerationRun, RecallRun } from "./picture-run.js";
import { Randomness } from "./randomness.js";
import { WeightedState } from "./weighted.js";

// A state is a memory if it differs by less than MEMORY from it on average over its pixels; a pixel
// has changed if it differs by CHANGED, half of a byte's level (hopcli/continuous/recall.py).
const MEMORY = 2 / 255;
const CHANGED = 0.5 / 255;

// Similarities of pictures that this engine computes with, by their forms.
const SIMILARITIES = ["l2"];

export class Engine {
  // `given` is an unpacked message of hopcli/web/page_data.py.
  constructor(given) {
    this.memory = new PageMemory(given);
    this.run = null;
  }

  async describe() {
    const { about, names, labels, points, thumbnails } = this.memory;
    const { shares, denominator, ...memory } = about;
    return {
      ...memory,
      listed: about.listed.map((index) => ({ index, name: names[index], label: labels[index] })),
      similarities: about.similarities.map(({ name, form }) => ({
        name,
        form: SIMILARITIES.includes(form) ? form : null,
      })),
      thumbnails: { ...about.thumbnails, levels: thumbnails },
      plane: { points, shares },
    };
  }

  async picture(index) {
    return this.memory.pattern(index);
  }

  async decode(blob) {
    return pictureOfFile(blob, this.memory.about);
  }

  async start(picture, settings) {
    const { binary } = this.memory;
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
    const { about, signs, weights } = this.memory;
    const cue = Int8Array.from(picture.levels, (level, i) =>
      picture.known[i] ? (level === 255 ? 1 : -1) : 0,
    );
    const { form, parameters } = named(about.energies, "energy", settings.energy);
    if (form.family === "classical" && weights !== null) {
      return new BinaryRun(new WeightedState(signs, weights, cue), settings);
    }
    const chosen = { ...form };
    for (const { name } of parameters) {
      if (name in form) chosen[name] = settings[name] ?? form[name];
    }
    const interaction = interactionOf(chosen, signs.neurons, signs.count);
    return new BinaryRun(new BinaryState(signs, interaction, cue), settings);
  }

  #pictureRun(picture, settings) {
    const { about, binary, labelled } = this.memory;
    const levels = Float64Array.from(picture.levels, (level, i) =>
      picture.known[Math.floor(i / about.channels)] ? level / 255 : NaN,
    );
    const name = { nothing: "recall", label: "label", picture: "picture" }[settings.clamp];
    const beta = settings.beta ?? about.betas[name];
    if (settings.clamp === "nothing" && about.similarities.length) {
      const { form } = named(about.similarities, "similarity", settings.similarity ?? "l2");
      if (!SIMILARITIES.includes(form)) {
        throw new Error(`the page cannot compare by ${settings.similarity}; choose another similarity`);
      }
    }
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
      point: this.memory.point(levels),
      labels: null,
      outcome,
      inverse,
    };
  }

  #pictureFrame() {
    const { picture, first, energy, steps, labels, settled } = this.run;
    const { channels } = this.memory.about;
    const nearest = nearestOf(this.memory.cosines(picture));
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
      point: this.memory.point(picture),
      labels: labels.length ? [...labels] : null,
      outcome: settled ? this.#outcome(picture, nearest[0].index) : null,
      inverse: null,
    };
  }

  #outcome(picture, index) {
    const pattern = this.memory.labelled.patterns.pattern(index);
    const off = picture.reduce((sum, level, i) => sum + Math.abs(level - pattern[i] / 255), 0);
    return off / picture.length < MEMORY ? "memory" : "spurious";
  }
}

const finite = (value) => (Number.isFinite(value) ? value : null);

// The entry of a list with a name.
function named(entries, what, name) {
  const found = entries.find((entry) => entry.name === name);
  if (found) return found;
  const names = entries.map((entry) => entry.name).join(" or ");
  throw new Error(`${what} ${name} was given, but this memory takes ${names}`);
}

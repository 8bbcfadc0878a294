// Runs the page's networks on cases that a test gives, and says what came out.

function packed(patterns, neurons) {
  const row = 8 * Math.ceil(neurons / 64);
  const bits = new Uint8Array(patterns.length * row);
  patterns.forEach((pattern, k) =>
    pattern.forEach((value, i) => {
      if (value > 0) bits[k * row + (i >> 3)] |= 1 << (i & 7);
    }),
  );
  return new BinaryPatterns(bits, patterns.length, neurons);
}

// The engine of a memory, a message in base64.
function opened(memory) {
  return new Engine(unpacked(bytesOfBase64(memory).buffer));
}

// A state under weights or an interaction.
function stateOf(form, patterns, cue) {
  if (form.family === "weights") {
    const weights = new Weights(Float64Array.from(form.triangle), form.bias, form.denominator);
    return new WeightedState(patterns, weights, cue);
  }
  return new BinaryState(patterns, interactionOf(form, patterns.neurons, patterns.count), cue);
}

function plain(value) {
  if (ArrayBuffer.isView(value)) return [...value];
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

const networks = {
  // The frames of an engine with a memory, for a picture, settings and so many visits at a time.
  async frames({ memory, picture, settings, visits, steps }) {
    const engine = opened(memory);
    const frames = [await engine.start(picture, settings)];
    while (frames.length <= steps) frames.push(await engine.step(visits, 0));
    return frames;
  },

  // A file of the visitor's, in base64, as a picture of this size and mode.
  async decode({ file, about }) {
    return pictureOfFile(await (await fetch(`data:image/png;base64,${file}`)).blob(), about);
  },

  async describe({ memory }) {
    const engine = opened(memory);
    const about = await engine.describe();
    return [about, await engine.picture(about.patterns - 1)];
  },

  // The cosines of the patterns and levels from 0 to 1, null where unknown.
  cosines({ memory, levels }) {
    const picture = Float64Array.from(levels, (level) => level ?? NaN);
    return opened(memory).memory.cosines(picture);
  },

  // The correction of clipped noise.
  unclipped({ memory, levels }) {
    const picture = Float64Array.from(levels, (level) => level ?? NaN);
    return unclipped(opened(memory).memory.labelled.patterns, picture);
  },

  exactIntegers({ values }) {
    return values.map((value) => String(exactInteger(value)));
  },

  // The exact sign of sums of D(y), from [y, count] of descending y.
  signs({ form, neurons, sums }) {
    const interaction = interactionOf(form, neurons, 1);
    return sums.map((terms) => interaction.sign(terms));
  },

  // How often each state was there at a temperature, by its bits, the first neuron's least.
  visited({ patterns, form, settings, temperature, sweeps }) {
    const neurons = patterns[0].length;
    const state = stateOf(form, packed(patterns, neurons), new Int8Array(neurons));
    const run = new BinaryRun(state, settings);
    const counts = new Array(2 ** neurons).fill(0);
    while (run.sweeps < sweeps) {
      run.advance(neurons, temperature);
      counts[run.current.state.reduce((bits, value, i) => bits + (value > 0) * 2 ** i, 0)] += 1;
    }
    return counts;
  },

  permutations({ seeds, length }) {
    return seeds.map((seed) => new Randomness(seed).permutation(length));
  },

  recall(given) {
    const patterns = packed(given.patterns, given.neurons);
    const settings = { update: given.update, order: "sequential", seed: 0 };
    const state = stateOf(given.form, patterns, Int8Array.from(given.cue));
    const run = new BinaryRun(state, settings);
    const energies = [run.current.energy()];
    while (run.outcome === null && run.sweeps < given.maxSweeps) {
      const { sweeps } = run;
      run.advance(given.visits, 0);
      if (run.sweeps > sweeps) energies.push(run.current.energy());
    }
    const { outcome, sweeps, flips, inverse, current } = run;
    return { outcome, sweeps, flips, inverse, energies, state: [...current.state] };
  },
};

async function answers(cases) {
  const found = [];
  for (const given of cases) found.push(await networks[given.network](given));
  return JSON.stringify(found, (_, value) => plain(value));
}

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

function plain(value) {
  if (ArrayBuffer.isView(value)) return [...value];
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

const networks = {
  // The frames of an engine with a memory, for a picture, settings and so many visits at a time.
  async frames({ memory, picture, settings, visits, steps }) {
    const engine = new LocalEngine(memory);
    const frames = [await engine.start(picture, settings)];
    while (frames.length <= steps) frames.push(await engine.step(visits, 0));
    return frames;
  },

  // A file of the visitor's, in base64, as a picture of this size and mode.
  async decode({ file, about }) {
    return pictureOfFile(await (await fetch(`data:image/png;base64,${file}`)).blob(), about);
  },

  async describe({ memory }) {
    const engine = new LocalEngine(memory);
    return [await engine.describe(), await engine.picture(memory.names.length - 1)];
  },

  // The exact sign of sums of D(y), from [y, count] of descending y.
  signs({ settings, neurons, sums }) {
    const interaction = interactionOf(settings, { neurons, count: 1 });
    return sums.map((terms) => interaction.sign(terms));
  },

  // How often each state was there at a temperature, by its bits, the first neuron's least.
  visited({ patterns, settings, temperature, sweeps }) {
    const neurons = patterns[0].length;
    const stored = packed(patterns, neurons);
    const interaction = interactionOf(settings, stored);
    const run = new BinaryRun(stored, interaction, new Int8Array(neurons), settings);
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
    const run = new BinaryRun(patterns, interactionOf(given, patterns), Int8Array.from(given.cue), settings);
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

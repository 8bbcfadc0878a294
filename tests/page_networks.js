// Runs the page's networks on cases that a test gives, and says what came out.

function interactionOf({ energy, degree, beta, neurons, patterns }) {
  if (energy === "classical") return new Classical(neurons, patterns.length);
  if (energy === "poly") return new Polynomial(degree, neurons, patterns.length);
  return new Exponential(beta, neurons, patterns.length);
}

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

function followed(run, steps) {
  const energies = [run.energy];
  while (!run.ended && run.steps < steps) {
    run.advance();
    energies.push(run.energy);
  }
  const { picture, labels, ended } = run;
  return { energies, ended, picture: [...picture], labels: [...labels] };
}

function labelled({ levels, neurons, labels, labelCount }) {
  const bytes = Uint8Array.from(levels.flat());
  const patterns = new LevelPatterns(bytes, levels.length, neurons);
  return new LabelledPatterns(patterns, Int32Array.from(labels), labelCount);
}

// JSON has no NaN.
const pictureOf = ({ cue }) => Float64Array.from(cue, (level) => level ?? NaN);

// A generator that gives what the test has drawn.
const drawn = (numbers, chosen) => ({ uniform: () => numbers.shift(), below: () => chosen });

const networks = {
  picture(given) {
    return followed(recallOf(labelled(given), pictureOf(given), given.beta), given.steps);
  },
  classify(given) {
    return followed(classificationOf(labelled(given), pictureOf(given), given.beta), given.steps);
  },
  generate(given) {
    const randomness = drawn(given.noise, given.chosen);
    const memory = labelled(given);
    const run = generationOf(memory, pictureOf(given), given.beta, given.label, randomness);
    return followed(run, given.steps);
  },
  recall(given) {
    const patterns = packed(given.patterns, given.neurons);
    const settings = { update: given.update, order: "sequential", seed: 0 };
    const run = new BinaryRun(patterns, interactionOf(given), Int8Array.from(given.cue), settings);
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

function answers(cases) {
  return cases.map((given) => networks[given.network](given));
}

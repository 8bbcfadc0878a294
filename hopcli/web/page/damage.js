// Damage to a whole picture; each function returns a changed copy.

export function copyOf(picture) {
  return { levels: picture.levels.slice(), known: picture.known.slice() };
}

// Black everywhere, and nothing of it known.
export function erased(memory) {
  const pixels = memory.height * memory.width;
  return { levels: new Uint8Array(memory.neurons), known: new Uint8Array(pixels) };
}

export function halfHidden(picture, memory) {
  const changed = copyOf(picture);
  for (let row = 0; row < memory.height; row++) {
    changed.known.fill(0, row * memory.width + (memory.width >> 1), (row + 1) * memory.width);
  }
  return changed;
}

// Flips each pixel with probability `amount`, or adds Gaussian noise of deviation `amount` of the
// range.
export function noisy(picture, memory, amount) {
  const changed = copyOf(picture);
  const { levels } = changed;
  for (let neuron = 0; neuron < levels.length; neuron++) {
    if (memory.mode === "binary") {
      if (Math.random() < amount) levels[neuron] = 255 - levels[neuron];
    } else {
      const level = levels[neuron] + 255 * amount * gaussian();
      levels[neuron] = Math.max(0, Math.min(255, Math.round(level)));
    }
  }
  return changed;
}

export function onlyNoise(memory) {
  const picture = erased(memory);
  picture.known.fill(1);
  for (let neuron = 0; neuron < memory.neurons; neuron++) {
    const level = Math.random();
    picture.levels[neuron] = memory.mode === "binary" ? (level < 0.5 ? 0 : 255) : 255 * level;
  }
  return picture;
}

function gaussian() {
  const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
  return radius * Math.cos(2 * Math.PI * Math.random());
}

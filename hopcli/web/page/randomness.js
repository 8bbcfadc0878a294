// Random numbers from a seed.

// Chris Doty-Humphrey's sfc32 (PractRand 2014): 96 bits of state and a counter, period above 2³².
export class Randomness {
  // A stream for each whole number from 0.
  constructor(seed) {
    this.words = new Uint32Array([seed, Math.floor(seed / 2 ** 32), 0x686f70, 1]);
    // The seed has spread to every bit after a dozen rounds.
    for (let round = 0; round < 16; round += 1) this.#word();
  }

  #word() {
    const words = this.words;
    const sum = (words[0] + words[1] + words[3]) | 0;
    words[3] += 1;
    words[0] = words[1] ^ (words[1] >>> 9);
    words[1] = words[2] + (words[2] << 3);
    words[2] = ((words[2] << 21) | (words[2] >>> 11)) + sum;
    return sum >>> 0;
  }

  // A number from 0 to below 1, of 53 bits.
  uniform() {
    return (this.#word() * 2 ** 21 + (this.#word() >>> 11)) / 2 ** 53;
  }

  // A whole number from 0 to below a bound.
  below(bound) {
    return Math.floor(this.uniform() * bound);
  }

  // 0 … length − 1 in a uniformly random order (Fisher and Yates).
  permutation(length) {
    const order = Int32Array.from({ length }, (_, index) => index);
    for (let last = length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }
}

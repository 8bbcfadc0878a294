// The two sums in which nearly all time is spent.
//
// Four partial sums in plain variables: an addition need not wait for the last one, and compilers
// keep them in registers. As one array, [a, b, c, d] = [0, 0, 0, 0], they took 2 to 4 times as long.

// Σ_k signs[start + k] · weights[k] over all weights.
export function signedSum(signs, start, weights) {
  const count = weights.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = 0;
  for (let at = start; k + 3 < count; k += 4, at += 4) {
    a += signs[at] * weights[k];
    b += signs[at + 1] * weights[k + 1];
    c += signs[at + 2] * weights[k + 2];
    d += signs[at + 3] * weights[k + 3];
  }
  for (; k < count; k += 1) a += signs[start + k] * weights[k];
  return a + b + (c + d);
}

// Σ_i (bytes[start + i] − levels[i])² over all levels.
export function squaredDifference(bytes, start, levels) {
  const count = levels.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (let at = start; i + 3 < count; i += 4, at += 4) {
    const first = bytes[at] - levels[i];
    const second = bytes[at + 1] - levels[i + 1];
    const third = bytes[at + 2] - levels[i + 2];
    const fourth = bytes[at + 3] - levels[i + 3];
    a += first * first;
    b += second * second;
    c += third * third;
    d += fourth * fourth;
  }
  for (; i < count; i += 1) {
    const difference = bytes[start + i] - levels[i];
    a += difference * difference;
  }
  return a + b + (c + d);
}

// The correction of noise that was clipped to black and white (hopcli/continuous/clipping.py).
import { knownIndices } from "./levels.js";

// Deviations below this are those of rounding to bytes.
const ROUNDING = 0.5 / 255;
// What Gaussian noise of deviation 1 loses at a bound, on average over where it is clipped.
const EXCESS = Math.sqrt(2 / Math.PI);

// The cue with its pixels at 0 and 1 moved out by √(2/π) σ, to where noise would have put them; σ is
// the deviation of the pixels in between from the nearest pattern by absolute distance. The cue
// itself where nothing was clipped, or there is no noise.
export function unclipped(patterns, cue) {
  const known = knownIndices(cue);
  const between = known.filter((i) => cue[i] > 0 && cue[i] < 1);
  if (between.length === known.length || between.length === 0) return cue;
  const pattern = patterns.pattern(patterns.nearestByMagnitude(cue));
  const squares = between.reduce((sum, i) => sum + (cue[i] - pattern[i] / 255) ** 2, 0);
  const deviation = Math.sqrt(squares / between.length);
  if (deviation < ROUNDING) return cue;
  return cue.map((level) => {
    if (level <= 0) return level - EXCESS * deviation;
    return level >= 1 ? level + EXCESS * deviation : level;
  });
}

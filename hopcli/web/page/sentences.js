// A sentence about a frame.
import { counted, shortNumber, shortened, signed } from "./numbers.js";

// `patterns` names patterns; `hot` is whether the temperature is above 0, `given` the picture that
// the visitor gave.
export function sentenceOf({ frames, position, settings, given }, memory, patterns, running, hot) {
  const frame = frames[position];
  const called = (index) => {
    const label = patterns.label(index);
    return shortened(patterns.name(index)) + (label === null ? "" : ` (${shortened(label)})`);
  };
  const { index, overlap } = frame.nearest[0];
  const labelled = () => {
    const best = frame.labels.reduce((a, share, label, all) => (share > all[a] ? label : a), 0);
    return `${memory.labelNames[best]}, ${(100 * frame.labels[best]).toFixed(1)} %`;
  };
  const first = frames[0];
  if (frame.outcome !== null && settings.clamp === "picture") {
    return `The picture is clamped, and the labels have settled: ${labelled()}.`;
  }
  if (frame.outcome !== null) {
    const work = `${counted(frame.sweeps, settings.update === "sync" || memory.mode !== "binary" ? "step" : "sweep")}`;
    const path = `${work}, overlap ${signed(first.nearest.find((one) => one.index === index)?.overlap ?? first.nearest[0].overlap)} → ${signed(overlap)}`;
    return {
      memory: `It is ${called(index)}: ${path}.`,
      inverse: `It became the negative of ${called(frame.inverse ?? index)}, which is a minimum too. Try the energy ${memory.energy}.`,
      spurious: `A spurious minimum, never stored, nearest to ${called(index)}: ${path}. ${remedy(settings, memory)}`,
      cycle: `Two states alternate without end, nearest to ${called(index)}. Update one neuron at a time, and it always settles.`,
    }[frame.outcome];
  }
  if (frame.time === 0) {
    const unknown = given.known.reduce((sum, known) => sum + 1 - known, 0);
    const pixels = given.known.length;
    if (settings.clamp === "label") {
      return `The label ${memory.labelNames[settings.label]} is clamped. Press Run, and a picture of it forms.`;
    }
    if (settings.clamp === "picture") return "The picture is clamped. Press Run, and its label is found.";
    if (unknown === pixels) return "Nothing of the picture is known. Paint something, or choose a memory.";
    if (overlap > 0.9999 && unknown === 0) {
      return `This is ${called(index)}. Damage it: paint on it, erase some of it or add noise. Then press Run.`;
    }
    const hidden = unknown ? `${unknown.toLocaleString("en")} of ${counted(pixels, "pixel")} are unknown. ` : "";
    return `${hidden}The nearest memory is ${called(index)}, overlap ${signed(overlap)}. Press Run to recall.`;
  }
  if (settings.clamp === "picture") return `The labels settle: ${labelled()}.`;
  if (hot) {
    return `At this temperature the state fluctuates, ${overlap > 0.5 ? "near" : "nearest to"} ${called(index)}, overlap ${signed(overlap)}.`;
  }
  const before = frames[Math.max(0, position - 8)];
  const was = before.nearest.find((one) => one.index === index)?.overlap ?? 0;
  const falls = frame.energy !== null && before.energy !== null && frame.energy < before.energy - 1e-9;
  const moving = running ? (falls ? "Falling towards" : "Settling near") : "On its way to";
  const how = overlap > was + 0.005 ? " and rising" : "";
  return `${moving} ${called(index)}: overlap ${signed(overlap)}${how}, energy ${frame.energy === null ? "infinite" : shortNumber(frame.energy)}.`;
}

// What to try after a spurious minimum.
function remedy(settings, memory) {
  if (settings.clamp === "label") return "Try a larger β.";
  const { parameters } = memory.energies.find(({ name }) => name === settings.energy);
  const larger = parameters.map(({ name }) => (name === "beta" ? "β" : name)).join(" or ");
  const other = settings.energy === memory.energy ? "less damage" : `the energy ${memory.energy}`;
  return larger ? `Try a larger ${larger}, or ${other}.` : `Try ${other}.`;
}

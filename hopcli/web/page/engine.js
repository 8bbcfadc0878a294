// The engine: what the page asks of whoever runs the network.
//
// There are two, and both give the same frames: ServerEngine (server-engine.js) asks hopcli over
// HTTP, LocalEngine (local-engine.js, in exported pages) computes in the page itself. The page is
// started by `start(engine)` of page.js, in main.js here and in an exported page by its own script.
//
// An engine is an object with these methods, all of which return promises, and reject with an Error
// whose message is one line to be shown. Calls of one page are answered in their order.
//
//   describe()                → Memory     once, before all else
//   picture(index)            → Pattern    any stored pattern, in full
//   decode(blob)              → Picture    a file of the visitor's, fitted to the memory
//   start(picture, settings)  → Frame      a new run; this is its frame 0, the cue's own
//   step(visits, temperature) → Frame      the next one
//
// Memory = {
//   name,               what the memory is called, as "letters.npz"
//   mode,               "binary" | "gray" | "rgb"
//   height, width, channels,   channels is 3 in rgb, else 1
//   neurons,            N = height · width · channels
//   patterns,           K
//   labelNames,         [string], empty if there are no labels
//   energies,           what Settings.energy may be: ["classical", "poly", "exp"] in binary, else
//                       ["lse"]; the default is the last one
//   betas: {recall, label, picture},   what beta auto is with Settings.clamp nothing, label, picture
//                       (null for label and picture where these cannot be clamped: without labels,
//                       or in binary memories too large to be worked with as levels; 0 where it takes
//                       long, and is worked out when it is needed). In binary recall is 1.
//   rule,               by which rule weights were learned that classical goes by, or null: Hebb's
//   temperatures,       whether step takes a temperature above 0 (binary memories, async only)
//   listed,             [{index, name, label}]: the patterns that are shown, all of them up to the
//                       engine's limit, else spread evenly; label is an index into labelNames or −1
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
//   energy,             one of Memory.energies
//   degree,             of poly, 2 … 30
//   beta,               a number above 0, or null for auto
//   update,             "async" | "sync", for binary
//   order,              "random" | "sequential", for async
//   clamp,              "nothing" | "label" | "picture"; the latter two where there are labels
//   label,              the index of the label that is clamped
//   seed,               a whole number from 0
// }
//
// Frame = {
//   state: Picture,     known is 0 where a neuron has not been visited yet since it was unknown
//   energy,             a number, in the scale of `hop recall`
//   time,               visits/N in async, else steps; 0 for frame 0
//   sweeps,             sweeps that are done; a step is one
//   flips,              changes of neurons so far, an unknown one that is filled too, as `hop recall`
//                       counts them; of levels, those off by half a byte's level or more from frame 0
//   nearest,            [{index, overlap}], at most 5 patterns, the largest overlap first, of equal
//                       ones the lower index first: (1/known) Σ ξ s over known neurons, in gray and
//                       rgb, and wherever a label or the picture is clamped, the cosine of the
//                       mean-free pictures. Names are asked by picture(index).
//   point,              [x, y] in the plane, of levels 0 to 1; unknown neurons are at the patterns' mean
//   labels,             [number] for each label, or null without labels or in a binary run with
//                       nothing clamped: the share of the memory neurons' weight that is with
//                       the label's patterns, adding up to 1 (what `hop classify` calls probability)
//   outcome,            null in frame 0 and on the way, else "memory" | "inverse" | "spurious" | "cycle": it has
//                       settled, and step(…, 0) gives this frame again. It is about the first of
//                       nearest, or in "inverse" about the pattern `inverse`.
//   inverse,            in outcome "inverse" the index of the pattern that this is the negative of,
//                       else null
// }
// What is said about a frame in words is the page's own affair (sentences.js).
//
// What runs
// - Binary, nothing clamped. Async: step(visits) visits so many neurons more, but not beyond the end
//   of the sweep, so that every sweep ends in a frame. The order is 0 … N − 1, or a new permutation
//   for each sweep from the seed (each engine has its own generator: only sequential order is the
//   same in both). A neuron takes the sign of its field; in a tie it keeps its state, or becomes +1
//   if it was unknown. A sweep in which nothing changed settles it. Sync: one step of all neurons;
//   settled if nothing changed, a cycle if the state is that of two steps before. At a temperature
//   T above 0 a neuron is +1 with probability 1/(1 + exp(−ΔE/T)), and nothing ever settles; the
//   temperature may be another one at every step, and a settled state goes on at T above 0.
//   Outcome: overlap N is a memory, −N with any pattern an inverse, else spurious.
// - Gray and rgb, nothing clamped: the energy of `hop recall`, x and z, with label neurons y beside
//   them where there are labels (picture, label and memory, λ = 1.5, y from 0; patterns without a
//   label take part). Unknown pixels start at what the known ones lead to expect, β scaled by
//   N/known (with none known: at the mean of all patterns), which is what frame 0 shows already as
//   known. Each step is x ← x + 0.2 · force (y too; z always equilibrated), halved until the energy
//   does not rise. Settled when no force is above 1e-3, or where no step lowers the energy.
//   A memory is off by less than 2/255 on average, else it is spurious.
// - Label clamped, any mode (a binary memory as levels 0 and 1): `hop generate` from the picture
//   that is given, x beginning as uniform noise where it is unknown; λ = N/2, y held at 50; the
//   memory neurons begin with one of the label's patterns put first by chance, and are 10 times
//   slower than the picture for the first 60 steps of 0.1, and equilibrated in those of 0.2 that
//   follow. Settled as above, but not before these 60.
// - Picture clamped, any mode: `hop classify`, λ = 1.5: the picture does not move, the label neurons
//   do, in steps of 0.2. Distances are over known pixels, times N/known (of ±1 in a binary memory),
//   less the least of them. Only labelled patterns take part. Settled as above. outcome is "memory" if the picture is one, else "spurious".
//
// How modules are written, so that `hop demo --export` can put them into one script: each module
// imports in single lines of the form `import { a, b } from "./module.js";` at its top, exports by
// `export` before a declaration, and no two modules have a top-level name in common. index.html
// loads style.css and main.js; main.js and server-engine.js are not part of an exported page.

// The methods above, to see that an engine has them all.
export const ENGINE_METHODS = ["describe", "picture", "decode", "start", "step"];

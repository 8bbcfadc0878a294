// The trajectory of a state: its frames so far, and the engine that adds to them.
//
// The engine answers one question at a time. Of new pictures that arrive meanwhile (painting sends
// many a second), only the last one is run.

// Most bytes of states and most frames that are kept; beyond, every second frame of the older half is
// dropped.
const MOST_BYTES = 2 ** 26;
const MOST_FRAMES = 4000;

export class Trajectory {
  // `changed()` is called when there is something new to see, `failed(error)` if it went wrong.
  constructor(engine, memory, changed, failed) {
    this.engine = engine;
    this.changed = changed;
    this.failed = failed;
    this.most = Math.max(100, Math.min(MOST_FRAMES, Math.floor(MOST_BYTES / memory.neurons)));
    this.frames = [];
    this.position = 0;
    this.settings = null;
    this.given = null;
    this.waiting = null;
    this.busy = false;
    // Whether a step failed, so that the engine must start again from the last frame.
    this.lost = false;
    // The number of trajectories so far.
    this.runs = 0;
    // The counts of the frame from which a run was continued.
    this.before = { time: 0, sweeps: 0, flips: 0 };
  }

  get frame() {
    return this.frames[this.position] ?? null;
  }

  get atEnd() {
    return this.position === this.frames.length - 1;
  }

  // Begins a new trajectory from a picture.
  begin(picture, settings) {
    this.waiting = { picture, settings };
    if (!this.busy) this.#start();
  }

  go(position) {
    this.position = Math.max(0, Math.min(this.frames.length - 1, position));
    this.changed();
  }

  // Adds a frame after the shown one; later frames are dropped.
  async advance(visits, temperature) {
    if (this.busy || this.frame === null) return;
    this.busy = true;
    try {
      if (!this.atEnd || this.lost) {
        const { state, time, sweeps, flips } = this.frame;
        const picture = this.position === 0 ? this.given : state;
        this.frames.length = this.position + 1;
        this.before = { time, sweeps, flips };
        await this.engine.start(picture, this.settings);
        this.lost = false;
      }
      const frame = await this.engine.step(visits, temperature);
      if (this.waiting === null) this.#add(frame);
    } catch (error) {
      this.lost = true;
      this.failed(error);
    }
    this.busy = false;
    if (this.waiting !== null) this.#start();
  }

  async #start() {
    const { picture, settings } = this.waiting;
    this.waiting = null;
    this.busy = true;
    try {
      const frame = await this.engine.start(picture, settings);
      this.settings = settings;
      this.given = picture;
      this.before = { time: 0, sweeps: 0, flips: 0 };
      this.frames = [frame];
      this.lost = false;
      this.position = 0;
      this.runs += 1;
      this.changed();
    } catch (error) {
      this.failed(error);
    }
    this.busy = false;
    if (this.waiting !== null) this.#start();
  }

  #add(frame) {
    for (const name of ["time", "sweeps", "flips"]) frame[name] += this.before[name];
    this.frames.push(frame);
    if (this.frames.length > this.most) {
      const half = this.frames.length >> 1;
      this.frames = this.frames.filter((_, index) => index === 0 || index > half || index % 2);
    }
    this.position = this.frames.length - 1;
    this.changed();
  }
}

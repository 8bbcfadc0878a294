// The way of a state: its frames so far, and the engine that adds to them.
//
// Only one question is with the engine at a time. What a visitor asks for while one is (painting
// does so many times a second) waits, and only the last of it is asked then.

// Bytes of states that are kept, and frames; every second one of the older half goes if it is more.
const MOST_BYTES = 2 ** 26;
const MOST_FRAMES = 4000;

export class Way {
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
    // Whether the engine has lost where it was: a server forgets tabs that rest.
    this.lost = false;
    // How many ways there have been.
    this.begun = 0;
    // What the frames of a run that was taken up on the way are counted on from.
    this.before = { time: 0, sweeps: 0, flips: 0 };
  }

  get frame() {
    return this.frames[this.position] ?? null;
  }

  get atEnd() {
    return this.position === this.frames.length - 1;
  }

  // A new way from a picture.
  begin(picture, settings) {
    this.waiting = { picture, settings };
    if (!this.busy) this.#turn();
  }

  go(position) {
    this.position = Math.max(0, Math.min(this.frames.length - 1, position));
    this.changed();
  }

  // One frame more, from where the visitor is; what was ahead of it is forgotten.
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
    if (this.waiting !== null) this.#turn();
  }

  async #turn() {
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
      this.begun += 1;
      this.changed();
    } catch (error) {
      this.failed(error);
    }
    this.busy = false;
    if (this.waiting !== null) this.#turn();
  }

  #add(frame) {
    for (const name of ["time", "sweeps", "flips"]) frame[name] += this.before[name];
    this.frames.push(frame);
    if (this.frames.length > this.most) {
      const half = this.frames.length >> 1;
      this.frames = this.frames.filter((_, place) => place === 0 || place > half || place % 2);
    }
    this.position = this.frames.length - 1;
    this.changed();
  }
}

// The page: what is on it, and what happens when.
import { LabelBars, NearestBars, PatternStore } from "./bars.js";
import { EnergyChart, PlaneChart } from "./charts.js";
import { Controls } from "./controls.js";
import { erased, halfHidden, noisy, onlyNoise } from "./damage.js";
import { PaintCanvas } from "./paint-canvas.js";
import { Gallery } from "./gallery.js";
import { counted, shortNumber } from "./numbers.js";
import { whenShadesChange } from "./pixels.js";
import { sentenceOf } from "./sentences.js";
import { linkOf, ofLink } from "./sharing.js";
import { Trajectory } from "./trajectory.js";

// By the position of the speed slider: the number of frames of a sweep, and the milliseconds between
// steps.
const PARTS_OF_A_SWEEP = [512, 256, 128, 64, 32, 16, 8, 1];
const STEP_MILLISECONDS = [600, 300, 150, 75, 40, 25, 16, 0];
// Least milliseconds between sentences that are read aloud.
const HEARD_MILLISECONDS = 4000;
// What is said of a file on a page that no server serves.
const WITHOUT_ALIGNMENT =
  "This page compares pictures as they are, neither moved nor turned, so it cannot tell whether the picture is a stored one; hop recall can.";
// Milliseconds for which a note is shown.
const NOTED_MILLISECONDS = 10_000;

export async function start(engine) {
  try {
    const page = new Page(engine, await engine.describe());
    await page.open();
  } catch (error) {
    document.getElementById("sentence").textContent = error.message;
  }
}

class Page {
  constructor(engine, memory) {
    this.engine = engine;
    this.memory = memory;
    this.running = false;
    this.drawn = false;
    this.asked = false;
    this.lastStep = 0;
    this.heardAt = 0;
    this.fields = {};
    for (const field of document.querySelectorAll("[id]")) this.fields[field.id] = field;
    const redraw = () => this.redraw();
    this.patterns = new PatternStore(engine, memory, redraw);
    this.trajectory = new Trajectory(engine, memory, redraw, (error) => this.fail(error));
    this.controls = new Controls(memory, () => this.begin(this.trajectory.given), () => this.heat());
    this.canvas = new PaintCanvas(memory, () => this.brush, (picture) => this.paint(picture));
    this.energy = new EnergyChart();
    this.plane = new PlaneChart(memory, this.patterns, (index) => this.choose(index));
    this.nearest = new NearestBars(memory, this.patterns);
    this.labels = new LabelBars(memory);
    this.gallery = new Gallery(memory, this.patterns, (index) => this.choose(index));
    this.#describe();
    this.#listen();
    whenShadesChange(redraw);
    addEventListener("resize", redraw);
  }

  async open() {
    if (!(await this.restore())) await this.choose(this.memory.listed[0].index);
    this.fields.main.setAttribute("aria-busy", "false");
  }

  #describe() {
    const { memory, fields } = this;
    const size = `${memory.width}×${memory.height}`;
    const kinds = { binary: "black and white", gray: "grey", rgb: "coloured" };
    const what = `${counted(memory.patterns, "pattern")} of ${size}, ${kinds[memory.mode]}`;
    fields.about.textContent = `${memory.name}: ${what}`;
    fields.coloured.hidden = fields.colour.hidden = memory.mode === "binary";
    if (memory.mode === "gray") {
      fields.coloured.querySelector("span").textContent = "Grey";
      fields.colour.value = "#808080";
    }
    const side = Math.min(memory.width, memory.height);
    const size0 = Math.max(1, Math.round(side / 9));
    fields["brush-size"].max = Math.max(1, Math.round(side / 3));
    fields["brush-size"].step = 1;
    fields["brush-size"].value = size0;
  }

  get brush() {
    const kind = document.querySelector("input[name=brush]:checked").value;
    return { kind, colour: this.fields.colour.value, size: Number(this.fields["brush-size"].value) };
  }

  get isStepped() {
    const { update, clamp } = this.trajectory.settings;
    return this.memory.mode !== "binary" || clamp !== "nothing" || update === "sync";
  }

  get isOver() {
    const { frame, atEnd } = this.trajectory;
    return frame !== null && atEnd && frame.outcome !== null && this.controls.temperature === 0;
  }

  #listen() {
    const { fields, trajectory, memory } = this;
    const on = (id, does, name = "click") => fields[id].addEventListener(name, does);
    on("run", () => (this.running ? this.pause() : this.run()));
    on("step", () => {
      this.pause();
      this.advance();
    });
    on("trajectory", () => {
      this.pause();
      trajectory.go(Number(fields.trajectory.value));
    }, "input");
    on("hide-half", () => this.change(halfHidden));
    on("add-noise", () => this.change((picture) => noisy(picture, memory, fields.noise.value / 100)));
    on("noise", () => (fields["noise-said"].textContent = `${fields.noise.value} %`), "input");
    on("from-noise", () => this.change(() => onlyNoise(memory)));
    on("erase-all", () => this.change(() => erased(memory)));
    on("colour", () => (document.querySelector("input[name=brush][value=colour]").checked = true), "input");
    on("open", () => fields.file.click());
    on("file", () => {
      this.read(fields.file.files[0]);
      fields.file.value = "";
    }, "change");
    on("share", () => this.share());
    addEventListener("hashchange", () => this.restore());
    const dropping = (is) => document.body.classList.toggle("dropping", is);
    addEventListener("dragover", (event) => {
      event.preventDefault();
      dropping(true);
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) dropping(false);
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      dropping(false);
      this.read(event.dataTransfer.files[0]);
    });
  }

  // A picture as it is now: the frame that is shown, or what has just been painted over it.
  get picture() {
    return this.painting ?? this.trajectory.frame?.state ?? erased(this.memory);
  }

  begin(picture) {
    this.pause();
    this.note("");
    this.match("");
    this.trajectory.begin(picture ?? erased(this.memory), this.controls.settings);
  }

  change(how) {
    const shown = this.trajectory.position === 0 ? (this.trajectory.given ?? this.picture) : this.picture;
    this.begin(how(this.painting ?? shown, this.memory));
  }

  paint(picture) {
    this.painting = picture;
    this.canvas.show(picture);
    this.begin(picture);
  }

  async choose(index) {
    try {
      const { levels } = await this.engine.picture(index);
      const known = new Uint8Array(this.memory.height * this.memory.width).fill(1);
      this.begin({ levels, known });
    } catch (error) {
      this.fail(error);
    }
  }

  async read(file) {
    if (!file) return;
    this.pause();
    try {
      this.begin(await this.engine.decode(file));
      const given = this.trajectory.given;
      const found = await this.engine.align(file);
      // Meanwhile another picture may have been begun.
      if (this.trajectory.given !== given) return;
      if (found?.match && found.match !== "none") this.begin({ levels: found.levels, known: found.known });
      this.match(found?.sentence ?? WITHOUT_ALIGNMENT);
    } catch (error) {
      this.fail(error);
    }
  }

  run() {
    if (this.trajectory.frame === null) return;
    // From its end it goes back to the cue.
    if (this.isOver) this.begin(this.trajectory.given);
    this.running = true;
    this.fields.run.textContent = "Pause";
    this.redraw();
  }

  pause() {
    this.running = false;
    this.fields.run.textContent = "Run";
    this.redraw();
  }

  heat() {
    this.redraw();
  }

  advance() {
    const speed = Number(this.fields.speed.value);
    const visits = Math.max(1, Math.round(this.memory.neurons / PARTS_OF_A_SWEEP[speed]));
    return this.trajectory.advance(visits, this.controls.temperature);
  }

  fail(error) {
    this.pause();
    this.note(error.message);
  }

  // Says which stored picture a file shows, and how sure that is.
  match(text) {
    this.fields.match.textContent = text;
    this.fields.match.hidden = text === "";
  }

  note(text) {
    clearTimeout(this.noted);
    if (this.fields.note.textContent !== text) this.fields.note.textContent = text;
    if (text !== "") this.noted = setTimeout(() => this.note(""), NOTED_MILLISECONDS);
  }

  async share() {
    const { settings, temperature } = this.controls;
    const link = await linkOf(this.memory, this.trajectory.given, { settings, temperature });
    history.replaceState(null, "", `#${link}`);
    try {
      await navigator.clipboard.writeText(location.href);
      this.note("The link is copied: it opens this page with this picture and these settings.");
    } catch {
      this.note("The link is in the address bar: it holds this picture and these settings.");
    }
  }

  // Whether there was a link, and it was taken over.
  async restore() {
    const fragment = location.hash.slice(1);
    if (fragment === "") return false;
    try {
      const { picture, plain } = await ofLink(this.memory, fragment);
      this.controls.take(plain.settings, plain.temperature);
      this.begin(picture);
      return true;
    } catch (error) {
      if (this.trajectory.frame === null) await this.choose(this.memory.listed[0].index);
      this.fail(error);
      return true;
    }
  }

  // Frames are drawn when the screen is, and asked for when it has been.
  redraw() {
    this.drawn = false;
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame((now) => {
      this.asked = false;
      this.#tick(now);
    });
  }

  #tick(now) {
    if (this.running && !this.trajectory.busy && this.trajectory.waiting === null) {
      if (this.isOver) {
        this.pause();
      } else {
        const speed = Number(this.fields.speed.value);
        if (!this.isStepped || now - this.lastStep >= STEP_MILLISECONDS[speed] - 4) {
          this.lastStep = now;
          this.advance();
        }
      }
    }
    if (!this.drawn) this.#draw(now);
    if (this.running) {
      const { drawn } = this;
      this.redraw();
      this.drawn = drawn;
    }
  }

  #draw(now) {
    const { trajectory, fields, memory } = this;
    const frame = trajectory.frame;
    this.drawn = true;
    if (frame === null) return;
    const { frames, position } = trajectory;
    if (trajectory.waiting === null && !(trajectory.busy && this.painting)) this.painting = null;
    // In frame 0 what is unknown is shown as it was given, even where the network has filled it.
    this.canvas.show(this.painting ?? (position === 0 ? trajectory.given : frame.state));
    const unit = this.isStepped ? "steps" : "sweeps";
    this.energy.draw(frames, position, unit);
    this.plane.draw(frames, position);
    this.nearest.draw(frame);
    this.labels.draw(frame);
    this.gallery.mark(frame.nearest[0].index);
    fields.trajectory.max = frames.length - 1;
    fields.trajectory.value = position;
    const sweeps = shortNumber(Number(frame.time.toFixed(2)));
    fields.when.textContent = `${sweeps} ${unit}`;
    fields.trajectory.setAttribute("aria-valuetext", fields.when.textContent);
    const hot = this.controls.temperature > 0;
    const said = sentenceOf(trajectory, memory, this.patterns, this.running, hot);
    fields.sentence.textContent = said;
    // For who drives the page by script.
    document.body.dataset.runs = trajectory.runs;
    document.body.dataset.outcome = frame.outcome ?? "";
    document.body.dataset.nearest = this.patterns.name(frame.nearest[0].index);
    this.#hear(said, now, frame.outcome !== null || !this.running);
  }

  // What a screen reader is told: ends and pauses soon, what changes with every frame now and then.
  #hear(said, now, rests) {
    clearTimeout(this.hearing);
    const wait = rests ? 300 : Math.max(0, this.heardAt + HEARD_MILLISECONDS - now);
    this.hearing = setTimeout(() => {
      this.heardAt = performance.now();
      if (this.fields.heard.textContent !== said) this.fields.heard.textContent = said;
    }, wait);
  }
}

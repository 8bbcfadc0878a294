// Bar charts of the nearest memories and of the labels.
import { signed } from "./numbers.js";
import { paintLevels } from "./pixels.js";

const MOST_NEAREST = 5;
const MOST_LABELS = 6;

function barRow(list, pictured) {
  const row = document.createElement("li");
  const parts = { row };
  if (pictured) {
    parts.canvas = document.createElement("canvas");
    parts.canvas.width = parts.canvas.height = 1;
    parts.canvas.setAttribute("aria-hidden", "true");
    row.append(parts.canvas);
  }
  for (const name of ["name", "value"]) {
    parts[name] = document.createElement("span");
    parts[name].className = name;
    row.append(parts[name]);
  }
  const track = document.createElement("span");
  track.className = "track";
  parts.bar = document.createElement("span");
  parts.bar.className = "bar";
  parts.bar.style.display = "block";
  track.append(parts.bar);
  row.append(track);
  list.append(row);
  return parts;
}

function setBar(parts, name, value, length) {
  if (parts.name.textContent !== name) {
    parts.name.textContent = name;
    parts.name.title = name;
  }
  if (parts.value.textContent !== value) parts.value.textContent = value;
  parts.bar.style.transform = `scaleX(${Math.min(1, Math.abs(length))})`;
  parts.bar.classList.toggle("against", length < 0);
}

export class NearestBars {
  // `patterns` knows names and pictures of patterns.
  constructor(memory, patterns) {
    this.patterns = patterns;
    const list = document.getElementById("nearest");
    const count = Math.min(MOST_NEAREST, memory.patterns);
    this.rows = Array.from({ length: count }, () => barRow(list, true));
  }

  draw(frame) {
    frame.nearest.forEach(({ index, overlap }, position) => {
      const parts = this.rows[position];
      setBar(parts, this.patterns.name(index), signed(overlap), overlap);
      if (parts.index !== index && this.patterns.draw(parts.canvas, index)) parts.index = index;
    });
  }
}

export class LabelBars {
  constructor(memory) {
    this.names = memory.labelNames;
    document.getElementById("labels-part").hidden = this.names.length === 0;
    const list = document.getElementById("labels");
    const count = Math.min(MOST_LABELS, this.names.length);
    this.rows = Array.from({ length: count }, () => barRow(list, false));
  }

  draw(frame) {
    const order = this.names.map((_, label) => label);
    const shares = frame.labels;
    // With few labels each keeps its row.
    if (shares !== null && order.length > MOST_LABELS) {
      order.sort((a, b) => shares[b] - shares[a] || a - b);
    }
    this.rows.forEach((parts, position) => {
      const name = this.names[order[position]];
      // Without label neurons there are no shares.
      if (shares === null) setBar(parts, name, "–", 0);
      else setBar(parts, name, shares[order[position]].toFixed(2), shares[order[position]]);
    });
  }
}

// Names and pictures of patterns; those of patterns that are not listed are asked of the engine.
export class PatternStore {
  constructor(engine, memory, arrived) {
    this.engine = engine;
    this.memory = memory;
    this.arrived = arrived;
    this.positions = new Map(memory.listed.map(({ index }, position) => [index, position]));
    this.others = new Map();
  }

  name(index) {
    const position = this.positions.get(index);
    if (position !== undefined) return this.memory.listed[position].name;
    return this.#other(index)?.name ?? `pattern ${index}`;
  }

  label(index) {
    const position = this.positions.get(index);
    const found = position === undefined ? this.#other(index) : this.memory.listed[position];
    return found && found.label >= 0 ? this.memory.labelNames[found.label] : null;
  }

  // Draws a pattern; returns false if its picture has not arrived yet.
  draw(canvas, index) {
    const position = this.positions.get(index);
    if (position !== undefined) {
      this.drawThumbnail(canvas, position);
      return true;
    }
    const found = this.#other(index);
    if (found) paintLevels(canvas, this.memory, found.levels);
    return Boolean(found);
  }

  drawThumbnail(canvas, position) {
    const { height, width, levels } = this.memory.thumbnails;
    const size = height * width * this.memory.channels;
    const part = levels.subarray(position * size, (position + 1) * size);
    paintLevels(canvas, { height, width, channels: this.memory.channels }, part);
  }

  #other(index) {
    if (!this.others.has(index)) {
      this.others.set(index, null);
      this.engine.picture(index).then((pattern) => {
        this.others.set(index, pattern);
        this.arrived();
      }, () => this.others.delete(index));
    }
    return this.others.get(index);
  }
}

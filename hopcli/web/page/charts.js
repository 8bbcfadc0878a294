// The energy over time, and the trajectory in the plane of the memories.
import { shortNumber, shortened, signed } from "./numbers.js";
import { clearedChart, shade } from "./pixels.js";

// Distance in pixels at which the pointer is on a point.
const CLOSE = 14;

export class EnergyChart {
  constructor() {
    this.canvas = document.getElementById("energy-chart");
    this.now = document.getElementById("energy-now");
  }

  // `unit` is what the time is counted in: sweeps or steps.
  draw(frames, position, unit) {
    const { context, width, height } = clearedChart(this.canvas);
    const points = frames.filter((frame) => frame.energy !== null);
    const frame = frames[position];
    this.now.textContent = frame.energy === null ? "" : shortNumber(frame.energy);
    if (points.length === 0) return;
    const energies = points.map((point) => point.energy);
    const low = energies.reduce((a, b) => Math.min(a, b));
    const high = energies.reduce((a, b) => Math.max(a, b));
    const last = Math.max(points[points.length - 1].time, 1);
    const pad = { left: 8, right: 12, top: 20, bottom: 22 };
    const across = (time) => pad.left + (time / last) * (width - pad.left - pad.right);
    const down = (energy) => {
      const part = high > low ? (high - energy) / (high - low) : 0.5;
      return pad.top + part * (height - pad.top - pad.bottom);
    };
    context.strokeStyle = shade("--line");
    context.lineWidth = 1;
    for (const level of high > low ? [high, low] : [high]) {
      context.beginPath();
      context.moveTo(pad.left, Math.round(down(level)) + 0.5);
      context.lineTo(width - pad.right, Math.round(down(level)) + 0.5);
      context.stroke();
    }
    context.fillStyle = shade("--soft");
    context.textAlign = "right";
    context.fillText(shortNumber(high), width - pad.right, down(high) - 6);
    if (high > low) {
      context.textAlign = "left";
      context.fillText(shortNumber(low), pad.left, down(low) - 6);
    }
    context.textAlign = "left";
    context.fillText("0", pad.left, height - 5);
    context.textAlign = "right";
    context.fillText(`${shortNumber(last)} ${last === 1 ? unit.slice(0, -1) : unit}`, width - pad.right, height - 5);
    context.strokeStyle = shade("--warm");
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.beginPath();
    for (const point of points) context.lineTo(across(point.time), down(point.energy));
    context.stroke();
    if (frame.energy !== null) dot(context, across(frame.time), down(frame.energy), 4.5, shade("--warm"));
    const from = shortNumber(energies[0]);
    const label = `Energy ${this.now.textContent} after ${shortNumber(frame.time)} ${unit}, from ${from}`;
    this.canvas.setAttribute("aria-label", label);
  }
}

export class PlaneChart {
  // `patterns` knows names and pictures of patterns; `chosen(index)` is called for a point.
  constructor(memory, patterns, chosen) {
    this.canvas = document.getElementById("plane-chart");
    this.pointed = document.getElementById("pointed");
    this.picture = document.getElementById("pointed-picture");
    this.memory = memory;
    this.patterns = patterns;
    this.points = [];
    this.canvas.addEventListener("pointermove", (event) => this.#point(this.#near(event)));
    this.canvas.addEventListener("pointerleave", () => this.#point(null));
    this.canvas.addEventListener("click", (event) => {
      const near = this.#near(event);
      if (near !== null) chosen(memory.listed[near].index);
    });
    const [first, second] = memory.plane.shares.map((share) => `${Math.round(100 * share)}\u00a0%`);
    document.getElementById("plane-said").textContent =
      `First two principal components: ${first} and ${second} of the memories’ variance.`;
    this.box = boxOf(memory.plane.points);
  }

  draw(frames, position) {
    const { context, width, height } = clearedChart(this.canvas);
    const points = this.memory.plane.points;
    const box = { ...this.box };
    for (const { point } of frames) stretch(box, point[0], point[1]);
    const scale = Math.min((width - 32) / (box.right - box.left), (height - 40) / (box.top - box.bottom));
    const middle = [(box.left + box.right) / 2, (box.bottom + box.top) / 2];
    const onCanvas = (x, y) => [width / 2 + scale * (x - middle[0]), height / 2 - scale * (y - middle[1])];

    context.fillStyle = shade("--dot");
    context.globalAlpha = points.length > 400 ? 0.6 : 0.85;
    this.points = [];
    for (let pattern = 0; pattern < points.length; pattern += 2) {
      const [x, y] = onCanvas(points[pattern], points[pattern + 1]);
      this.points.push([x, y]);
      context.beginPath();
      context.arc(x, y, points.length > 400 ? 2 : 3, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    context.strokeStyle = shade("--accent");
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.lineCap = "round";
    context.beginPath();
    for (const { point } of frames.slice(0, position + 1)) context.lineTo(...onCanvas(...point));
    context.stroke();
    const [startX, startY] = onCanvas(...frames[0].point);
    context.beginPath();
    context.arc(startX, startY, 4, 0, 2 * Math.PI);
    context.fillStyle = shade("--panel");
    context.fill();
    context.stroke();

    const frame = frames[position];
    const nearest = frame.nearest[0];
    const listed = this.memory.listed.findIndex(({ index }) => index === nearest.index);
    const said = `The state is nearest to ${this.patterns.name(nearest.index)}, overlap ${signed(nearest.overlap)}`;
    if (listed >= 0) {
      const [x, y] = onCanvas(points[2 * listed], points[2 * listed + 1]);
      context.lineWidth = 1.5;
      context.strokeStyle = shade("--ink");
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.stroke();
      this.#name(context, this.patterns.name(nearest.index), x, y, width);
    }
    dot(context, ...onCanvas(...frame.point), 5, shade("--accent"));
    this.canvas.setAttribute("aria-label", said);
  }

  // The listed pattern whose point is under the pointer, or null.
  #near(event) {
    let [found, least] = [null, CLOSE];
    this.points.forEach(([x, y], listed) => {
      const away = Math.hypot(x - event.offsetX, y - event.offsetY);
      if (away < least) [found, least] = [listed, away];
    });
    return found;
  }

  #point(listed) {
    this.pointed.hidden = listed === null;
    this.canvas.style.cursor = listed === null ? "" : "pointer";
    if (listed === null) return;
    this.patterns.drawThumbnail(this.picture, listed);
    const [x, y] = this.points[listed];
    this.pointed.style.left = `${Math.max(40, Math.min(this.canvas.clientWidth - 40, x))}px`;
    this.pointed.style.top = `${Math.max(90, y)}px`;
  }

  #name(context, name, x, y, width) {
    const short = shortened(name, 28);
    const room = context.measureText(short).width;
    const left = Math.max(4, Math.min(width - room - 4, x - room / 2));
    const base = y < 28 ? y + 22 : y - 13;
    context.lineWidth = 4;
    context.strokeStyle = shade("--panel");
    context.textAlign = "left";
    context.strokeText(short, left, base);
    context.fillStyle = shade("--ink");
    context.fillText(short, left, base);
  }
}

function dot(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = shade("--panel");
  context.stroke();
}

function boxOf(points) {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let pattern = 0; pattern < points.length; pattern += 2) {
    stretch(box, points[pattern], points[pattern + 1]);
  }
  // Room for a single pattern, or copies of one.
  stretch(box, box.left - 0.5, box.bottom - 0.5);
  stretch(box, box.right + 0.5, box.top + 0.5);
  return box;
}

function stretch(box, x, y) {
  box.left = Math.min(box.left, x);
  box.right = Math.max(box.right, x);
  box.bottom = Math.min(box.bottom, y);
  box.top = Math.max(box.top, y);
}

// The engine as the page has it: engine.js in a worker, so that the page stays smooth however long a
// step takes. Methods are those of the engine; questions are answered in their order.
import { unpacked } from "./messages.js";

export class EngineClient {
  // `script` is the worker's, as text, since browsers load none from a file beside a page that was
  // opened from the disk; `memory` a message in base64, or "" to fetch it from the page's server.
  constructor(script, memory) {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.worker = new Worker(address);
    this.waiting = [];
    this.worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.waiting.shift();
      if (data.error === undefined) resolve(data.value);
      else reject(new Error(data.error));
    };
    this.worker.onerror = (event) => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(event.message));
    };
    this.embedded = memory;
    this.beta = null;
  }

  async describe() {
    const memory = this.embedded || (await fetched("memory"));
    this.embedded = this.embedded && "embedded";
    this.about = await this.#ask("open", memory);
    return this.about;
  }

  picture(index) {
    return this.#ask("picture", index);
  }

  // A file is decoded by the browser, or by the server if there is one and the browser cannot.
  async decode(blob) {
    try {
      return await this.#ask("decode", blob);
    } catch (error) {
      if (this.embedded) throw error;
      const { levels, known } = unpacked(await fetched("decode", { method: "POST", body: blob }));
      return { levels, known };
    }
  }

  // A file laid over the stored pictures by the server: match, sentence, levels, known; null where
  // there is no server.
  async align(blob) {
    if (this.embedded) return null;
    return unpacked(await fetched("align", { method: "POST", body: blob }));
  }

  async start(picture, settings) {
    const { clamp, beta } = settings;
    if (clamp !== "picture" || beta !== null || this.about.betas.picture !== 0) {
      return this.#ask("start", picture, settings);
    }
    this.beta ??= unpacked(await fetched("beta")).beta;
    return this.#ask("start", picture, { ...settings, beta: this.beta });
  }

  step(visits, temperature) {
    return this.#ask("step", visits, temperature);
  }

  #ask(name, ...given) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      // A memory is moved, not copied.
      this.worker.postMessage({ name, given }, given.filter((one) => one instanceof ArrayBuffer));
    });
  }
}

// What the page's server answers, an ArrayBuffer.
async function fetched(name, options = {}) {
  let response, content;
  try {
    response = await fetch(name, options);
    content = await response.arrayBuffer();
  } catch {
    throw new Error("hop does not answer any more; start hop demo again.");
  }
  if (!response.ok) throw new Error(new TextDecoder().decode(content));
  return content;
}

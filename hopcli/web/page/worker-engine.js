// The engine of an exported page: local-engine.js in a worker, so that the page stays smooth however
// long a step takes. The worker is made of a text that came with the page, since browsers load none
// from a file beside a page that was opened from the disk.
export class WorkerEngine {
  // `script` is what the worker runs, `memory` the JSON text that Exhibit takes.
  constructor(script, memory) {
    const place = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.worker = new Worker(place);
    this.waiting = [];
    this.worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.waiting.shift();
      if (data.error === undefined) resolve(data.value);
      else reject(new Error(data.error));
    };
    this.worker.onerror = (event) => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(event.message));
    };
    this.worker.postMessage(memory);
  }

  describe() {
    return this.#ask("describe");
  }

  picture(index) {
    return this.#ask("picture", index);
  }

  decode(blob) {
    return this.#ask("decode", blob);
  }

  start(picture, settings) {
    return this.#ask("start", picture, settings);
  }

  step(visits, temperature) {
    return this.#ask("step", visits, temperature);
  }

  #ask(name, ...given) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage({ name, given });
    });
  }
}

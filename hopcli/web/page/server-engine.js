// The engine that asks hopcli, over HTTP: messages are the length of a JSON text in four bytes,
// least first, the text, and bytes behind it (hopcli/web/frames.py).

export class ServerEngine {
  constructor() {
    // The server keeps a run for each tab, and a reloaded tab is a new one.
    this.tab = crypto.randomUUID();
  }

  async describe() {
    const { plain, rest } = await this.#ask("describe", message({}));
    const { thumbnails, plane, listed, channels } = plain;
    const size = listed.length * thumbnails.height * thumbnails.width * channels;
    thumbnails.levels = rest.subarray(0, size);
    // Copied, since floats must begin at a multiple of four bytes.
    plane.points = new Float32Array(rest.slice(size).buffer);
    this.neurons = plain.neurons;
    return plain;
  }

  async picture(index) {
    const { plain, rest } = await this.#ask("picture", message({ index }));
    return { ...plain, levels: rest };
  }

  async decode(blob) {
    const { rest } = await this.#ask("decode", blob);
    return this.#state(rest);
  }

  async start(picture, settings) {
    const body = message({ tab: this.tab, settings }, picture.levels, picture.known);
    return this.#frame(await this.#ask("start", body));
  }

  async step(visits, temperature) {
    return this.#frame(await this.#ask("step", message({ tab: this.tab, visits, temperature })));
  }

  #frame({ plain, rest }) {
    return { ...plain, state: this.#state(rest) };
  }

  #state(bytes) {
    return { levels: bytes.slice(0, this.neurons), known: bytes.slice(this.neurons) };
  }

  async #ask(question, body) {
    let answer;
    try {
      const response = await fetch(question, { method: "POST", body });
      answer = new Uint8Array(await response.arrayBuffer());
    } catch {
      throw new Error("hop does not answer any more; start hop demo again.");
    }
    const length = new DataView(answer.buffer).getUint32(0, true);
    const plain = JSON.parse(new TextDecoder().decode(answer.subarray(4, 4 + length)));
    if (plain.error !== undefined) throw new Error(plain.error);
    return { plain, rest: answer.subarray(4 + length) };
  }
}

function message(plain, ...parts) {
  const text = new TextEncoder().encode(JSON.stringify(plain));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  return new Blob([length, text, ...parts]);
}

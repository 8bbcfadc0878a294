// The engine inside the worker of engine-client.js. Each message is a question, the first one "open"
// with the memory; they are answered in their order.
import { Engine } from "./engine.js";
import { bytesOfBase64, unpacked } from "./messages.js";

let engine = null;
let last = Promise.resolve();

onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};

async function answer({ name, given }) {
  try {
    postMessage({ value: name === "open" ? await open(...given) : await engine[name](...given) });
  } catch (error) {
    postMessage({ error: error.message });
  }
}

// Opens a memory: a message as an ArrayBuffer, or as text in base64.
function open(memory) {
  const content = typeof memory === "string" ? bytesOfBase64(memory).buffer : memory;
  engine = new Engine(unpacked(content));
  return engine.describe();
}

// The other side of worker-engine.js: the engine inside the worker. The first message is the memory,
// a JSON text; every other one a question, and they are answered in their order.
import { LocalEngine } from "./local-engine.js";

let engineHere = null;
let turn = Promise.resolve();

onmessage = ({ data }) => {
  if (engineHere === null) engineHere = new LocalEngine(JSON.parse(data));
  else turn = turn.then(() => answer(data));
};

async function answer({ name, given }) {
  try {
    postMessage({ value: await engineHere[name](...given) });
  } catch (error) {
    postMessage({ error: error.message });
  }
}

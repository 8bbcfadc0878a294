// Starts an exported page, with the networks and the memory that came with it.
import { start } from "./page.js";
import { WorkerEngine } from "./worker-engine.js";

const embedded = (name) => document.getElementById(name).textContent;

start(new WorkerEngine(embedded("networks"), embedded("memory")));

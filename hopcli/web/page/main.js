// Starts the page, with the script of its worker and, in an exported page, the memory.
import { EngineClient } from "./engine-client.js";
import { start } from "./page.js";

const textOf = (id) => document.getElementById(id).textContent.trim();

start(new EngineClient(textOf("worker"), textOf("memory")));

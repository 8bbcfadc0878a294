// Starts an exported page, with the memory that came with it.

import { LocalEngine } from "./local-engine.js";
import { start } from "./page.js";

start(new LocalEngine(JSON.parse(document.getElementById("memory").textContent)));

// The page over a server.
import { start } from "./page.js";
import { ServerEngine } from "./server-engine.js";

start(new ServerEngine());

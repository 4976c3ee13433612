import { runKeeper } from "../keeper/src/main.js";
import { exitOnFailure } from "./exit.js";

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
process.once("SIGTERM", () => controller.abort());
await exitOnFailure(() => runKeeper(process.argv.slice(2), controller.signal));

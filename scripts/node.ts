import { runNode } from "../node/src/cli.js";
import { exitOnFailure } from "./exit.js";

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
process.once("SIGTERM", () => controller.abort());
await exitOnFailure(() => runNode(process.argv.slice(2), controller.signal));

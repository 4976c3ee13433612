import { runLab } from "../lab/main.js";
import { exitOnFailure } from "./exit.js";

await exitOnFailure(async () => {
  const payoffs = await runLab(process.argv.slice(2));
  if (payoffs !== undefined && payoffs.broken.length > 0) process.exitCode = 1;
});

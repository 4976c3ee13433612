// Every program reads what the build makes of the contracts. Without it Node would only tell which file it misses, so it is
// looked for before anything is imported.
import { existsSync } from "node:fs";

if (!existsSync(new URL("../sdk/src/contracts/index.ts", import.meta.url))) {
  console.error("The contracts are not compiled yet: run npm run build, which takes some minutes the first time");
  process.exit(1);
}

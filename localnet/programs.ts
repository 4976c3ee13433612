import { fileURLToPath } from "node:url";

/**
 * Path of a program that npm installed with this repository.
 * @param name - its name under `node_modules/.bin`
 */
export function program(name: string): string {
  return fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
}

import { ArtelError } from "../errors.js";

/** Bylaws that don't say enough, or name what does not exist. */
export class BylawsError extends ArtelError {
  readonly code = "bylaws/invalid";
  constructor(problem: string, value: unknown, hint: string) {
    super(problem, value, hint);
  }
}

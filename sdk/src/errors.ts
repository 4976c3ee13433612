/**
 * Base of every error that Artel's TypeScript raises on purpose.
 * Each failure is a class of its own, so callers may branch on the class or on its stable `code`.
 */
export abstract class ArtelError extends Error {
  /** Stable, machine-readable name of the failure, `area/reason`. */
  abstract readonly code: string;

  /**
   * @param problem - what went wrong, with the offending value, without a full stop
   * @param value - the offending value
   * @param hint - what the reader can do about it
   */
  protected constructor(
    problem: string,
    readonly value: unknown,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(`${problem}: ${hint}`, options);
    this.name = new.target.name;
  }
}

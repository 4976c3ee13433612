import { isCallException, type Interface } from "ethers";

/** A custom error that a contract answered with. */
export interface Revert {
  /** Name, such as `LearningTasks_WrongPhase`. */
  readonly name: string;
  /** The name with its arguments, for people. */
  readonly text: string;
  /** The arguments alone. */
  readonly args: readonly unknown[];
}

/** The custom error inside an ethers error, if any of the interfaces knows it; otherwise undefined. */
export function revertOf(error: unknown, interfaces: readonly Interface[]): Revert | undefined {
  if (!isCallException(error)) return undefined;
  if (error.revert) return told(error.revert.name, error.revert.args);
  if (error.data == null || error.data === "0x") return undefined;
  for (const candidate of interfaces) {
    const parsed = candidate.parseError(error.data);
    if (parsed !== null) return told(parsed.name, parsed.args);
  }
  return undefined;
}

function told(name: string, args: readonly unknown[]): Revert {
  return { name, text: `${name}(${args.join(", ")})`, args };
}

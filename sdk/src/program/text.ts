/**
 * Text as a terminal may have it: what would move the cursor, colour a line or turn it around is written out, `\u001b`
 * for escape. Line breaks stay, and JSON stays the JSON that it was.
 */
export function harmless(text: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replaceAll(/[^\P{C}\n]/gu, (character) => character.split("").map(code).join(""));
}

/** Replacer of `JSON.stringify` that writes whole numbers of any size as text. */
export function bigintText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

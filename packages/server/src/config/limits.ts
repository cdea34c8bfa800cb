/** What a configuration file may cost: bounds that no honest file comes near. */
export const limits = Object.freeze({
  textBytesMax: 1_048_576,
  /** Maps and lists within each other. */
  depthMax: 32,
  /** Values in all, those that aliases repeat included. */
  valueCountMax: 200_000,
  /** YAML aliases (`*name`) in all. */
  aliasCountMax: 10,
  /** Lexical tokens of one YAML line, as the parser's cost grows with their square. */
  lineTokenCountMax: 5_000,
});

/** Keys that reach behind an object in JavaScript; no option bears such a name. */
export const refusedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

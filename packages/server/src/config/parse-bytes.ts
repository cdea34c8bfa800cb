const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
};

/** `10MB` = `10MiB` = `10M` = 10·2²⁰ bytes; a bare number is bytes; `null` if it is no size. */
export function parseBytes(text: string | number): number | null {
  if (typeof text === 'number') return text;
  const groups = /^(?<count>\d{1,12}(?:\.\d{1,6})?)\s*(?<unit>[kmg]?)(?:i?b)?$/iu.exec(
    text.trim(),
  )?.groups;
  if (groups === undefined) return null;
  const bytes = Number(groups.count) * (FACTORS[(groups.unit ?? '').toLowerCase()] ?? 1);
  return bytes >= 1 ? Math.round(bytes) : null;
}

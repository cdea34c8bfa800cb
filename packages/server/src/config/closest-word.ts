/**
 * The word of `words` that `wrong` was probably meant to be, or `null`: at most a third of
 * its letters are wrong, missing, added or swapped with their neighbour.
 */
export function closestWord(wrong: string, words: Iterable<string>): string | null {
  if (wrong.length > 64) return null;
  const sought = wrong.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(sought.length / 3)) + 1;
  for (const word of words) {
    if (Math.abs(word.length - sought.length) >= bestDistance) continue;
    const distance = editDistance(sought, word.toLowerCase());
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance, row by row. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

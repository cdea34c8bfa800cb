import { cutLine, type Line, lineWidth, mapPieces, plainText } from './styled.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Where a terminal is too narrow, it is cut down to so many columns; the last one first. */
  readonly widthMin?: number;
}

const GAP = '  ';

/** A table for people: padded, and where columns can be cut, not wider than `width`. */
export function alignTable(
  columns: readonly Column[],
  rows: readonly (readonly Line[])[],
  width: number,
): readonly Line[] {
  const lines = flatRows(columns, rows);
  const wanted = columns.map((_, i) => Math.max(...lines.map((cells) => widthOf(cells[i]))));
  const widths = narrow(columns, wanted, width);
  const last = columns.length - 1;
  return lines.map((cells) =>
    cells.flatMap((cell, i) => {
      const cut = cutLine(cell, widths[i] ?? 0);
      const space = ' '.repeat((widths[i] ?? 0) - lineWidth(cut));
      if (columns[i]?.align === 'right') return [space, cut, i === last ? '' : GAP].flat();
      return [cut, i === last ? '' : space + GAP].flat();
    }),
  );
}

/** A table for programs: whole cells with tabs between them. */
export function tabTable(
  columns: readonly Column[],
  rows: readonly (readonly Line[])[],
): readonly string[] {
  return flatRows(columns, rows).map((cells) => cells.map(plainText).join('\t'));
}

function flatRows(
  columns: readonly Column[],
  rows: readonly (readonly Line[])[],
): readonly (readonly Line[])[] {
  return [columns.map((column) => column.title), ...rows].map((cells) => cells.map(flat));
}

function widthOf(cell: Line | undefined): number {
  return cell === undefined ? 0 : lineWidth(cell);
}

/** Takes what is too much from the columns that can be cut, beginning with the last one. */
function narrow(
  columns: readonly Column[],
  wanted: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...wanted];
  let excess = wanted.reduce((sum, each) => sum + each, GAP.length * (wanted.length - 1)) - width;
  for (const i of wanted.keys().toArray().reverse()) {
    const own = wanted[i] ?? 0;
    const least = Math.min(own, columns[i]?.widthMin ?? own);
    const taken = Math.min(Math.max(0, excess), own - least);
    widths[i] = own - taken;
    excess -= taken;
  }
  return widths;
}

/** A cell is one line without tabs. */
function flat(cell: Line): Line {
  return mapPieces(cell, (text) => text.replaceAll(/[\t\r\n]+/gu, ' '));
}

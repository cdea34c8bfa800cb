import { eastAsianWidth } from 'get-east-asian-width';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const segmenter = new Intl.Segmenter();
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'gu');

/** How many columns of a terminal the text takes; colours take none, CJK signs two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text.replaceAll(ESCAPES, ''))) {
    const codePoint = segment.codePointAt(0) ?? 0;
    width += eastAsianWidth(codePoint);
  }
  return width;
}

/** Lines of a table: padded for people, or with tabs between the cells for programs. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  aligned: boolean,
): readonly string[] {
  const titles = columns.map((column) => column.title);
  if (!aligned) return [titles, ...rows].map((cells) => cells.map(flat).join('\t'));
  const lines = [titles, ...rows].map((cells) => cells.map(flat));
  const widths = columns.map((_, i) =>
    Math.max(...lines.map((cells) => textWidth(cells[i] ?? ''))),
  );
  return lines.map((cells) =>
    cells
      .map((cell, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - textWidth(cell));
        return columns[i]?.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A cell is one line without tabs. */
function flat(cell: string): string {
  return cell.replaceAll(/[\t\r\n]+/gu, ' ');
}

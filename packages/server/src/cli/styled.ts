import { styleText } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';
import { printable } from 'tickwork';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A part of a line with its style. The text is data: whatever it contains stays text. */
export interface Styled {
  readonly style: Style;
  readonly text: string;
}

type Piece = string | Styled;

/** What becomes one line, or one cell of a table. */
export type Line = Piece | readonly Piece[];

/** The line as it is read: safe for terminals and without styles. */
export function plainText(line: Line): string {
  return piecesOf(line)
    .map((piece) => printable(typeof piece === 'string' ? piece : piece.text))
    .join('');
}

/** The line as it is written. Only styles make escape sequences, and only with `colour`. */
export function renderLine(line: Line, colour: boolean): string {
  if (!colour) return plainText(line);
  return piecesOf(line)
    .map((piece) => {
      if (typeof piece === 'string') return printable(piece);
      return styleText(piece.style, printable(piece.text), { validateStream: false });
    })
    .join('');
}

/** Text of several lines: line breaks and tabs stay, everything else is made printable. */
export function printableLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/[^\n\t]+/gu, printable);
}

/** How many columns of a terminal the line takes: none for styles, two for CJK signs. */
export function lineWidth(line: Line): number {
  let width = 0;
  for (const { segment } of segmenter.segment(plainText(line))) width += segmentWidth(segment);
  return width;
}

/** The beginning of a line that has at most `width` columns, with `…` where it was cut. */
export function cutLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  let room = width - 1;
  return [
    ...piecesOf(
      mapPieces(line, (text) => {
        let kept = '';
        for (const { segment } of segmenter.segment(printable(text))) {
          room -= segmentWidth(segment);
          if (room < 0) return kept;
          kept += segment;
        }
        return kept;
      }),
    ),
    width > 0 ? '…' : '',
  ];
}

/** The same line with its texts changed, from left to right. */
export function mapPieces(line: Line, change: (text: string) => string): Line {
  return piecesOf(line).map((piece) =>
    typeof piece === 'string' ? change(piece) : { ...piece, text: change(piece.text) },
  );
}

const segmenter = new Intl.Segmenter();

function segmentWidth(segment: string): number {
  return eastAsianWidth(segment.codePointAt(0) ?? 0);
}

/** Lines one after another in one line. */
export function joinLines(lines: readonly Line[], separator: string): Line {
  return lines.flatMap((line, i) => (i === 0 ? piecesOf(line) : [separator, ...piecesOf(line)]));
}

function piecesOf(line: Line): readonly Piece[] {
  return typeof line === 'string' || 'text' in line ? [line] : line;
}

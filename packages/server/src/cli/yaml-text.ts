import { Document, type Scalar, visit } from 'yaml';
import { printableLines } from './styled.ts';

/**
 * A value as YAML that is safe to print: texts with characters that a terminal would obey are
 * quoted, so that escaping those characters keeps the meaning.
 */
export function yamlText(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, node: Scalar) => {
      const text = typeof node.value === 'string' ? node.value : '';
      if (printableLines(text) !== text) node.type = 'QUOTE_DOUBLE';
    },
  });
  return printableLines(
    document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER }),
  );
}

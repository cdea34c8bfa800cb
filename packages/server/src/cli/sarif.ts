import type { LintFinding, LintSeverity } from 'tickwork';
import { lintRules } from 'tickwork';
import { packageVersion } from './version.ts';

/** A finding with its place in a file, if it has one. */
export interface PlacedFinding extends LintFinding {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

const levels: Readonly<Record<LintSeverity, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
};

/** Where the rules are described; each has a heading of its own. */
const PAGE = 'docs/reference/lint.md';
const FENCE = '```';
const YAML = `${FENCE}yaml`;

/** A SARIF log for code review tools. Source: SARIF 2.1.0 (OASIS). */
export function sarifLog(findings: readonly PlacedFinding[]): object {
  const ids = lintRules.map((rule) => rule.id);
  const driver = {
    name: 'tickwork',
    version: packageVersion(),
    rules: lintRules.map(({ id, severity, summary, reason, remedy, example }) => ({
      id,
      shortDescription: { text: summary },
      fullDescription: { text: reason },
      help: helpOf([reason, remedy, `See ${PAGE}#${id}.`], example),
      defaultConfiguration: { level: levels[severity] },
    })),
  };
  const results = findings.map((finding) => ({
    ruleId: finding.rule,
    ruleIndex: ids.indexOf(finding.rule),
    level: levels[finding.severity],
    message: { text: `${subject(finding)}${finding.message} ${finding.remedy}` },
    locations: [locationOf(finding)],
  }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

/** The same as plain text and, with the example, as Markdown. */
function helpOf([reason = '', ...rest]: readonly string[], example: readonly string[]): object {
  const sample = [YAML, ...example, FENCE].join('\n');
  return {
    text: [reason, ...rest].join('\n\n'),
    markdown: [reason, sample, ...rest].join('\n\n'),
  };
}

function subject({ jobName }: LintFinding): string {
  return jobName === null ? '' : `${jobName}: `;
}

function locationOf(finding: PlacedFinding): object {
  const { file, line, column, jobName } = finding;
  const logical = jobName === null ? {} : { logicalLocations: [{ name: jobName, kind: 'object' }] };
  if (file === undefined) return logical;
  const region = { startLine: line ?? 1, startColumn: column ?? 1 };
  const artifactLocation = { uri: encodeURI(file.replaceAll('\\', '/')) };
  return { physicalLocation: { artifactLocation, region }, ...logical };
}

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

/** A SARIF log for code review tools. Source: SARIF 2.1.0 (OASIS). */
export function sarifLog(findings: readonly PlacedFinding[]): object {
  const ids = lintRules.map((rule) => rule.id);
  const driver = {
    name: 'tickwork',
    version: packageVersion(),
    rules: lintRules.map(({ id, severity, summary }) => ({
      id,
      shortDescription: { text: summary },
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

/** One text in the languages of the command line. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type Language = 'en' | 'zh-CN';

/** The language that `--lang` or, without it, LC_ALL, LC_MESSAGES and LANG ask for. */
export function languageOf(
  argv: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Language {
  const at = argv.indexOf('--lang');
  const joined = argv.find((word) => word.startsWith('--lang='))?.slice('--lang='.length);
  const wanted =
    joined ??
    (at >= 0 ? argv[at + 1] : undefined) ??
    variables.TICKWORK_LANG ??
    (variables.LC_ALL || variables.LC_MESSAGES || variables.LANG);
  return /^zh\b|^zh_/iu.test(wanted ?? '') ? 'zh-CN' : 'en';
}

export function say(text: Text, language: Language): string {
  return language === 'zh-CN' ? text.zh : text.en;
}

import type { Checked } from './values.js';

/** What a check does not refuse, but people should know before they say yes. */
export function warningsFrom({ evidence: { warnings } }: Checked): string[] {
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [];
}

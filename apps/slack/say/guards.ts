import type { Verdict } from '../../../src/engine/plan/plan.js';
import { limitText, valueText } from '../../client/guard-text.js';
import type { Told, WorstSince } from './speaking.js';
import { plain } from './words.js';
import { worstText } from './worst.js';

const marks: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  fail: '❌',
  inconclusive: '❔',
  error: '⚠️',
  'no-evidence': '❔',
};

/** The guards with value and limit, and the worst value before; what does not pass says why. Undefined for a plan without any. */
export function guardsText({ plan, report }: Told, worst?: WorstSince): string | undefined {
  if (plan.guards.length === 0) return undefined;
  return plan.guards
    .map((guard) => {
      const reading = report.readings.find((one) => one.guard === guard.name);
      const limit = limitText(guard, reading?.baseline);
      const before = worst === undefined ? '' : `, ${worstText(guard, worst)}`;
      if (!reading) return `▫️ ${plain(guard.name)}: not measured yet${before} (${limit})`;
      const value = reading.value === undefined ? 'no value' : valueText(guard.metric, reading.value);
      // A dead source is one reason, and not one for each guard.
      const same = report.readings.find((one) => one.verdict !== 'pass' && one.reason === reading.reason);
      const reason = same && same !== reading ? `as ${same.guard}` : reading.reason;
      const why = reading.verdict === 'pass' ? '' : `: ${plain(reason)}`;
      return `${marks[reading.verdict]} ${plain(guard.name)} *${value}*${before} (${limit})${why}`;
    })
    .join('\n');
}

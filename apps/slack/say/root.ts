import type { SlackMessage } from '../../../activities/slack/message.js';
import { phases } from '../../../src/engine/plan/plan.js';
import type { Status } from '../../../src/engine/state/status.js';
import { describeCause } from '../../../src/engine/state/interruptions.js';
import { facts, header, section } from './blocks.js';
import { exposedText } from './exposed.js';
import { footer } from './footer.js';
import { guardsText } from './guards.js';
import type { Told } from './speaking.js';
import { clip, clock, lasting, mention, plain } from './words.js';

const marks: Readonly<Record<Status, string>> = {
  preflight: '🔎',
  queued: '🕓',
  running: '▶️',
  watching: '👀',
  waiting: '✋',
  holding: '⏸️',
  paused: '⏸️',
  retreating: '↩️',
  unwinding: '↩️',
  halting: '🛑',
  'needs-operator': '🆘',
  completed: '✅',
  'rolled-back': '↩️',
  halted: '🛑',
  refused: '⛔',
};

/** A rollout in one message, which is edited in place: where it stands, what it waits for, and what happens next. */
export function rootMessage(told: Told): SlackMessage {
  const { report } = told;
  const { runbook, environment, status } = report;
  const title = `${marks[status]} ${runbook} in ${environment}: ${status}`;
  // Before anything is changed there is nothing to guard.
  const isGuarded = !report.outcome && status !== 'preflight' && status !== 'queued';
  const guards = isGuarded ? guardsText(told) : undefined;
  return {
    text: clip(`${plain(title)}. ${summary(told)}`, 3_000),
    blocks: [
      header(title),
      section(progress(told)),
      section(...standing(told)),
      ...(guards === undefined ? [] : [section(guards)]),
      facts(['Exposed', exposedText(told)], ['Started by', mention(told, report.startedBy)]),
      footer(told),
    ],
  };
}

function summary({ report }: Told): string {
  if (report.outcome) return plain(report.outcome.reason);
  return `Waits for ${plain(report.why.waitingFor)}`;
}

/** `✔ expand › ● canary › soak › promote › contract`: phases without steps are left out. */
function progress({ report }: Told): string {
  const shown = phases.flatMap((phase) => {
    const steps = report.steps.filter((step) => step.phase === phase);
    if (steps.length === 0) return [];
    const done = steps.filter(({ status }) => status === 'done' || status === 'skipped').length;
    if (done === steps.length) return [`✔ ${phase}`];
    const isHere = report.phase === phase && !report.outcome;
    return [isHere ? `● *${phase}* (${done} of ${steps.length})` : `○ ${phase}`];
  });
  return shown.join(' › ');
}

function standing({ report, events, now }: Told): (string | undefined)[] {
  const { outcome, why, unwinding, paused, fromOutside } = report;
  if (outcome) {
    const [first, last] = [events[0]?.at, events.at(-1)?.at];
    const took = first === undefined || last === undefined ? '' : ` It took ${lasting(last - first)}.`;
    const unsure = outcome.unconfirmed
      ? '\n⚠️ The baseline was not seen to be well again: somebody has to look.'
      : '';
    return [`*${outcome.type}*: ${plain(outcome.reason)}.${took}${unsure}`];
  }
  const next = why.nextAt === undefined || why.nextAt <= now ? '' : `, ${clock(why.nextAt)} at the latest`;
  return [
    fromOutside && `🆘 *Its workflow was ${fromOutside} from outside, and nobody takes back what it did.*`,
    unwinding && `*Because* ${plain(describeCause(unwinding.cause))}`,
    paused && report.status !== 'paused'
      ? `*Paused* by ${plain(paused.by)}: ${plain(paused.reason)}`
      : undefined,
    `*Waits for* ${plain(why.waitingFor)}`,
    why.who.length > 0 ? `*Who* ${plain(why.who.join(', '))}` : undefined,
    `*Then* ${plain(why.next)}${next}`,
  ];
}

import type { Reported } from '../../client/client.js';
import { gateName } from '../../../src/engine/state/gate.js';
import { settledHow, type Asking, type Settled } from './gate-facts.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Speaking } from './speaking.js';
import { listed, mention, plain } from './words.js';

/** Why a click decided nothing. */
export type Refused =
  /** They may not, or nobody knows them. */
  | { readonly why: 'no-right'; readonly reason: string }
  | { readonly why: 'twice'; readonly missing: number }
  | { readonly why: 'too-late'; readonly how: Settled['how'] | 'unknown'; readonly reason: string }
  /** The message is of an earlier question, or of none. */
  | { readonly why: 'old'; readonly reason: string };

/** What only whoever clicked reads: that nothing was decided, why, and what to do. */
export function refusalText(
  refused: Refused,
  about: Speaking & { readonly asking?: Asking; readonly report?: Reported },
): string {
  const { asking, report } = about;
  const gate = asking === undefined ? 'this' : `*${plain(gateName(asking.step))}*`;
  switch (refused.why) {
    case 'no-right': {
      const left = report?.gate?.left ?? [];
      const who = left.length > 0 ? ` Who can: ${listed(left.map((name) => mention(about, name)))}.` : '';
      return `🚫 *Nothing was decided: you may not decide ${gate}.* ${sentence(refused.reason)}${who}`;
    }
    case 'twice': {
      const more = refused.missing === 1 ? 'One more person has' : `${refused.missing} more people have`;
      const next = refused.missing > 0 ? ` ${more} to approve.` : '';
      return `☑️ *You have answered ${gate} already: your click changed nothing.*${next}`;
    }
    case 'too-late':
      return `⌛ *Nothing was decided: your click came too late.* ${gate} ${ends[refused.how]}: ${sentence(refused.reason)}`;
    case 'old':
      return `🗑️ *Nothing was decided: this message asks nothing any more.* ${sentence(refused.reason)}`;
  }
}

const ends: Readonly<Record<Settled['how'] | 'unknown', string>> = {
  approved: 'was settled before',
  rejected: 'was rejected before',
  'taken-back': 'is not asked any more: the rollout is taken back',
  'asked-again': 'was asked again since: look for the newer message',
  expired: 'was not answered in time',
  'timed-out': 'was not answered in time, and everything is taken back',
  ended: 'is not asked any more: the rollout is over',
  unknown: 'is not asked any more',
};

function sentence(text: string): string {
  const said = plain(text);
  return said === '' || /[.!?]$/.test(said) ? said : `${said}.`;
}

/** Whose click decided nothing about a gate, and why: by what the rollout says now, and what it answered. */
export function refusedAt(
  asking: Asking,
  by: string,
  reason: string,
  report: Reported,
  events: readonly JournalEvent[],
): Refused {
  const { gate } = report;
  if (gate?.step === asking.step && gate.epoch === asking.epoch) {
    const has = gate.approvals.some((one) => one.by === by || one.people?.includes(by));
    return has ? { why: 'twice', missing: gate.missing } : { why: 'no-right', reason };
  }
  const settled = settledHow(events, asking, report);
  if (settled?.how === 'asked-again') {
    return {
      why: 'old',
      reason: `${gateName(asking.step)} was asked again since: look for the newer message`,
    };
  }
  return { why: 'too-late', how: settled?.how ?? 'unknown', reason: settled?.reason ?? '' };
}

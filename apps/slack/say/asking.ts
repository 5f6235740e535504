import type { Block, Button, SlackMessage } from '../../../activities/slack/message.js';
import { gateName } from '../../../src/engine/state/gate.js';
import { stepsOf, type ContractStep } from '../../../src/engine/plan/plan.js';
import type { GateReport } from '../../../src/engine/tell/gate-report.js';
import { proofText } from '../../../src/engine/tell/proof-text.js';
import { untilNextGate } from '../../client/until-next-gate.js';
import { facts, header, section, small, words } from './blocks.js';
import { command } from './commands.js';
import { exposedText } from './exposed.js';
import { answersAt } from './gate-facts.js';
import { guardsText } from './guards.js';
import { footer } from './footer.js';
import { linkTo } from './link.js';
import { rowsText } from './rows.js';
import type { Told } from './speaking.js';
import { clip, clock, doorText, lasting, listed, mention, plain } from './words.js';
import { sinceText } from './worst.js';

/** What the buttons under a question are called, for whoever hears of a click. */
export const actions = ['approve', 'reject', 'extend', 'comment', 'details'] as const;
export type Action = (typeof actions)[number];

/** The open gate asks. Undefined when none is open. */
export function askingMessage(told: Told): SlackMessage | undefined {
  const { gate } = told.report;
  if (!gate) return undefined;
  const { runbook, environment } = told.report;
  const next = untilNextGate(told.plan, gate.step);
  const title = `${gateName(gate.step)}? ${runbook} in ${environment}`;
  const change = changeLines(told, next);
  return {
    // A locked phone shows this and no more.
    text: clip(`${plain(title)}: ${change.join(' ').replaceAll('*', '')} ${approvals(told, gate)}`, 3_000),
    blocks: [
      header(title),
      section(...change, whyOf(told, gate)),
      facts(
        ['Exposed now', exposedText(told)],
        ['Approvals', approvals(told, gate)],
        ['Who may decide', whoMay(told, gate)],
        ['If nobody answers', ifNobody(told, gate)],
        ...drillsOf(told),
        ['Rows touched', rowsText(told.events)],
        ['Asked for by', startedBy(told)],
      ),
      ...guardBlocks(told),
      ...answering(told, gate, change),
      footer(told),
    ],
  };
}

/** What somebody lets happen who says yes, each in a line. */
function changeLines({ report }: Told, next: readonly ContractStep[]): string[] {
  const exposing = next.flatMap((step) =>
    step.type === 'act' && step.exposure ? [step.exposure.percent] : [],
  );
  const dropped = next.flatMap((step) => {
    if (step.type !== 'act' || step.undo.type !== 'irreversible') return [];
    return [
      `⚠️ *No way back* for \`${plain(step.target)}\`: ${plain(step.undo.because)}. ${plain(step.why)}`,
    ];
  });
  const to = exposing.map((percent) => `*${percent} %*`).join(', then ');
  return [
    ...(exposing.length > 0 ? [`If you approve: exposure goes from *${report.exposure} %* to ${to}.`] : []),
    ...(exposing.length === 0 && dropped.length === 0
      ? [`If you approve: ${listed(next.map(({ id }) => `\`${plain(id)}\``))}. Exposure stays as it is.`]
      : []),
    ...dropped,
  ];
}

function whyOf({ plan }: Told, { step }: GateReport): string | undefined {
  const asked = stepsOf(plan).find(({ step: { id } }) => id === step)?.step;
  return asked && `> ${plain(asked.why)}`;
}

/** `1 of 2: ana (Slack, after 40s)`. */
function approvals(told: Told, { step, epoch, approvals, quorum, since }: GateReport): string {
  const ways = answersAt(told.events, { step, epoch });
  const given = approvals.map(({ by, at, onBehalfOf }) => {
    const via = ways.find((one) => one.by === by && one.decision === 'approve')?.via;
    const of = onBehalfOf === undefined ? '' : ` for ${plain(onBehalfOf)}`;
    return `${plain(by)}${of} (${doorText(via)}, after ${lasting(at - since)})`;
  });
  return `${given.length} of ${quorum}${given.length > 0 ? `: ${listed(given)}` : ''}`;
}

/** Those who can still answer are called; where nobody knows them, the groups are named. */
function whoMay(told: Told, { left, asks, fourEyes }: GateReport): string {
  const groups = plain(asks.join(', '));
  const people = left && left.length > 0 ? `${listed(left.map((name) => mention(told, name)))} ` : '';
  const eyes = fourEyes ? ', and not who started it' : '';
  return `${people}(${groups}${eyes})`;
}

function ifNobody({ report, now }: Told, { deadline }: GateReport): string {
  if (report.paused) return `nothing: it is paused by ${plain(report.paused.by)}`;
  const left = deadline > now ? ', ' + clock(deadline) : ' now';
  return `${plain(report.why.next)}${left}`;
}

/** What drills prove of the way back, where the environment asks for them. */
function drillsOf({ report, now }: Told): readonly (readonly [string, string])[] {
  const { drills } = report.why;
  return drills ? [['Way back', plain(clip(proofText(drills, now), 600))]] : [];
}

function startedBy({ report, plan, events }: Told): string {
  const at = events[0]?.at;
  const when = at === undefined ? '' : `, ${clock(at)}`;
  return `${plain(report.startedBy)}${when}: ${plain(plan.why)}`;
}

function guardBlocks(told: Told): Block[] {
  const { worst } = told;
  const text = guardsText(told, worst);
  const title =
    worst === undefined ? 'Guards: now, and limits' : `Guards: now, worst ${sinceText(worst)}, and limits`;
  return text === undefined ? [] : [section(`*${title}*`, text)];
}

/** Buttons; or where a click proves too little, what proves enough. */
function answering({ report, link }: Told, gate: GateReport, change: readonly string[]): Block[] {
  const { rollout } = report;
  if (gate.strength === 'token') {
    const look = link === undefined ? '' : ` or <${linkTo(link, rollout)}|look at it>`;
    return [
      section(
        `🔒 *A click in Slack is not enough for this.* It takes a token or a sign-in of your own. Paste${look}:`,
        command(`approve ${rollout}`),
        command(`reject ${rollout} --reason 'why'`),
      ),
    ];
  }
  const held = report.hold
    ? [section(`⏸️ *On hold: nothing can be approved now.* ${plain(report.hold.reason)}`)]
    : [];
  const approve = report.possible.includes('approve') ? [approveButton(gate, change)] : [];
  const reject = report.possible.includes('reject') ? [button('reject', 'Reject…', 'danger')] : [];
  const elements = [
    ...approve,
    ...reject,
    button('extend', 'Extend…'),
    button('comment', 'Comment…'),
    button('details', 'Details'),
  ];
  return [
    ...held,
    { type: 'actions', block_id: 'answer', elements },
    small('Reject takes everything back. Extend moves the deadline, and decides nothing.'),
  ];
}

function approveButton({ step }: GateReport, change: readonly string[]): Button {
  const says = change.join(' ').replaceAll('*', '').replace('If you approve: e', 'E');
  return {
    ...button('approve', 'Approve', 'primary'),
    // One tap on a phone that was just picked up is too few.
    confirm: {
      title: words(clip(`Approve ${gateName(step)}?`, 100)),
      text: words(clip(says, 300)),
      confirm: words('Approve'),
      deny: words('Not now'),
    },
  };
}

function button(action: Action, text: string, style?: Button['style']): Button {
  return { type: 'button', action_id: action, text: words(text), ...(style && { style }) };
}

import { formatDuration } from '../../src/engine/base/duration.js';
import { phases, stepsOf, type Phase, type Plan } from '../../src/engine/plan/plan.js';
import type { StepReport } from '../../src/engine/tell/report.js';
import type { Reported } from '../client/client.js';
import { cut, pad, spread } from './paint.js';
import { exposureText, ticking } from './words.js';
import type { TreeOptions } from './tree-options.js';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const barWidth = 24;
/** Columns for the id of a step that shows something beside it. */
const nameWidth = 38;

type Look = 'pending' | 'busy' | 'waiting' | 'done' | 'failed' | 'undoing' | 'undone' | 'stopped' | 'skipped';

/** The phases with their steps, a line each; with `compact` the steps of finished and empty phases are left out. */
export function stepLines(report: Reported, plan: Plan | undefined, options: TreeOptions): string[] {
  return phases.flatMap((phase) => {
    const steps = report.steps.filter((step) => step.phase === phase);
    if (steps.length === 0) return [];
    const look = lookOfPhase(steps.map((step) => lookOf(step, report)));
    const line = phaseLine(phase, steps, look, options);
    const folded = options.compact === true && (look === 'done' || look === 'pending' || look === 'undone');
    return folded ? [line] : [line, ...steps.map((step) => stepLine(step, report, plan, options))];
  });
}

function phaseLine(phase: Phase, steps: readonly StepReport[], look: Look, options: TreeOptions): string {
  const { paint, now, width } = options;
  const starts = steps.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = steps.flatMap(({ endedAt }) => endedAt ?? []);
  const begun = starts.length > 0;
  const since = Math.min(...starts);
  const end = Math.max(...ends);
  const ended = end >= since ? formatDuration(end - since) : '';
  const time = look === 'busy' || look === 'waiting' ? ticking(now - since) : ended;
  const name = begun ? paint.bold(phase) : paint.dim(phase);
  return spread(` ${markOf(look, options)} ${name}`, paint.dim(time), width);
}

function stepLine(step: StepReport, report: Reported, plan: Plan | undefined, options: TreeOptions): string {
  const { paint, width } = options;
  const look = lookOf(step, report);
  const detail = detailOf(step, look, report, plan, options);
  const right = timeOf(step, look, plan, options);
  const id = cut(step.id, width - 6 - right.length - 2);
  const name = look === 'pending' ? paint.dim(id) : id;
  const room = width - 5 - nameWidth - 1 - right.length - 1;
  const left = detail === '' ? name : `${pad(name, nameWidth)} ${cut(detail, room)}`;
  return spread(`   ${markOf(look, options)} ${left}`, paint.dim(right), width);
}

/** What a step shows beside its name while it is under way. */
function detailOf(
  step: StepReport,
  look: Look,
  report: Reported,
  plan: Plan | undefined,
  { now }: TreeOptions,
): string {
  const { watch, gate } = report;
  if (watch?.step === step.id && (look === 'busy' || look === 'waiting')) {
    const length = Math.max(1, watch.endsAt - watch.since);
    const left = watch.endsAt - now;
    const time = left > 0 ? `${ticking(left)} left` : 'judging';
    return `${bar((now - watch.since) / length)} ${standingStill(report) ?? time}`;
  }
  if (gate?.step === step.id) {
    const found = plan && stepsOf(plan).find((placed) => placed.step.id === step.id)?.step;
    const of = found?.type === 'gate' ? ` of ${found.approval.quorum}` : '';
    const names = gate.approvals.map(({ by }) => by).join(', ');
    return `${gate.approvals.length}${of} approved${names === '' ? '' : `: ${names}`}`;
  }
  if (look === 'stopped') return 'left unfinished';
  if (look === 'skipped') return 'skipped by an operator';
  return step.epoch > 0 && look !== 'pending' ? `try ${step.epoch + 1}` : '';
}

/** Why a watch does not end, however late it is. */
function standingStill({ hold, paused }: Reported): string | undefined {
  if (hold) return 'on hold';
  return paused && 'paused';
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * barWidth);
  return '━'.repeat(full) + '╌'.repeat(barWidth - full);
}

function timeOf(step: StepReport, look: Look, plan: Plan | undefined, { now }: TreeOptions): string {
  const { startedAt, endedAt } = step;
  if (startedAt === undefined) return plannedTime(step, plan);
  if (look === 'busy' || look === 'waiting') return ticking(now - startedAt);
  return endedAt === undefined ? '' : formatDuration(endedAt - startedAt);
}

function plannedTime({ id }: StepReport, plan: Plan | undefined): string {
  const step = plan && stepsOf(plan).find((placed) => placed.step.id === id)?.step;
  if (step?.type === 'watch') return formatDuration(step.for);
  return step?.type === 'gate' ? `asks ${step.approval.by.join(', ')}` : '';
}

function lookOf(step: StepReport, report: Reported): Look {
  if (step.status !== 'running') return step.status;
  const { outcome, hold, stuck, paused } = report;
  // An interrupted watch or gate stays as it was when the rollout turned round.
  if (outcome || report.fromOutside || (turned(report) && step.type !== 'act')) return 'stopped';
  // A pause lets an act that runs go on.
  return hold || stuck || step.type === 'gate' || (paused && step.type === 'watch') ? 'waiting' : 'busy';
}

function turned({ unwinding, retreating, status }: Reported): boolean {
  return unwinding !== undefined || retreating !== undefined || status === 'halting';
}

function lookOfPhase(looks: readonly Look[]): Look {
  const order: readonly Look[] = ['undoing', 'busy', 'waiting', 'failed', 'skipped', 'stopped', 'undone'];
  const strongest = order.find((look) => looks.includes(look));
  if (strongest) return strongest;
  if (looks.every((look) => look === 'done')) return 'done';
  return looks.every((look) => look === 'pending') ? 'pending' : 'busy';
}

function markOf(look: Look, { paint, frame }: TreeOptions): string {
  const spinner = frames[frame % frames.length] ?? '⠋';
  const marks: Record<Look, string> = {
    pending: paint.dim('·'),
    busy: paint.cyan(spinner),
    waiting: paint.yellow('⏸'),
    done: paint.green('✔'),
    failed: paint.red('✖'),
    undoing: paint.magenta(spinner),
    undone: paint.magenta('↶'),
    stopped: paint.yellow('■'),
    skipped: paint.yellow('!'),
  };
  return marks[look];
}

/** How much of the users has the candidate, as a bar. */
export function exposureLine(report: Reported, { paint, now }: Pick<TreeOptions, 'paint' | 'now'>): string {
  const { exposure } = report;
  const full = Math.round((exposure / 100) * 40);
  const rest = 40 - full;
  const restored = restoredAfter(report);
  const verb = report.exposureReadAt === undefined ? 'put back' : 'taken back';
  const took = restored === undefined ? '' : paint.dim(`  ${verb} in ${formatDuration(restored)}`);
  return ` exposure ${paint.cyan('█'.repeat(full))}${paint.dim('░'.repeat(rest))} ${exposureText(report, now)}${took}`;
}

/** Milliseconds until exposure was put back; undefined when it was not, or is not back any more. */
function restoredAfter({ unwinding, retreating, exposure }: Reported): number | undefined {
  const way = unwinding ?? retreating;
  if (way?.exposureRestoredAt === undefined || exposure > 0) return undefined;
  return way.exposureRestoredAt - way.since;
}

import type { DecisionType } from '../../src/engine/state/messages.js';
import type { Reported } from '../client/client.js';

/** The commands that make sense now, as they are typed. */
export function commandsNow(report: Reported): string[] {
  if (report.fromOutside) return [`switchback rescue ${report.rollout} ${personAndReason}`];
  const lines = report.possible.flatMap((type) =>
    typed[type](report).map((command) => {
      const [verb, ...more] = command.split(' ');
      return ['switchback', verb, report.rollout, ...more].join(' ');
    }),
  );
  return [...new Set(lines)];
}

/** Their names alone. */
export function verbsNow(report: Reported): string[] {
  return [...new Set(commandsNow(report).map((line) => line.split(' ')[1] ?? ''))];
}

const person = '--as NAME';
const personAndReason = '--as NAME --reason TEXT';

/** What people type for each decision, without the rollout. */
const typed: { readonly [T in DecisionType]: (report: Reported) => readonly string[] } = {
  approve: () => [`approve ${person}`],
  reject: () => [`reject ${personAndReason}`],
  comment: () => [`comment "TEXT" ${person}`],
  'break-glass': () => [`break-glass --incident ID ${personAndReason}`],
  answer: () => [`answer wait|roll-back ${person}`],
  resolve: ({ stuck }) =>
    (stuck?.choices ?? []).map((choice) => `${choice} ${choice === 'retry' ? person : personAndReason}`),
  advance: () => [`advance ${person}`],
  extend: () => [`extend --for 30m ${personAndReason}`],
  pause: ({ paused, exposure }) => [
    ...(paused ? [] : [`pause ${personAndReason}`]),
    ...(exposure > 0 ? [`pause --exposure-to-zero ${personAndReason}`] : []),
  ],
  resume: () => [`resume ${person}`],
  abort: () => [`abort ${personAndReason}`],
  halt: () => [`halt ${personAndReason}`],
};

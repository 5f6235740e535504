import { format, resolveConfig } from 'prettier';
import { machine, type Status } from '../../src/engine/state/status.js';

const statuses = Object.keys(machine) as Status[];
const ends = statuses.filter((status) => machine[status].to.length === 0);

/** `docs/states.md` as the table in `src/engine/state/status.ts` gives it. */
export async function statesPage(): Promise<string> {
  const text = `# States

Drawn from the table in [src/engine/state/status.ts](../src/engine/state/status.ts) by \`npm run docs:states\`. The property tests hold every rollout they see against the same table; where a rollout stands is told from what it holds ([decision 20](decisions/0020-status-from-state.md)). What people do about each status stands in [operating rollouts](operating.md).

\`\`\`mermaid
${diagram().join('\n')}
\`\`\`

Any status in the box may follow any other in it, and those arrows are left out.

| status | it | may be followed by | decisions that can make sense |
| --- | --- | --- | --- |
${statuses.map(row).join('\n')}

Whether a decision makes sense now depends on what is open, too: \`switchback status\` and \`switchback why\` say which do. \`resolve\` is what \`retry\` and \`skip\` send. What makes no sense is refused with the status, and with what would.
`;
  return format(text, { ...(await resolveConfig('docs/states.md')), parser: 'markdown' });
}

function row(status: Status): string {
  const { does, to, decisions } = machine[status];
  return `| \`${status}\` | ${does} | ${names(to.filter((next) => next !== status))} | ${names(decisions)} |`;
}

function names(of: readonly string[]): string {
  return of.length === 0 ? 'none' : of.map((name) => `\`${name}\``).join(', ');
}

function diagram(): string[] {
  const box = [...underWay()];
  const outside = statuses.filter((status) => !box.includes(status));
  const shared = outside.filter((to) => box.every((from) => follows(from, to)));
  const arrows = (from: Status, to: readonly Status[]) =>
    to.filter((next) => next !== from).map((next) => `  ${idOf(from)} --> ${idOf(next)}`);
  return [
    'stateDiagram-v2',
    ...statuses
      .filter((status) => idOf(status) !== status)
      .map((status) => `  state "${status}" as ${idOf(status)}`),
    '  state "under way" as under_way {',
    ...box.map((status) => `    ${idOf(status)}`),
    '  }',
    '  [*] --> preflight',
    ...shared.map((to) => `  under_way --> ${idOf(to)}`),
    ...box.flatMap((from) =>
      arrows(
        from,
        machine[from].to.filter((to) => outside.includes(to) && !shared.includes(to)),
      ),
    ),
    ...outside.flatMap((from) => arrows(from, machine[from].to)),
    ...ends.map((status) => `  ${idOf(status)} --> [*]`),
  ];
}

/** The statuses around `running` of which each may follow each: one box instead of an arrow for each pair. */
function underWay(): Set<Status> {
  const box = new Set<Status>(['running']);
  for (const status of statuses) {
    if ([...box].every((other) => status === other || (follows(status, other) && follows(other, status)))) {
      box.add(status);
    }
  }
  return box;
}

function follows(from: Status, to: Status): boolean {
  return machine[from].to.includes(to);
}

/** In a diagram a hyphen is part of an arrow. */
function idOf(status: Status): string {
  return status.replaceAll('-', '_');
}

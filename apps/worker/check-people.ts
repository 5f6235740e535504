import { stepsOf, type Approval, type Plan } from '../../src/engine/plan/plan.js';
import type { CheckFinding } from '../../src/protocol/check.js';

type People = Readonly<Record<string, readonly string[]>>;

/** Whether those whom a plan asks exist and are enough: a gate that nobody can open is found out at its deadline. */
export function checkPeople(plan: Plan, people: People): CheckFinding[] {
  const gates = stepsOf(plan).flatMap(({ step }) =>
    step.type === 'gate' ? [faultOfApproval(step.id, step.approval, people)] : [],
  );
  const found = [faultOfOwner(plan, people), ...gates].filter((finding) => finding !== undefined);
  return found.length > 0 ? found : [{ verdict: 'ok', about: 'people', found: 'whoever is asked is there' }];
}

function faultOfOwner({ owner }: Plan, people: People): CheckFinding | undefined {
  if (membersOf([owner], people).length > 0) return undefined;
  const found = `its owner ${owner} is a group without a member; ${known(people)}`;
  return { verdict: 'fail', about: 'owner', found };
}

function faultOfApproval(about: string, { by, quorum }: Approval, people: People): CheckFinding | undefined {
  const missing = by.filter((group) => membersOf([group], people).length === 0);
  if (missing.length > 0) {
    const found = `it asks ${missing.join(', ')}, of which nobody is a member; ${known(people)}`;
    return { verdict: 'fail', about, found };
  }
  const members = membersOf(by, people);
  if (members.length >= quorum) return undefined;
  const found = `it asks ${quorum} of ${by.join(', ')}, and they have ${members.length}: ${members.join(', ')}`;
  return { verdict: 'fail', about, found };
}

function membersOf(groups: readonly string[], people: People): string[] {
  return Object.keys(people).filter((name) => people[name]?.some((group) => groups.includes(group)));
}

function known(people: People): string {
  const groups = [...new Set(Object.values(people).flat())];
  return groups.length > 0
    ? `the environment has the groups ${groups.join(', ')}`
    : 'the environment has none';
}

import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openDelegations } from '../../apps/api/delegations.js';
import { environmentOf, readConfiguration } from '../../apps/config/config.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { boundOfLocksDecision } from '../../src/identity/claims.js';
import type { LocksChoice } from '../../src/protocol/locks.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { switchback } from '../apps/cli/console.js';
import { eventOf, eventsOf, eventually, inEnvironment, lookAtWorld, quick } from '../support/rollouts.js';
import { sharedEnvironment } from '../support/rollouts/shared.js';
import { startThroughDoor } from '../support/rollouts/signed.js';

/** One is enough at a gate, and it is not whoever started it. */
function withFourEyes(plan: Plan): Plan {
  const promote = plan.phases.promote.map((step) =>
    step.type === 'gate'
      ? { ...step, approval: { ...step.approval, quorum: 1, fourEyes: true as const } }
      : step,
  );
  return { ...plan, phases: { ...plan.phases, promote } };
}

/** A calendar that is closed from yesterday until tomorrow. */
function closedNow(): string {
  const utc = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:]|\.\d+/g, '');
  const event = [
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:winter',
    `DTSTART:${utc(-1)}`,
    `DTEND:${utc(1)}`,
    'END:VEVENT',
  ];
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...event, 'END:VCALENDAR', ''].join('\r\n');
}

it.concurrent(
  'a freeze holds the start, two people break the glass, and at the gate somebody else than the starter is needed',
  async () => {
    const shared = await sharedEnvironment();
    const { configure } = shared.options;
    const calendars = { freeze: { file: 'freeze.ics', zone: 'Europe/Zurich', runbooks: '*' } };
    const options = {
      ...shared.options,
      configure: async (...given: Parameters<NonNullable<typeof configure>>) => ({
        ...(await configure!(...given)),
        calendars,
      }),
    };
    await inEnvironment(options, async (environment) => {
      const { name, config, client } = environment;
      await writeFile(join(dirname(config), 'freeze.ics'), closedNow());
      const before = await lookAtWorld(environment);
      const plan = withFourEyes(splitCustomerName.evaluate({ ...quick, canary: [] }));
      const { rollout, firstRun, decide } = await startThroughDoor(environment, shared, plan, 'ana');

      const { frozen } = await rollout.waitFor('a freeze', (status) => status.frozen !== undefined);
      expect(frozen).toMatchObject({ reason: 'calendar freeze: winter' });
      expect(await lookAtWorld(environment)).toEqual(before);
      const breakGlass = (by: string, incident = 'INC-7') =>
        decide({ type: 'break-glass', by, incident, reason: 'customers cannot pay' });
      expect(await breakGlass('ana')).toMatchObject({ accepted: true });
      expect(await breakGlass('ana')).toEqual({ accepted: false, reason: 'ana has said so already' });
      expect(await breakGlass('ben', 'INC-8')).toEqual({
        accepted: false,
        reason: 'somebody wants it for INC-7',
      });
      expect((await rollout.status()).frozen).toBeDefined();
      expect(await breakGlass('ben')).toMatchObject({ accepted: true });

      const { gate, digest } = await rollout.waitForGate('approve/go');
      const approve = (by: string) =>
        decide({ type: 'approve', by, step: 'approve/go', epoch: gate?.epoch ?? 0, digest });
      expect(await approve('ana')).toEqual({
        accepted: false,
        reason: 'ana started it: four eyes are asked for',
      });
      expect(await approve('ben')).toMatchObject({ accepted: true });
      await rollout.waitForEvent('gate-passed', 'approve/go');
      // The freeze goes on, and holds nothing that goes back.
      expect(await decide({ type: 'abort', by: 'ana', reason: 'seen enough' })).toMatchObject({
        accepted: true,
      });
      const { outcome, journal } = await rollout.ended();
      expect(outcome.type).toBe('rolled-back');
      expect(await lookAtWorld(environment)).toEqual(before);
      expect(eventOf(journal, 'glass-broken')).toMatchObject({
        evidence: { incident: 'INC-7', by: ['ana', 'ben'] },
      });
      const decided = eventsOf(journal, 'decision').map(({ by, via, evidence }) => [
        by,
        via,
        evidence?.['decision'],
        evidence?.['accepted'],
      ]);
      expect(decided).toEqual([
        ['ana', 'api', 'break-glass', true],
        ['ana', 'api', 'break-glass', false],
        ['ben', 'api', 'break-glass', false],
        ['ben', 'api', 'break-glass', true],
        ['ana', 'api', 'approve', false],
        ['ben', 'api', 'approve', true],
        ['ana', 'api', 'abort', true],
      ]);
      // Journals are read by whoever may look: what doors sign does not tell the run by which it is spoken for.
      const signed = journal.flatMap((event) => event.signed ?? []);
      expect(signed).toHaveLength(8);
      const told = signed.map((jws) => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
      expect([...told, JSON.stringify(journal)].join('\n')).not.toContain(firstRun);

      await eventually(async () => expect(await rollout.exported()).toHaveLength(journal.length));
      const call = (...args: string[]) =>
        switchback([...args, '--config', config, '-o', 'json'], { env: process.env });
      const verified = await call('journal', 'verify', rollout.id, '--address', client.address);
      expect([verified.stderr, verified.json()]).toEqual([
        '',
        expect.objectContaining({ verified: true, signatures: 8 }),
      ]);
      const revoked = await call('door-key', 'revoke', 'k1', '--env', name);
      expect(revoked.json()).toMatchObject({
        door: 'api',
        kid: 'k1',
        decisions: [
          { journal: rollout.id, number: 1, by: 'ana', decision: 'started' },
          ...decided.map(([by, , decision]) => ({ journal: rollout.id, by, decision })),
        ],
      });
    });
  },
);

it.concurrent('whoever is away has somebody else answer, and takes that back', async () => {
  const shared = await sharedEnvironment();
  await inEnvironment(shared.options, async (environment) => {
    const { name, client, config } = environment;
    const plan = splitCustomerName.evaluate({ ...quick, canary: [] });
    const { rollout, decide } = await startThroughDoor(environment, shared, plan, 'ana');
    const { gate, digest } = await rollout.waitForGate('approve/go');
    const approve = (by: string) =>
      decide({ type: 'approve', by, step: 'approve/go', epoch: gate?.epoch ?? 0, digest });
    const decideLocks = async (by: string, id: string, choice: LocksChoice) => {
      const request = { ...choice, id, by, reason: 'holiday' };
      const signed = await shared.sign(boundOfLocksDecision(name, request));
      return client.locks.decide(name, { ...request, signed });
    };
    const handOver = { type: 'delegate', to: 'carl', gates: ['go'], until: Date.now() + 3_600_000 } as const;
    const outside = { accepted: false, reason: expect.stringMatching(/^carl/) as string };

    expect(await approve('carl')).toEqual(outside);
    expect(await decideLocks('carl', 'd-0', { ...handOver, to: 'ana' })).toMatchObject({ accepted: false });
    expect(await client.locks.decide(name, { ...handOver, id: 'd-name', by: 'ben', reason: 'x' })).toEqual({
      accepted: false,
      reason: expect.stringContaining('ben is only a name') as string,
    });
    expect(await decideLocks('ben', 'd-1', handOver)).toMatchObject({ accepted: true });
    // It counts once the journal has left the workflow.
    await eventually(async () => expect(await approve('carl')).toMatchObject({ accepted: true }));
    expect((await rollout.status()).gate?.approvals).toMatchObject([{ by: 'carl', onBehalfOf: 'ben' }]);
    expect(await approve('ben')).toEqual({
      accepted: false,
      reason: expect.stringContaining('ben has approved already') as string,
    });

    const list = async () => {
      const args = ['delegation', 'list', '--env', name, '--config', config, '-o', 'json'];
      return (await switchback(args, { env: process.env })).json<{ delegations: unknown[] }>().delegations;
    };
    expect(await list()).toMatchObject([{ from: 'ben', to: 'carl', gates: ['go'], decision: 'd-1' }]);
    // An API tells the same.
    const configured = environmentOf(await readConfiguration(config), name);
    const door = openDelegations(name, configured, () => configured);
    expect(await door.standing()).toEqual(await list());
    await door.close();
    const end = { type: 'end-delegation', delegation: 'd-1' } as const;
    expect(await decideLocks('ana', 'e-1', end)).toMatchObject({ accepted: false });
    expect(await decideLocks('ben', 'e-2', end)).toMatchObject({ accepted: true });
    await eventually(async () => expect(await list()).toEqual([]));
    expect(await approve('carl')).toEqual(outside);
    await decide({ type: 'abort', by: 'ana', reason: 'seen enough' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  });
});

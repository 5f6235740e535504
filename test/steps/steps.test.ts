import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  act,
  action,
  addColumns,
  approve,
  askOnFailure,
  backfill,
  errorRate,
  expose,
  keepInSync,
  latency,
  purgeColumns,
  retireColumns,
  verifyParity,
  watch,
  type Shapes,
} from '../../src/steps/index.js';

const shapes: Shapes = {
  db: 'shop',
  table: 'customer',
  key: 'id',
  forward: { first: 'split(full)', last: 'rest(full)' },
  back: { full: "first || ' ' || last" },
};
const columns = [
  { name: 'first', type: 'text' },
  { name: 'last', type: 'text' },
];

describe('schema and data steps', () => {
  const steps = [
    addColumns(shapes, columns),
    keepInSync(shapes),
    backfill(shapes),
    verifyParity(shapes),
    retireColumns(shapes),
    purgeColumns(shapes),
  ];

  it.each(steps.map((step) => [step.id, step] as const))(
    '%s touches the table, says why, and how one sees it',
    (id, step) => {
      expect(step.target).toBe('table:shop.customer');
      expect(id).toMatch(/^[a-z-]+\/shop\.customer$/);
      expect(step.why).not.toBe('');
      expect(step.verify).not.toBe('');
      expect(step.do.kind).toMatch(/^postgres\./);
      expect(JSON.parse(JSON.stringify(step))).toEqual(step);
    },
  );

  it('have ids of their own', () => {
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
  });

  it('own their undo', () => {
    expect(steps.map(({ undo }) => (undo.type === 'act' ? undo.do.kind : undo.type))).toEqual([
      'postgres.dropColumns',
      'postgres.stopSync',
      'nothing',
      'nothing',
      'postgres.restoreColumn',
      'irreversible',
    ]);
  });

  it('set aside, before columns are dropped, what only the new shape can say', () => {
    const { undo } = addColumns(shapes, columns);
    expect(undo).toMatchObject({
      do: { input: { columns: ['first', 'last'], setAside: { back: shapes.back } } },
    });
  });

  it('take from the baseline only what they retire', () => {
    expect(steps.filter(({ removesFromBaseline }) => removesFromBaseline).map(({ id }) => id)).toEqual([
      'retire/shop.customer',
    ]);
    expect(retireColumns(shapes).do.input).toMatchObject({ columns: ['full'] });
    expect(purgeColumns(shapes).do.input).toMatchObject({ columns: ['full'] });
  });

  it('do not share their input with the author', () => {
    const forward = { ...shapes.forward };
    const step = keepInSync({ ...shapes, forward });
    forward['first'] = 'changed';
    expect(step.do.input).toMatchObject({ forward: { first: 'split(full)' } });
  });
});

describe('expose', () => {
  it('is undone by restoring, and names flag, percentage and drain', () => {
    expect(expose('new', { percent: 25, drain: '30s' })).toMatchObject({
      id: 'expose/new/25',
      target: 'flag:new',
      exposure: { percent: 25, drain: 30_000 },
      undo: { type: 'restore' },
      do: { kind: 'flags.expose', input: { store: 'flags', candidate: 'on', baseline: 'off', percent: 25 } },
    });
  });
});

describe('watch and approve', () => {
  it('read their durations', () => {
    expect(watch('soak', { for: '24h' })).toMatchObject({ id: 'watch/soak', for: 86_400_000 });
    expect(approve('go', { by: ['sre'], within: '2d' })).toMatchObject({
      id: 'approve/go',
      approval: { quorum: 1, within: 172_800_000, onExpiry: 'roll-back', by: ['sre'] },
    });
  });

  it('say nothing of a gate that its author did not say, so that its digest stays', () => {
    const { approval } = approve('go', { by: ['sre'], within: '2d' });
    expect(Object.keys(approval)).toEqual(['type', 'by', 'quorum', 'within', 'onExpiry']);
    const more = {
      fourEyes: true,
      strength: 'slack',
      remind: '4h',
      escalate: { to: 'leads', after: '1d' },
    } as const;
    expect(approve('go', { by: ['sre'], within: '2d', ...more }).approval).toEqual({
      ...approval,
      fourEyes: true,
      strength: 'slack',
      remind: 14_400_000,
      escalate: { to: 'leads', after: 86_400_000 },
    });
  });

  it('say who may end a watch early, and what they cannot cut', () => {
    const by = ['sre'];
    const early = watch('soak', { for: '24h', early: { by, after: '1h' } });
    by.push('everybody');
    expect(early).toMatchObject({ early: { by: ['sre'], after: 3_600_000 } });
    expect(watch('soak', { for: '24h' })).not.toHaveProperty('early');
    expect(() => watch('soak', { for: '24h', early: { by, after: 'soon' as '1h' } })).toThrow(
      '"soon": is not a duration',
    );
  });

  it('refuse what is no duration', () => {
    expect(() => watch('soak', { for: '0s' })).toThrow('"0s": is not a duration');
  });
});

describe('guards', () => {
  const source = 'shop';

  it('react by default: fail rolls back, everything unclear holds', () => {
    const { on, evidence } = errorRate({ source, atMost: 0.01 });
    expect(on).toEqual({ fail: 'roll-back', inconclusive: 'hold', error: 'hold', 'no-evidence': 'hold' });
    expect(evidence).toEqual({ interval: 10_000, lookBack: 60_000, minRequests: 50, maxAge: 30_000 });
    expect(errorRate({ source, atMost: 0.01, on: { fail: 'ask' } }).on.fail).toBe('ask');
  });

  it('scale their evidence with the interval', () => {
    expect(errorRate({ source, atMost: 0.01, every: '1s' }).evidence).toMatchObject({
      interval: 1_000,
      lookBack: 6_000,
      maxAge: 3_000,
    });
  });

  it('read absolute limits as seconds and relative ones as a ratio', () => {
    expect(latency({ source, p: 95, atMost: '800ms' })).toMatchObject({
      name: 'latency-p95',
      metric: { type: 'latency', quantile: 0.95 },
      criterion: { type: 'absolute', atMost: 0.8 },
    });
    expect(latency({ source, p: 50, atMost: '+5%', at100: 'recorded', atLeast: '100ms' }).criterion).toEqual({
      type: 'relative',
      ratio: 1.05,
      atLeast: 0.1,
      at100: 'recorded',
    });
  });

  it('refuse a limit that is neither', () => {
    expect(() => latency({ source, p: 95, atMost: 'fast' as '1s' })).toThrow('"fast": is not a duration');
  });
});

describe('act', () => {
  it('carries what its author says', () => {
    const undo = { type: 'nothing', because: 'it only reads' } as const;
    const options = {
      why: 'w',
      verify: 'v',
      target: 'queue:mails',
      do: { kind: 'mails.check', input: {} },
      undo,
    } as const;
    expect(act('check-mails', options)).toEqual({ type: 'act', id: 'act/check-mails', ...options });
  });
});

describe('askOnFailure', () => {
  it('lets an operator decide about an act, and changes nothing else of it', () => {
    const filling = backfill(shapes);
    expect(askOnFailure(filling)).toEqual({ ...filling, onFailure: 'ask' });
    expect(filling).not.toHaveProperty('onFailure');
  });
});

describe('action', () => {
  const input = z.object({ to: z.number().max(11), smoothly: z.boolean().default(true) });
  const turn = action('dial.turn', input);

  it('makes actions of its kind, with everything that its schema fills in', () => {
    expect(turn({ to: 8 })).toEqual({ kind: 'dial.turn', input: { to: 8, smoothly: true } });
    expect(turn.kind).toBe('dial.turn');
    expect(turn.input).toBe(input);
  });

  it('names the member that its schema refuses', () => {
    expect(() => turn({ to: 12 })).toThrow(
      /^to in input of dial.turn: Too big.*; give what its schema asks for$/,
    );
    expect(() => turn({ to: 8, smothly: false } as never)).toThrow(
      'smothly in input of dial.turn: is unknown; use one of to, smoothly',
    );
  });

  it('refuses a schema that would make another input of it when it is read again', () => {
    const twice = action('dial.turn', z.object({ to: z.number().transform((to) => to * 2) }));
    expect(() => twice({ to: 4 })).toThrow(/is changed by its schema each time it is read/);
  });
});

/** The first act's restore puts the same capture back, whatever the second one's did. */
const superseded = 'the first act on the queue puts it back to the same capture afterwards';

/** The undo of adding columns takes along what keeps them in sync: no writer meets the one without the other. */
const takenAlong = 'the undo of adding the columns takes their triggers along, in the same transaction';

/**
 * Ways back that change nothing in memory when they are spoilt, by mutant and with the reason: a drill stays green on
 * them, and has to. They are no mutants that survived.
 */
export const equivalentInMemory: Readonly<Record<string, string>> = {
  'act/resize-orders-to-16 removed': superseded,
  'act/resize-orders-to-16 does-nothing': superseded,
  'act/resize-orders-to-16 stale': superseded,
};

/** The same on real targets. The model in memory knows triggers that nothing takes along. */
export const equivalent: Readonly<Record<string, string>> = {
  ...equivalentInMemory,
  'keep-in-sync/shop.customer removed': takenAlong,
  'keep-in-sync/shop.customer does-nothing': takenAlong,
};

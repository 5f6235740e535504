/**
 * Which tests run when. What stands in no list is pure: it needs no server of the run, and takes seconds
 * (`npm run test:pure`). test/rooms/projects.test.ts keeps the lists true.
 */

/** Files that ask for the servers of the run: these start once, for all of them, and only when one of them runs. */
export const servers: readonly string[] = [
  'test/activities/adapter/contract.test.ts',
  'test/activities/drill/{adopt,clone,world}.test.ts',
  'test/activities/locks/{locks,read-targets,repair}.test.ts',
  'test/activities/postgres/**/*.test.ts',
  'test/activities/records/{drills,evidence,migrations,notices,outages,records,slack,slack-troubles}.test.ts',
  'test/activities/records/journal/journal.test.ts',
  'test/activities/sentinel/{interruptions,judging,news,orphans,outage,repair,sentinel,silence}.test.ts',
  'test/apps/cli/{asked,locks,long-journal,server-absent,server-operator,server-refused,server-rollout,ways}.test.ts',
  'test/apps/api/local.test.ts',
  'test/apps/client/contract.test.ts',
  'test/apps/local/{dev,servers}.test.ts',
  'test/apps/testing/{local,snapshot}.test.ts',
  'test/apps/claim-current.test.ts',
  'test/apps/worker/proof-window.test.ts',
  'test/demo/{audit,processes,shop}.test.ts',
  'test/integration/**/*.test.ts',
  'test/workflows/{early-queries,lost-attempt,priority,quiet-hour,random-turns,stack-depth,turns}.test.ts',
];

/** What fills a machine with two cores by itself, or measures it: `npm run test:deep`, one file at a time. */
export const alone: readonly string[] = [
  'test/activities/sentinel/scale.test.ts',
  'test/chaos/chaos.test.ts',
  'test/demo/{door,drill}.test.ts',
  'test/integration/{flood,long-life,soak}.test.ts',
  'test/replay/{forgetting,replay-history}.test.ts',
];

/** What takes too long for each commit, though its main path has a test in `npm test`: `npm run test:deep`. */
export const long: readonly string[] = [
  'test/activities/flags/crash.test.ts',
  'test/activities/locks/repair.test.ts',
  'test/activities/postgres/{nothing-lost,purge}.property.test.ts',
  'test/activities/records/outages.test.ts',
  'test/activities/sentinel/{interruptions,outage,repair,silence}.test.ts',
  'test/apps/claim-current.test.ts',
  'test/apps/cli/{long-journal,server-absent}.test.ts',
  'test/apps/local/{postgres-binaries,postgres-server,records-server,temporal-server}.test.ts',
  'test/bench/bench.test.ts',
  'test/integration/{asked-while-away,builds,contested,doctor,garbage,records-lost,rounds,silence,slack,unconfirmed,unwatched}.test.ts',
  'test/replay/finds.test.ts',
  'test/rooms/walls.test.ts',
  'test/workflows/{quiet-hour,random-turns}.test.ts',
];

/** Ways to go wrong that each take a minute or more: `npm run test:deep`, and on the other server in `test:system`. */
export const onEachServer: readonly string[] = [
  'test/activities/locks/locks.test.ts',
  'test/activities/sentinel/orphans.test.ts',
  'test/integration/{blind-guards,custom-acts,drill,drill-gate,ended-from-outside,journal,locks}.test.ts',
  'test/integration/{needs-operator,no-return,operator,orphans,set-aside,shapes-differ,signed}.test.ts',
  'test/integration/{takes-back,temporal-tools,verified-rollback}.test.ts',
  'test/workflows/{early-queries,priority,turns}.test.ts',
];

/** What `npm test` leaves to `npm run test:deep`, which a release passes too. */
export const deep: readonly string[] = [...alone, ...long, ...onEachServer];

/** Properties that draw more cases in `npm run test:deep` than for each commit. */
export const properties: readonly string[] = ['test/engine/{*.property,drift}.test.ts'];

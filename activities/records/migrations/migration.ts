/**
 * One step of the schema. Steps only add, so that a build which does not know the last ones goes on working beside one
 * that does; and none that was released is changed.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

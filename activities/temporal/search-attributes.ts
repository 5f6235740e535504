import type { OperatorService } from '@temporalio/client';

/** The search attributes a rollout carries, with their Temporal types. */
export const searchAttributes = {
  SwitchbackRunbook: 'Keyword',
  SwitchbackOwner: 'Keyword',
  SwitchbackPhase: 'Keyword',
  SwitchbackState: 'Keyword',
  SwitchbackEnvironment: 'Keyword',
  SwitchbackWaitingFor: 'Keyword',
} as const;

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2;

/**
 * Registers those that the namespace does not have yet. A rollout that sets an unknown attribute would be stuck, so a
 * worker that cannot do this must not start.
 *
 * @throws with the command that an operator with the right can run instead
 */
export async function registerSearchAttributes(
  { operatorService }: { readonly operatorService: OperatorService },
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.keys(searchAttributes).filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    const flags = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `search attributes of namespace ${namespace} cannot be registered: ${reason}; ` +
        `run: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
      { cause: error },
    );
  }
}

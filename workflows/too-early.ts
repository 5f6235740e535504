/** Why a query is not answered that came before the workflow task which its history waits for: ask again. */
export const askedTooEarly = 'asked before the next workflow task began';

/** Why a query is not answered that came before the workflow task which its history waits for: ask again. */
export const askedTooEarly = 'asked before the next workflow task began: ask again';

/** The argument of a query that says of its workflow that it has ended: no task will come that it could be too early for. */
export const afterTheEnd = 'after the end';

import type { Name } from './names.js';

/** The version of the code that answers a request. */
export type Arm = 'baseline' | 'candidate';

/** One customer as the shop shows it. */
export interface Customer {
  readonly id: number;
  readonly name: Name;
  readonly email: string;
  readonly region: string;
}

/** What a new customer is made of. */
export type NewCustomer = Omit<Customer, 'id'>;

/** Where customers' names are kept. Both arms offer this; only they know the columns. */
export interface CustomerStore {
  /** Undefined when there is no such customer. */
  find(id: number): Promise<Customer | undefined>;
  /** Undefined when there is no such customer; otherwise the customer as it is now. */
  rename(id: number, name: Name): Promise<Customer | undefined>;
  create(customer: NewCustomer): Promise<Customer>;
  /** At most 20 customers of this family name, in no particular order. */
  search(family: string): Promise<readonly Customer[]>;
}

/** Rows of one query; PostgreSQL's bigint arrives as a string. */
export type Query = <Row extends object>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

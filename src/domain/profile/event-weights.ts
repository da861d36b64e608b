import type { BehaviourEvent, EventKind } from '../entities/event';

/** How much one event of a kind says about what a person is into; a view is the unit. */
export const KIND_WEIGHTS: Readonly<Record<EventKind, number>> = {
  VIEW: 1,
  SEARCH: 1.5,
  CLICK: 1.5,
  CART: 3,
  PURCHASE: 5,
  ENROL: 5,
  INVEST: 5,
  BOOK: 5,
  RATE: 2,
};

/** A rating of three stars of five says nothing; below it speaks against the interest. Other values are amounts, not tastes. */
export function eventWeight(event: Pick<BehaviourEvent, 'kind' | 'value'>): number {
  const weight = KIND_WEIGHTS[event.kind];
  if (event.kind !== 'RATE' || event.value === null) return weight;
  const stars = Math.min(5, Math.max(1, event.value));
  return weight * ((stars - 3) / 2);
}

import { moneyText } from '../../domain/copy/money-text';
import type { SlotFacts } from '../../domain/copy/fill';
import type { Slot } from '../../domain/copy/slots';
import type { Campaign, Vertical } from '../../domain/entities/campaign';

/** A vertical as the writer learnt it: by the name of its corpus file. */
export function writtenVertical(vertical: Vertical): string {
  return vertical.toLowerCase();
}

/** Facts for the slots. Of several offers and features each turn takes another, so that one request uses them all. */
export function copyFacts(product: Campaign['product'], interest: string | null, turn: number): SlotFacts {
  const pick = (values: readonly string[]): string | undefined => (values.length === 0 ? undefined : values[turn % values.length]);
  const facts: Partial<Record<Slot, string | undefined>> = {
    '<product>': product.name,
    '<brand>': product.brand ?? undefined,
    '<offer>': pick(product.offers),
    '<price>': product.price === null ? undefined : moneyText(product.price.micros, product.price.currency),
    '<feature>': pick(product.features),
    '<interest>': interest ?? undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined && fact.trim() !== '')) as SlotFacts;
}

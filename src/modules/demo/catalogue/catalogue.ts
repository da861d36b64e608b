import { ECOMMERCE } from './ecommerce';
import { EDUCATION } from './education';
import type { CatalogueEntry } from './entry';
import { FINANCE } from './finance';
import { TRAVEL } from './travel';

export const CATALOGUE: readonly CatalogueEntry[] = [...ECOMMERCE, ...EDUCATION, ...FINANCE, ...TRAVEL];

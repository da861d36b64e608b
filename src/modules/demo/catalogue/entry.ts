import type { Vertical } from '../../../domain/entities/campaign';

/** Items that demo people look at, by what they say about taste. All invented. */
export interface CatalogueEntry {
  readonly vertical: Vertical;
  /** Category of the events, and so the name of the interest. */
  readonly interest: string;
  readonly titles: readonly string[];
  /** What people type into the search box. */
  readonly searches: readonly string[];
  /** Interests that people who have this one often have too. */
  readonly near: readonly string[];
}

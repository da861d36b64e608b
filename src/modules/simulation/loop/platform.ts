import type { DemoCampaign } from '../../demo/demo-campaign';
import type { PoolCopy } from '../world/copy-pool';
import type { Person } from '../world/person';
import type { WorldVertical } from '../world/world';

/** What was chosen for somebody. */
export interface Served {
  readonly decisionId: string;
  readonly text: string;
  readonly propensity: number;
  /** Of the campaign. */
  readonly currency: string;
  readonly tokens: { readonly impression: string; readonly click: string; readonly conversion: string };
}

/** What came of one showing, as the platform is told. */
export interface Told {
  readonly served: Served;
  readonly clicked: boolean;
  /** Units of money; null without a conversion. */
  readonly value: number | null;
}

export interface Recorded {
  readonly recorded: number;
  readonly replayed: number;
}

/** What is believed of a creative beyond the model, in log-odds. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** What a run of training came to. */
export interface Retrained {
  readonly vertical: WorldVertical;
  readonly status: 'SUCCEEDED' | 'REFUSED' | 'FAILED' | 'CANCELLED';
  /** What the gate required and did not get, or the error; empty where it passed. */
  readonly unmet: readonly string[];
  /** By name; empty where it was not judged. */
  readonly figures: Readonly<Record<string, number>>;
  /** The version that answers since then; null where none was promoted. */
  readonly live: string | null;
}

/** Copy that the platform wrote and somebody approved. */
export interface NewCopy {
  /** What it was asked to write for. */
  readonly interests: readonly string[];
  readonly texts: readonly string[];
  /** Pieces that the guard, or the search for duplicates, turned away. */
  readonly turnedAway: number;
}

/** The platform as those who use it see it: the world knows no other way in. */
export interface Platform {
  addPeople(people: readonly Person[]): Promise<void>;
  /** Opens a campaign with copy that has been approved; gives the texts that the guard let pass. */
  openCampaign(campaign: DemoCampaign, copy: readonly PoolCopy[]): Promise<readonly string[]>;
  decide(ask: { readonly person: string; readonly campaign: string; readonly key: string }): Promise<Served | null>;
  tell(outcomes: readonly Told[]): Promise<Recorded>;
  /** Trains each vertical's classifier on what it logged and promotes what its gate passed. */
  retrain(verticals: readonly WorldVertical[], seed: number): Promise<readonly Retrained[]>;
  /** Has copy written for what most of these people follow and no copy was asked for yet, and approves what the guard lets pass. */
  writeCopy(campaign: string, order: { readonly people: readonly string[]; readonly count: number; readonly seed: number }): Promise<NewCopy>;
  /** What a decision was made by: the beliefs about all of its candidates, and their propensities. */
  explain(decisionId: string): Promise<readonly { readonly belief: Belief; readonly propensity: number }[]>;
  /** Impressions and clicks that the campaign's creatives have counted. */
  counts(campaign: string): Promise<{ readonly impressions: number; readonly clicks: number }>;
  /** Lets time pass. */
  advance(milliseconds: number): void;
}

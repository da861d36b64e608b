/** One decision that somebody saw, with what was shown as it was and what was known of the person then. */
export interface LoggedChoice {
  readonly decisionId: string;
  readonly at: Date;
  /** Whom it was for; null for nobody in particular. */
  readonly person: string | null;
  /** What the model reads of the person, rebuilt for that moment; empty where nothing of them may be read. Never logged, never in the feed. */
  readonly profile: string;
  readonly text: string;
  readonly clicked: boolean;
  readonly propensity: number;
  readonly placement: string;
  /** Where the model ran that it was chosen by; null where none did. */
  readonly device: string | null;
}

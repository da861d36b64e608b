import type { Vertical } from '../../domain/entities/campaign';
import type { Profile } from '../../domain/entities/profile';
import type { BriefDecision } from '../../store/decisions';
import type { Dependencies } from '../dependencies';
import type { LoggedChoice } from './logged-choice';
import { creativeTextsAt, profileTextsAt } from './texts-of-the-time';

export interface ReadLog {
  readonly vertical: Vertical;
  /** By whose rules people's texts are written: what a regulated vertical bars is in no log that its model reads. The log's own vertical when absent. */
  readonly readAs?: Vertical;
  /** The log up to here: what happened or was told of later, clicks on earlier decisions included, is not there. */
  readonly until: Date;
  /** Decisions younger than this at `until` are left out: their clicks may be still to come. */
  readonly matureMinutes: number;
  readonly limit: number;
  readonly signal: AbortSignal;
}

const PAGE = 1_000;

/**
 * What the log teaches of a vertical, oldest first, the latest `limit` decisions. People who did not agree to training are not in it, nor
 * are people who were erased; people who did not agree to personalisation are in it without a text of theirs. What was shown to nobody
 * in particular is in it as such.
 */
export async function readLog(deps: Dependencies, { vertical, readAs = vertical, until, matureMinutes, limit, signal }: ReadLog): Promise<LoggedChoice[]> {
  const mature = new Date(until.getTime() - matureMinutes * 60_000);
  const choices: LoggedChoice[][] = [];
  let before: BriefDecision | undefined;
  for (let left = limit; left > 0; ) {
    signal.throwIfAborted();
    const page = await deps.store.decisions.seen(deps.advertiserId, { vertical, until: mature, toldUntil: until, before, limit: Math.min(PAGE, left) });
    choices.push(await asChoices(deps, page, readAs, until));
    if (page.length < PAGE) break;
    left -= page.length;
    before = page.at(-1);
  }
  return choices.flat().toReversed();
}

async function asChoices(deps: Dependencies, decisions: readonly BriefDecision[], readAs: Vertical, until: Date): Promise<LoggedChoice[]> {
  const ids = new Set(decisions.flatMap(({ profileId }) => profileId ?? []));
  const profiles = new Map((await deps.store.profiles.byIds(deps.advertiserId, [...ids])).map((profile) => [profile.id, profile]));
  const usable = decisions.flatMap((decision) => {
    const profile = decision.profileId === null ? null : profiles.get(decision.profileId);
    return mayTeach(decision, profile) ? [{ decision, profile: profile ?? null }] : [];
  });
  const behind = usable.flatMap(({ decision, profile }) => (profile && decision.personalised ? [{ profileId: profile.id, at: decision.createdAt, profile }] : []));
  const texts = await profileTextsAt(deps, behind, readAs);
  const textAt = await creativeTextsAt(deps, [...new Set(usable.map(({ decision }) => decision.creativeId))]);
  let next = 0;
  return usable.flatMap(({ decision, profile }): LoggedChoice[] => {
    // What was scored without a text of the person teaches about copy alone.
    const profileTextThen = profile && decision.personalised ? texts[next++]! : '';
    const text = textAt(decision.creativeId, decision.createdAt);
    if (text === null) return [];
    const { id, createdAt, profileId, clickAt, propensity, placement, device } = decision;
    return [{ decisionId: id, at: createdAt, person: profileId, profile: profileTextThen, text, clicked: clickAt !== null && clickAt <= until, propensity, placement, device }];
  });
}

function mayTeach(decision: BriefDecision, profile: Profile | null | undefined): boolean {
  // Somebody was there who is no more: erased. Of what was personalised nobody but the person can be known to be missing.
  if (profile === undefined || (profile === null && decision.personalised)) return false;
  return profile === null || profile.consent.training;
}

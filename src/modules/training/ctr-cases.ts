/** What a click classifier is judged and calibrated on: texts with their outcomes, made the same way every time. */
import { createRng } from '../../base/rng';
import { copyCases, type CopySources } from './copy-examples';
import { PROFILE_TITLES } from './ctr-data';
import { groupBy, popularitySampler, profileOf } from './ctr-examples';
import type { GamesPerson, UpworthyArm } from './sources';

/** A headline with one image in one test. */
export interface HeadlineCase {
  /** Test and image. */
  group: string;
  text: string;
  clicks: number;
  impressions: number;
}

/** A title that a person took next (label 1) or one of 19 popularity-sampled titles that they did not have. */
export interface TitleCase {
  person: string;
  profile: string;
  text: string;
  label: 0 | 1;
}

export const SAMPLED_NEGATIVES = 19;

export function headlineCases(arms: readonly UpworthyArm[]): HeadlineCase[] {
  return [...groupBy(arms, (a) => `${a.test} ${a.image}`)].flatMap(([group, sameImage]) =>
    [...groupBy(sameImage, (a) => a.headline)].map(([text, list]) => ({
      group,
      text,
      clicks: list.reduce((sum, a) => sum + a.clicks, 0),
      impressions: list.reduce((sum, a) => sum + a.impressions, 0),
    })),
  ).filter((c) => c.impressions > 0);
}

/** @param everyone whose choices say how popular a title is */
export function titleCases(people: readonly GamesPerson[], everyone: readonly GamesPerson[], seed: number): TitleCase[] {
  const sample = popularitySampler(everyone, createRng(seed));
  return people.flatMap(({ person, history, next }) => {
    const seen = new Set([...history, next]);
    const profile = profileOf(history, PROFILE_TITLES);
    const cases: TitleCase[] = [{ person, profile, text: next, label: 1 }];
    while (cases.length <= SAMPLED_NEGATIVES) {
      const text = sample();
      if (!seen.has(text)) cases.push({ person, profile, text, label: 0 });
    }
    return cases;
  });
}

/** Copy for a profile's interest (label 1) among nine lines for other interests; each case is a person of its own. */
export function copyJudgements(copy: CopySources): TitleCase[] {
  return copyCases(copy, createRng(23), { each: 10, negatives: 9 }).flatMap(({ profile, texts }, i) =>
    texts.map((text, k): TitleCase => ({ person: `case ${i}`, profile, text, label: k === 0 ? 1 : 0 })),
  );
}

/** The same cases with profiles dealt anew among people: what remains of a score is not personal. */
export function shuffleProfiles(cases: readonly TitleCase[], seed: number): TitleCase[] {
  const people = [...new Map(cases.map((c) => [c.person, c.profile]))];
  const dealt = createRng(seed).shuffle(people.map(([, profile]) => profile));
  const given = new Map(people.map(([person], i) => [person, dealt[i]!]));
  return cases.map((c) => ({ ...c, profile: given.get(c.person)! }));
}


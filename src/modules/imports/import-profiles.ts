import type { Consent, Profile } from '../../domain/entities/profile';
import { deriveProfile } from '../../domain/profile/derive-profile';
import type { Dependencies } from '../dependencies';
import { newProfile } from '../profiles/upsert-profile';
import type { Row } from './row';
import { runImport, type BatchResult, type ImportInput, type ImportReport, type Numbered } from './run-import';

interface Person {
  readonly externalId: string;
  /** Null leaves as it is; a new profile starts without. */
  readonly consent: { readonly [Purpose in keyof Consent]: boolean | null };
  readonly attributes: Readonly<Record<string, string>>;
}

const PURPOSES = ['personalisation', 'training', 'measurement'] as const;

/** People and what they agreed to. Attributes are the columns that begin with `attributes.`; those not named stay. */
export function importProfiles(deps: Dependencies, input: ImportInput): Promise<ImportReport> {
  const mapped = Object.entries(input.map ?? {}).filter(([field]) => field.startsWith('attributes.'));
  return runImport<Person>(
    {
      fields: [
        { name: 'externalId', required: true },
        ...PURPOSES.map((purpose) => ({ name: `consent.${purpose}`, required: false })),
        ...mapped.map(([name]) => ({ name, required: false })),
      ],
      parse: (row) => readPerson(row, mapped.map(([field]) => field)),
      write: (batch) => storePeople(deps, batch),
    },
    input,
  );
}

function readPerson(row: Row, mapped: readonly string[]): Person {
  const attributes: Record<string, string> = {};
  for (const [name, value] of row.under('attributes.')) attributes[name] = value;
  for (const field of mapped) {
    const value = row.optional(field, { max: 200 });
    if (value !== null) attributes[field.slice('attributes.'.length)] = value;
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (name.length > 80 || value.length > 200) row.refuse(`attributes.${name.slice(0, 80)}`, 'an attribute has a name of at most 80 and a value of at most 200 characters');
  }
  if (Object.keys(attributes).length > 100) row.refuse('attributes', 'at most 100 attributes');
  return {
    externalId: row.required('externalId', { max: 200 }),
    consent: {
      personalisation: row.flag('consent.personalisation'),
      training: row.flag('consent.training'),
      measurement: row.flag('consent.measurement'),
    },
    attributes,
  };
}

async function storePeople(deps: Dependencies, batch: readonly Numbered<Person>[]): Promise<BatchResult> {
  const now = deps.clock.now();
  // Of several rows about one person the last one counts.
  const people = new Map(batch.map(({ record }) => [record.externalId, record]));
  return deps.store.transaction(async (tx) => {
    const drafts = new Map(Array.from(people.values(), (person) => {
      const draft = merged(newProfile(deps, person.externalId, now), person, now);
      return [draft.externalId, draft];
    }));
    const ensured = await tx.profiles.ensureMany([...drafts.values()]);
    const found = ensured.filter((profile) => profile.id !== drafts.get(profile.externalId)!.id);
    const locked = found.length > 0 ? await tx.profiles.lockByIds(deps.advertiserId, found.map(({ id }) => id)) : [];
    const changed = locked.filter((profile) => differs(profile, people.get(profile.externalId)!));
    if (changed.length > 0) await tx.profiles.updateMany(changed.map((profile) => merged(profile, people.get(profile.externalId)!, now)));
    const imported = ensured.length - found.length + changed.length;
    return { imported, unchanged: batch.length - imported };
  });
}

function consentOf(known: Consent, person: Person): Consent {
  return {
    personalisation: person.consent.personalisation ?? known.personalisation,
    training: person.consent.training ?? known.training,
    measurement: person.consent.measurement ?? known.measurement,
  };
}

function differs(profile: Profile, person: Person): boolean {
  const consent = consentOf(profile.consent, person);
  return (
    PURPOSES.some((purpose) => consent[purpose] !== profile.consent[purpose]) ||
    Object.entries(person.attributes).some(([name, value]) => profile.attributes[name] !== value)
  );
}

/** Consent decides what the models may read: the text is derived again. */
function merged(profile: Profile, person: Person, now: Date): Profile {
  const consent = consentOf(profile.consent, person);
  return { ...profile, consent, attributes: { ...profile.attributes, ...person.attributes }, ...deriveProfile({ ...profile, consent }, [], now), updatedAt: now };
}

import { AdloomError } from '../../base/errors';
import type { BehaviourEvent, EventKind } from '../../domain/entities/event';
import type { Profile } from '../../domain/entities/profile';
import { deriveProfile } from '../../domain/profile/derive-profile';
import type { Dependencies } from '../dependencies';
import { checkEvents } from './check-events';
import { newProfile } from './upsert-profile';

export interface EventInput {
  /** The caller's id of the event. */
  readonly eventId: string;
  /** The caller's id of the person. */
  readonly profileExternalId: string;
  readonly kind: EventKind;
  readonly itemText: string;
  readonly category?: string | null;
  readonly value?: number | null;
  /** Now, when absent. */
  readonly occurredAt?: Date | null;
}

export interface RecordEvents {
  readonly events: readonly EventInput[];
  readonly validateOnly?: boolean;
}

export interface RecordedEvents {
  /** Events that were new. */
  readonly recorded: number;
  /** Events whose id was known already; they change nothing. */
  readonly replayed: number;
  /** Profiles that new events changed, as they are now. */
  readonly profiles: readonly Profile[];
}

/**
 * Takes in what people did and derives their profiles anew, in one transaction: the next prediction reads the new profile, and a
 * batch is kept whole or not at all. People not seen before get a profile that has agreed to nothing.
 */
export async function recordEvents(deps: Dependencies, input: RecordEvents): Promise<RecordedEvents> {
  const now = deps.clock.now();
  checkEvents(input.events, now);
  if (input.validateOnly || input.events.length === 0) return { recorded: 0, replayed: 0, profiles: [] };
  const people = [...new Set(input.events.map((event) => event.profileExternalId))];
  return deps.store.transaction(async (tx) => {
    const ensured = await tx.profiles.ensureMany(people.map((externalId) => newProfile(deps, externalId, now)));
    // Locked, so that two batches about one person derive one after the other and neither is lost.
    const profiles = await tx.profiles.lockByIds(deps.advertiserId, ensured.map((profile) => profile.id));
    if (profiles.length < people.length) throw new AdloomError('CONFLICT', 'Somebody among them was erased meanwhile.', { field: 'events', hint: 'Send the batch again.' });
    const byExternalId = new Map(profiles.map((profile) => [profile.externalId, profile]));
    const fresh = await tx.events.record(
      input.events.map((event): BehaviourEvent => ({
        id: deps.ids.next(),
        advertiserId: deps.advertiserId,
        profileId: byExternalId.get(event.profileExternalId)!.id,
        eventId: event.eventId,
        kind: event.kind,
        itemText: event.itemText,
        category: event.category ?? null,
        value: event.value ?? null,
        occurredAt: event.occurredAt ?? now,
        receivedAt: now,
      })),
    );
    const news = new Map<string, BehaviourEvent[]>();
    for (const event of fresh) {
      const known = news.get(event.profileId);
      if (known) known.push(event);
      else news.set(event.profileId, [event]);
    }
    const changed = profiles
      .filter((profile) => news.has(profile.id))
      .map((profile): Profile => ({ ...profile, ...deriveProfile(profile, news.get(profile.id)!, now), updatedAt: now }));
    const saved = changed.length > 0 ? await tx.profiles.updateMany(changed) : [];
    return { recorded: fresh.length, replayed: input.events.length - fresh.length, profiles: saved };
  });
}

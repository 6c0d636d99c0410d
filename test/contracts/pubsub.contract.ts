import type {PubSub} from '@google-cloud/pubsub';
import {pullCases} from './pubsub-pull.ts';
import {resourceCases} from './pubsub-resources.ts';
import {openSession, type Session} from './pubsub-session.ts';
import {streamCases} from './pubsub-streams.ts';

/** A Pub/Sub service under test, with a client that already points at it. */
export interface PubsubUnderTest {
  readonly pubsub: PubSub;
  close(): Promise<void>;
}

/** What every Pub/Sub service keeps, told by the real client. Cases where Google's emulator differs from the service live elsewhere. */
export function pubsubContract(name: string, start: () => Promise<PubsubUnderTest>): void {
  describe(`Pub/Sub on ${name}`, () => {
    let service: PubsubUnderTest;
    let session: Session;

    before(async () => {
      service = await start();
      session = await openSession(service.pubsub);
    });

    after(async () => {
      await session?.close();
      await service?.close();
    });

    resourceCases(() => session);
    pullCases(() => session);
    streamCases(() => session);
  });
}

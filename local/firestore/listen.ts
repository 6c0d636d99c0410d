import type {handleBidiStreamingCall} from '@grpc/grpc-js';
import {ApiError} from '../api-error.ts';
import type {DocumentStore} from './document-store.ts';
import {ListenTarget} from './listen-target.ts';
import type {google} from './protocol.ts';
import {type Timestamp, timestampOf} from './timestamp.ts';

type ListenCall = handleBidiStreamingCall<
  google.firestore.v1.IListenRequest,
  google.firestore.v1.IListenResponse
>;

/**
 * The `Listen` call: after every commit each target is looked at again, and the listener gets the difference.
 * A resumed target starts from nothing: what a listener saw in an earlier connection is not kept.
 */
export function listen(store: DocumentStore): ListenCall {
  return (call) => {
    const targets = new Map<number, ListenTarget>();
    let isDue = false;

    function send(changes: readonly google.firestore.v1.IListenResponse[], readTime: Timestamp): void {
      if (changes.length === 0) return;
      for (const change of changes) call.write(change);
      // Without target ids this says: all targets are consistent as of now, show it.
      call.write({targetChange: {targetChangeType: 'NO_CHANGE', targetIds: [], ...resumption(readTime)}});
    }

    function sendChanges(): void {
      isDue = false;
      const readTime = timestampOf(store.clock.readMicros());
      send(
        [...targets.values()].flatMap((target) => target.changes(store, readTime)),
        readTime,
      );
    }

    function addTarget({addTarget: wire, database}: google.firestore.v1.IListenRequest): void {
      const target = new ListenTarget(wire ?? {}, database);
      const targetIds = [target.id];
      const readTime = timestampOf(store.clock.readMicros());
      targets.set(target.id, target);
      call.write({targetChange: {targetChangeType: 'ADD', targetIds}});
      if (wire?.resumeToken?.length) call.write({targetChange: {targetChangeType: 'RESET', targetIds}});
      const current = {targetChangeType: 'CURRENT' as const, targetIds, ...resumption(readTime)};
      send([...target.changes(store, readTime), {targetChange: current}], readTime);
    }

    const stopWatching = store.watch(() => {
      if (!isDue) setImmediate(sendChanges);
      isDue = true;
    });
    call.on('data', (request: google.firestore.v1.IListenRequest) => {
      if (request.removeTarget != null) targets.delete(request.removeTarget);
      if (request.addTarget == null) return;
      try {
        addTarget(request);
      } catch (error) {
        call.write({targetChange: refusal(request.addTarget, error)});
      }
    });
    const stop = () => {
      stopWatching();
      targets.clear();
    };
    call.on('cancelled', stop);
    call.on('end', () => {
      stop();
      call.end();
    });
  };
}

function resumption(readTime: Timestamp) {
  return {readTime, resumeToken: Buffer.from(`${readTime.seconds}.${readTime.nanos}`)};
}

function refusal(target: google.firestore.v1.ITarget, error: unknown): google.firestore.v1.ITargetChange {
  if (!(error instanceof ApiError)) throw error;
  const cause = {code: error.code, message: error.message};
  return {targetChangeType: 'REMOVE', targetIds: [target.targetId ?? 0], cause};
}

import {ApiError} from '../api-error.ts';
import {idOf} from '../names.ts';
import type {State} from '../state.ts';
import type {Operations} from './operations.ts';
import {makeDefault, modelOf, type Registry, type StoredVersion, shownVersion} from './registry.ts';
import type {Operation, Version} from './types.ts';
import type {VersionServers} from './version-servers.ts';

/** A version whose server is on its way up; kept, so that a restart takes it up again. */
interface Change {
  readonly operation: string;
  readonly version: string;
}

export interface VersionChanges {
  /** The version is there at once, as CREATING; READY once its server has answered, or FAILED. The first one is the default. */
  create(version: StoredVersion): Operation;
  /** A version that keeps a node has its server up when the operation is done; one that keeps none has it ended. */
  update(version: StoredVersion): Operation;
  /** @throws ApiError FAILED_PRECONDITION for the default version while there are others. */
  delete(version: StoredVersion): Operation;
  resume(): void;
  close(): void;
}

interface Host {
  readonly state: State;
  readonly registry: Registry;
  readonly servers: VersionServers;
  readonly operations: Operations;
}

/** What happens to versions and takes a while. */
export function openVersionChanges({state, registry, servers, operations}: Host): VersionChanges {
  const pending = state.collection<Change>('ml.changes');
  let isClosing = false;

  const shown = (name: string) =>
    ({type: 'Version', value: shownVersion(registry.version(name), registry)}) as const;

  async function start(change: Change): Promise<void> {
    try {
      await servers.ready(registry.version(change.version));
      if (!isClosing) state.atomically(() => succeed(change));
    } catch (error) {
      if (isClosing) return;
      const why = error instanceof ApiError ? error : new ApiError('INTERNAL', String(error));
      state.atomically(() => fail(change, why));
    }
  }

  function succeed({operation, version: name}: Change): void {
    const version = registry.version(name);
    registry.saveVersion({...version, state: 'READY'});
    if (registry.model(modelOf(name)).defaultVersion === undefined) makeDefault(name, registry);
    pending.delete(operation);
    operations.succeed(operation, shown(name));
  }

  function fail({operation, version: name}: Change, error: ApiError): void {
    const version = registry.version(name);
    if (version.state === 'CREATING')
      registry.saveVersion({...version, state: 'FAILED', errorMessage: error.message});
    pending.delete(operation);
    operations.fail(operation, error);
  }

  function begin(verb: 'CREATE_VERSION' | 'UPDATE_VERSION', version: string): Operation {
    const operation = operations.begin(verb, version);
    const change = {operation: operation.name ?? '', version};
    pending.set(change.operation, change);
    start(change);
    return operation;
  }

  return {
    create(version) {
      registry.saveVersion({...version, state: 'CREATING'});
      return begin('CREATE_VERSION', version.name);
    },
    update(version) {
      registry.saveVersion(version);
      if (keepsNode(version)) return begin('UPDATE_VERSION', version.name);
      servers.stop(version.name);
      const operation = operations.begin('UPDATE_VERSION', version.name);
      return operations.succeed(operation.name ?? '', shown(version.name));
    },
    delete({name}) {
      const {defaultVersion, ...model} = registry.model(modelOf(name));
      if (defaultVersion === name && registry.versionsOf(model.name).length > 1) {
        throw new ApiError(
          'FAILED_PRECONDITION',
          `Field: name Error: ${idOf(name)} is the default version; make another one the default first.`,
        );
      }
      registry.deleteVersion(name);
      if (defaultVersion === name) registry.saveModel(model);
      servers.stop(name);
      const operation = operations.begin('DELETE_VERSION', name);
      return operations.succeed(operation.name ?? '');
    },
    resume() {
      for (const change of [...pending.values()]) start(change);
    },
    close() {
      isClosing = true;
    },
  };
}

function keepsNode({autoScaling, manualScaling}: Version): boolean {
  return manualScaling !== undefined || (autoScaling?.minNodes ?? 0) > 0;
}

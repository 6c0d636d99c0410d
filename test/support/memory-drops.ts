import {isOlder} from '../../shared/domain/generation.ts';
import {dropIdOf} from '../../shared/domain/ids.ts';
import type {RunInput} from '../../shared/domain/run.ts';
import type {Drops} from '../../shared/upkeep-ports.ts';
import type {World} from './memory-ports.ts';

export function memoryDrops({drops}: World): Drops {
  return {head: async (object) => drops.get(dropIdOf(object))};
}

/** Moves the head of a run's object as the creation of the run does. @returns what was the head before */
export function moveHead({drops}: World, input: RunInput): string | undefined {
  const id = dropIdOf(input);
  const head = drops.get(id);
  if (head === undefined || isOlder(head, input.generation)) drops.set(id, input.generation);
  return head;
}

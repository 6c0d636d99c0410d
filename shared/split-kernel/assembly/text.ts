import {SPARE} from './copy';

/** Memory for text that the caller writes; the kernel loads a little beyond its end. */
export function allocateText(capacity: usize): usize {
  return heap.alloc(capacity + SPARE);
}

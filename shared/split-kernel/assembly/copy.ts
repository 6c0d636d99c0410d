/** Bytes that `copyBytes` may read and write beyond the end, so buffers end with as many spare ones. */
export const SPARE: usize = 64;

/** From here on the engine's own copy is faster than a loop of 64 bytes a turn. */
const LONG: usize = 1024;

export function copyBytes(to: usize, from: usize, length: usize): void {
  if (length >= LONG) {
    memory.copy(to, from, length);
    return;
  }
  for (let done: usize = 0; done < length; done += 64) {
    v128.store(to + done, v128.load(from + done));
    v128.store(to + done, v128.load(from + done, 16), 16);
    v128.store(to + done, v128.load(from + done, 32), 32);
    v128.store(to + done, v128.load(from + done, 48), 48);
  }
}

/** A path is a bit of a mask; a definition with more is left to the caller. */
export const MAX_PATHS = 32;

/** Objects that are nested deeper are left to the caller. */
export const MAX_DEPTH = 32;

/** By depth and path. */
const names = new StaticArray<usize>(MAX_DEPTH * MAX_PATHS);
const nameLengths = new StaticArray<usize>(MAX_DEPTH * MAX_PATHS);
/** Names of a path. */
const depths = new StaticArray<i32>(MAX_PATHS);
let paths = 0;

/** Begins the next path. */
export function addPath(): void {
  paths += 1;
}

/** Adds a name to the path that was begun last. */
export function addName(text: usize, length: usize): void {
  const path = paths - 1;
  const depth = unchecked(depths[path]);
  unchecked((names[depth * MAX_PATHS + path] = text));
  unchecked((nameLengths[depth * MAX_PATHS + path] = length));
  unchecked((depths[path] = depth + 1));
}

export function countPaths(): i32 {
  return paths;
}

export function allPaths(): u32 {
  return paths === MAX_PATHS ? u32.MAX_VALUE : ((1 as u32) << paths) - 1;
}

/** Those of some paths that go on with a name. */
export function pathsAt(depth: i32, among: u32, name: usize, length: usize): u32 {
  let matching: u32 = 0;
  for (let left = among; left !== 0; left &= left - 1) {
    const index = depth * MAX_PATHS + ctz(left);
    if (
      unchecked(nameLengths[index]) === length &&
      memory.compare(unchecked(names[index]), name, length) === 0
    ) {
      matching |= left & (0 - left);
    }
  }
  return matching;
}

/** Those of some paths that end with their name at a depth. */
export function pathsEndingAt(depth: i32, among: u32): u32 {
  let ending: u32 = 0;
  for (let left = among; left !== 0; left &= left - 1) {
    if (unchecked(depths[ctz(left)]) === depth + 1) ending |= left & (0 - left);
  }
  return ending;
}

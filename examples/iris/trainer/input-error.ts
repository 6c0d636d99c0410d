/** Says what is wrong with the input, where, and what to do about it. */
export class InputError extends Error {}

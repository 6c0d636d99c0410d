import {kernelBase64} from './generated.ts';

/** A place in the kernel's memory. */
export type Pointer = number;

/** The functions of `assembly/index.ts`, where they are described, and the memory they work on. */
export interface Kernel {
  /** Its buffer is another one after each call that allocates. */
  readonly memory: {readonly buffer: ArrayBuffer};

  allocateText(capacity: number): Pointer;
  allocateStreams(capacity: number): void;
  allocateKey(salt: number, fields: number, bytes: number): Pointer;
  addBucket(part: number): void;

  setDelimiter(byte: number): void;
  setColumns(columns: number, labelPlace: number, keyFields: number): void;
  addKeyPlace(place: number): void;
  allocatePlaces(count: number): void;
  addPlace(ordinal: number): void;

  addPath(): void;
  addName(text: Pointer, length: number): void;

  setLine(line: number): void;
  getLine(): number;
  getOversizedLine(): number;

  routeCsv(from: Pointer, end: Pointer, isLast: boolean): Pointer;
  routeJsonl(from: Pointer, end: Pointer, isLast: boolean): Pointer;
  getLineEnd(): Pointer;
  getContentEnd(): Pointer;
  routeLine(keyBytes: number, label: Pointer, labelBytes: number): void;
  rejectLineAtHand(reason: number): void;
  copyHeader(header: Pointer, end: Pointer): void;
  fingerprint64(at: Pointer, length: number): bigint;

  streamBuffer(stream: number): Pointer;
  streamLength(stream: number): number;
  /** Bytes of the streams that were cleared. */
  streamBytes(stream: number): number;
  streamRows(stream: number): number;
  clearStream(stream: number): void;
  rowsOfBucket(bucket: number): number;

  countFirst(): number;
  firstPart(record: number): number;
  firstText(record: number): Pointer;
  firstLength(record: number): number;

  countSampled(): number;
  sampledPart(record: number): number;
  sampledText(record: number): Pointer;
  sampledLength(record: number): number;
  sampledRows(record: number): number;
  countHalvings(): number;

  countRejectsTold(): number;
  rejectLine(index: number): number;
  rejectReason(index: number): number;

  countLabels(): number;
  labelText(label: number): Pointer;
  labelLength(label: number): number;
  labelRows(label: number, part: number): number;
  rowsOfOtherLabels(): number;
}

let compiled: WebAssembly.Module | undefined;

/** A kernel of its own, with memory that nobody shares. It is compiled once, when the first is wanted. */
export function startKernel(): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
  return new WebAssembly.Instance(compiled).exports as Kernel;
}

/** A view on the kernel's memory, good until the next call that allocates. */
export function bytesAt({memory}: Kernel, at: Pointer, length: number): Buffer {
  return Buffer.from(memory.buffer, at, length);
}

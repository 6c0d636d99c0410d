/** What a job or a version was made for. */
export interface Origin {
  readonly runId: string;
  readonly effectKey: string;
  readonly attempt: number;
}

/** Labels make a resource findable; values are at most 63 characters of `[a-z0-9_-]`. */
export function labelsOf({runId, effectKey, attempt}: Origin): Record<string, string> {
  return {millrace_run: runId, millrace_effect: effectKey, millrace_attempt: String(attempt)};
}

/** What a resource's labels say that it was made for; nothing when it is none of ours. */
export function originOf(labels: Readonly<Record<string, string>> | null | undefined): Partial<Origin> {
  const {millrace_run: runId, millrace_effect: effectKey, millrace_attempt: attempt} = labels ?? {};
  return {
    ...(runId ? {runId} : {}),
    ...(effectKey ? {effectKey} : {}),
    ...(attempt ? {attempt: Number(attempt)} : {}),
  };
}

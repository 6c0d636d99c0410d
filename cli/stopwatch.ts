/** Tells one line of what goes on. */
export type Say = (stage: string, text: string) => void;

/** Tells each line with the seconds since the start; as JSON, one document per line. */
export function stopwatch(isJson: boolean): Say {
  const start = performance.now();
  return (stage, text) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (isJson) console.log(JSON.stringify({seconds: Number(seconds), stage, text}));
    else console.log(`${seconds.padStart(6)} s  ${stage.padEnd(8)}  ${text}`);
  };
}

/** Topics whose messages say "look at this run". */
export type RunTopic = 'run-accepted' | 'split-ready' | 'image-ready' | 'job-complete' | 'model-exported';

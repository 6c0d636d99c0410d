/** What a difference of two shares may be off by: 0.95 - 0.9 is a little less than 0.05. */
export const ROUNDING = 1e-12;

// Every number of the rules. What they mean and where they come from: docs/snippet.md. In a file of their own the bundler puts them in place.
export const RAGE_CLICKS = 3;
export const RAGE_GAP_MS = 1000;
export const RAGE_PIXELS = 30;
export const ERROR_MS = 1000;

export const DEAD_MS = 2500;
export const AT_ONCE_MS = 300;
export const PRESS_MS = 10_000;

export const TRAIL_MS = 2000;
export const LEAST_MS = 1000;
export const STEP_PIXELS = 5;
export const PATH_PIXELS = 300;
export const SPEED = 300; // pixels per second
export const TURNS = 4;
export const ANGLE = 0.785398; // 45 degrees
export const BOX_PIXELS = 200;
export const SCORE = 0.65;

export const MONTHS_13 = 34_128_000; // seconds
export const ANSWER_MS = 1_800_000;

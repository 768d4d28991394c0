/** `12.3 s` */
export const seconds = (n: number): string => `${n.toFixed(1)} s`

/** `2.4 times`; a table that took no time before is not told to be thousands of times as slow. */
export const times = (n: number): string => (n >= 100 ? 'more than 100 times' : `${n.toFixed(1)} times`)

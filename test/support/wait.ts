/**
 * Waits until `condition` returns something other than false, null or undefined, and returns that. Throws after
 * `within` milliseconds, naming what was waited for and the last error: no test sleeps, and no wait is without an end.
 */
export async function waitUntil<T>(
  what: string,
  condition: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  within = 10_000,
  every = 50,
): Promise<T> {
  const end = Date.now() + within
  let last: Error | null = null
  for (;;) {
    try {
      const value = await condition()
      if (value !== false && value !== null && value !== undefined) return value
      last = null
    } catch (error) {
      last = error instanceof Error ? error : new Error(String(error))
    }
    if (Date.now() > end) {
      throw new Error(`waited ${within} ms in vain: ${what}${last ? ` (${last.message})` : ''}`, { cause: last })
    }
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}

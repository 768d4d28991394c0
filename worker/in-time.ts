/** What `work` brings within `ms`; else what `late` makes of it, or throws. The work goes on, and nobody waits for it. */
export async function inTime<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<true>((done) => (timer = setTimeout(() => done(true), ms)))
  const first = await Promise.race([work.then((value) => ({ value })), isLate]).finally(() => clearTimeout(timer))
  return first === true ? late() : first.value
}

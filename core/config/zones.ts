/** Whether this machine knows a time zone of that name. Others may know more: the worker's word counts. */
export function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).format(0) !== ''
  } catch {
    return false
  }
}

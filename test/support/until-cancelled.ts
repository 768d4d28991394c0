import { Context } from '@temporalio/activity'

/** Until the activity is cancelled, as the step that holds a snapshot works. */
export async function untilCancelled(): Promise<void> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(), 100)
  try {
    await context.cancelled
  } finally {
    clearInterval(timer)
  }
}

import { TestWorkflowEnvironment } from '@temporalio/testing'

/**
 * `node download-temporal.js FOLDER VERSION`: the SDK's own download of the Temporal CLI, as a program of its own, so that
 * a deadline can end it whatever it hangs on, and the SDK's native half never loads into a client. The SDK has no
 * download alone: it starts what it has fetched, so we end it at once.
 */
const [folder, version] = process.argv.slice(2)
if (!folder || !version) throw new Error('usage: download-temporal FOLDER VERSION')
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: folder, version: `v${version}` } },
})
await environment.teardown()

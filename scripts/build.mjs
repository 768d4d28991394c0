// Compiles the TypeScript to dist/ and bundles the workflows, so that no worker pays for webpack at its start.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

execFileSync(process.execPath, [tsc, '-p', `${root}/tsconfig.build.json`], { stdio: 'inherit', cwd: root })

const workflowsPath = `${root}/dist/workflows/index.js`
if (!existsSync(workflowsPath)) throw new Error(`no ${workflowsPath} after tsc: nothing to bundle`)
const quiet = () => {}
const { code } = await bundleWorkflowCode({
  workflowsPath,
  payloadConverterPath: `${root}/dist/workflows/converter.js`,
  logger: { trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error, log: quiet },
})
writeFileSync(`${root}/dist/workflow-bundle.js`, code)

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Of the step that newer code has. */
export const NEWER_STEP = 'a step of newer code'

const IMPORT = `import { patched } from '@temporalio/workflow';\n`
const BEFORE = 'if (!cursor.prepared.constraints)'
const STEP = `if (patched('newer-code')) await named(data.awaitServers, '${NEWER_STEP}', { ref });\n    `

/** A build whose runs do one step more, behind `patched`, as the next release may; the folder that holds its `dist`. */
export async function buildNewer(name: string): Promise<string> {
  // Inside the repository, where its packages are found.
  const folder = join(ROOT, '.dev', name, 'newer')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const what of ['dist', 'package.json']) cpSync(join(ROOT, what), join(folder, what), { recursive: true })
  const changed = join(folder, 'dist/workflows/add-constraints.js')
  const text = readFileSync(changed, 'utf8')
  if (text.split(BEFORE).length !== 2) throw new Error(`${changed} is not what this test changes: look for ${BEFORE}`)
  writeFileSync(changed, IMPORT + text.replace(BEFORE, STEP + BEFORE))
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'dist/workflows/index.js'),
    payloadConverterPath: join(folder, 'dist/workflows/converter.js'),
    logger: new DefaultLogger('ERROR'),
  })
  writeFileSync(join(folder, 'dist/workflow-bundle.js'), code)
  return folder
}

import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'

export const PHASES = ['prepare', 'clone', 'indexes', 'constraints', 'seal', 'load proof', 'verify', 'repair'] as const
export type Phase = (typeof PHASES)[number]

/** Steps of a run, by the phase that they are of. */
const PHASE_OF: Readonly<Record<string, Phase>> = {
  prepareRun: 'prepare',
  openSnapshot: 'prepare',
  divideTable: 'clone',
  copyChunks: 'clone',
  copyBundle: 'clone',
  stopDrifted: 'clone',
  buildPrimaryKey: 'indexes',
  buildIndex: 'indexes',
  indexBundle: 'indexes',
  addForeignKeys: 'constraints',
  validateForeignKeys: 'constraints',
  sealTables: 'seal',
  planProof: 'load proof',
  proveParts: 'load proof',
  judgeTables: 'load proof',
}

// Of temporal.api.enums.v1.PendingActivityState.
const STARTED = 2

/** Steps that a worker works at now, of a workflow and its children. */
async function underWay(client: Client, workflowId: string): Promise<string[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  const children = await Promise.all(
    (raw.pendingChildren ?? []).map(async (child) => {
      try {
        return await underWay(client, child.workflowId ?? '')
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return []
        throw error
      }
    }),
  )
  const mine = (raw.pendingActivities ?? []).filter(({ state }) => state === STARTED)
  return [...mine.map(({ activityType }) => activityType?.name ?? ''), ...children.flat()]
}

/** The phases that a workflow's open steps are of; a verify and a repair are one each, whatever they do. */
export async function phasesNow(client: Client, workflowId: string): Promise<Phase[]> {
  const steps = (await underWay(client, workflowId)).filter(
    (step) => step in PHASE_OF || !workflowId.startsWith('run/'),
  )
  if (steps.length === 0) return []
  if (workflowId.startsWith('verify/')) return ['verify']
  if (workflowId.startsWith('repair/')) return ['repair']
  return [...new Set(steps.flatMap((step) => PHASE_OF[step] ?? []))]
}

/**
 * Every name that outlives a deploy: histories, schedules and other people's scripts hold them.
 * Renaming one breaks a migration that is under way, so a test pins this list.
 */
export const TASK_QUEUES = { control: 'nightferry-control', data: 'nightferry-data' } as const

/** A process's own queue: what is read in the snapshot that it holds. */
export const ownQueue = (unique: string): string => `${TASK_QUEUES.data}/${unique}`

export const WORKFLOWS = {
  migration: 'migration',
  run: 'run',
  table: 'table',
  inspection: 'inspection',
  verify: 'verify',
  repair: 'repair',
  night: 'night',
} as const

export const UPDATES = {
  apply: 'apply',
  startRun: 'startRun',
  verify: 'verify',
  repair: 'repair',
  pause: 'pause',
  resume: 'resume',
  retry: 'retry',
  skip: 'skip',
  abort: 'abort',
  set: 'set',
  adopt: 'adopt',
  clean: 'clean',
  schedule: 'schedule',
  publish: 'publish',
  copy: 'copy',
  waive: 'waive',
} as const

export const QUERIES = { status: 'status' } as const

/** `pause` and `resume`: to the entity, also from Temporal's own tools; the others are between our workflows. */
export const SIGNALS = {
  pause: 'pause',
  resume: 'resume',
  width: 'width',
  copied: 'copied',
  snapshotLost: 'snapshotLost',
  halt: 'halt',
  hold: 'hold',
  turnKnobs: 'turnKnobs',
  end: 'end',
  halted: 'halted',
  troubled: 'troubled',
  recovered: 'recovered',
  ended: 'ended',
  reading: 'reading',
  hours: 'hours',
  published: 'published',
  admit: 'admit',
  admitted: 'admitted',
} as const

export const ACTIVITIES = {
  control: [
    'inspect',
    'applyVersion',
    'abandonRun',
    'numberProof',
    'abandonProof',
    'findTables',
    'writeAudit',
    'readWindow',
    'planRetry',
    'skipTable',
    'adoptLedger',
    'cleanTarget',
    'rememberRun',
    'runHook',
    'planNight',
    'judgeSchedule',
    'judgeNight',
    'buildAside',
    'publishRun',
    'makeCopies',
    'locateRun',
    'showGeneration',
    'changeCopy',
    'assessTarget',
    'waiveCheck',
  ],
  data: [
    'prepareRun',
    'openSnapshot',
    'joinSnapshot',
    'keepSnapshot',
    'loseSnapshot',
    'restartRun',
    'stopDrifted',
    'divideTable',
    'copyChunks',
    'copyBundle',
    'buildPrimaryKey',
    'buildIndex',
    'markIndexed',
    'indexBundle',
    'addForeignKeys',
    'validateForeignKeys',
    'sealTables',
    'planProof',
    'proveParts',
    'judgeTables',
    'closeProof',
    'planRepair',
    'repairTable',
    'mendSchema',
    'parkTables',
    'closeRun',
    'awaitServers',
    'prepareRetry',
  ],
} as const

export const SEARCH_ATTRIBUTES = { phase: 'NightferryPhase', state: 'NightferryState' } as const

export const migrationWorkflowId = (migration: string): string => `migration/${migration}`
export const runWorkflowId = (migration: string, run: string): string => `run/${migration}/${run}`
export const tableWorkflowId = (migration: string, run: string, table: string): string =>
  `run/${migration}/${run}/${table}`
/** Of a `verify`, and of a `repair`. */
export const proofWorkflowId = (kind: string, migration: string, proof: string): string =>
  `${kind}/${migration}/${proof}`
export const inspectionWorkflowId = (migration: string, what: string, unique: string): string =>
  `inspection/${migration}/${what}/${unique}`
/** Of `check --target`: one at a time, since it runs a test that restores a backup. */
export const fitnessWorkflowId = (migration: string): string => `inspection/${migration}/fitness`
/** Of Temporal's Schedule of a migration, and what the ids of its nights begin with: Temporal puts the time behind. */
export const scheduleId = (migration: string): string => `schedule/${migration}`
export const nightWorkflowId = (migration: string): string => `night/${migration}/at`

import { describe, expect, it } from 'vitest'
import { createControlActivities } from '../../activities/control.js'
import { createDataActivities } from '../../activities/data.js'
import type { ControlTools } from '../../activities/tools.js'
import { FAILURE_POLICIES } from '../../core/failure.js'
import * as names from '../../core/names.js'

describe('names that outlive a deploy', () => {
  it('are these, and none was renamed', () => {
    const { TASK_QUEUES, WORKFLOWS, UPDATES, QUERIES, SIGNALS, SEARCH_ATTRIBUTES, ACTIVITIES } = names
    expect({ TASK_QUEUES, WORKFLOWS, UPDATES, QUERIES, SIGNALS, SEARCH_ATTRIBUTES, ACTIVITIES }).toEqual({
      TASK_QUEUES: { control: 'nightferry-control', data: 'nightferry-data' },
      WORKFLOWS: {
        migration: 'migration',
        run: 'run',
        table: 'table',
        inspection: 'inspection',
        verify: 'verify',
        repair: 'repair',
        night: 'night',
      },
      UPDATES: {
        ...{ apply: 'apply', startRun: 'startRun', verify: 'verify', repair: 'repair' },
        ...{ pause: 'pause', resume: 'resume', retry: 'retry', skip: 'skip', abort: 'abort', set: 'set' },
        ...{ adopt: 'adopt', clean: 'clean', schedule: 'schedule', publish: 'publish', copy: 'copy' },
        waive: 'waive',
      },
      QUERIES: { status: 'status' },
      SIGNALS: {
        ...{ width: 'width', copied: 'copied', snapshotLost: 'snapshotLost' },
        ...{ pause: 'pause', resume: 'resume', halt: 'halt', hold: 'hold', turnKnobs: 'turnKnobs', end: 'end' },
        ...{ halted: 'halted', troubled: 'troubled', recovered: 'recovered', ended: 'ended' },
        ...{ reading: 'reading', hours: 'hours', published: 'published', admit: 'admit', admitted: 'admitted' },
      },
      SEARCH_ATTRIBUTES: { phase: 'NightferryPhase', state: 'NightferryState' },
      ACTIVITIES: {
        control: [
          ...['inspect', 'applyVersion', 'abandonRun', 'numberProof', 'abandonProof'],
          ...['findTables', 'writeAudit', 'readWindow', 'planRetry', 'skipTable', 'adoptLedger', 'cleanTarget'],
          'rememberRun',
          ...['runHook', 'planNight'],
          ...['judgeSchedule', 'judgeNight'],
          ...['buildAside', 'publishRun', 'makeCopies', 'locateRun', 'showGeneration', 'changeCopy'],
          ...['assessTarget', 'waiveCheck'],
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
      },
    })
  })

  it('make ids that a person reads', () => {
    expect(names.migrationWorkflowId('shop')).toBe('migration/shop')
    expect(names.runWorkflowId('shop', '20261120-030000')).toBe('run/shop/20261120-030000')
    expect(names.tableWorkflowId('shop', '20261120-030000', 'orders')).toBe('run/shop/20261120-030000/orders')
    expect(names.proofWorkflowId('verify', 'shop', '20261120-030000.2')).toBe('verify/shop/20261120-030000.2')
    expect(names.inspectionWorkflowId('shop', 'check', 'x')).toBe('inspection/shop/check/x')
    expect(names.fitnessWorkflowId('shop')).toBe('inspection/shop/fitness')
    expect([names.scheduleId('shop'), names.nightWorkflowId('shop')]).toEqual(['schedule/shop', 'night/shop/at'])
  })

  it('are what the workers register: every step, and no other', () => {
    const nothing = {} as ControlTools
    expect(Object.keys(createControlActivities(nothing))).toEqual(names.ACTIVITIES.control)
    expect(Object.keys(createDataActivities(nothing))).toEqual(names.ACTIVITIES.data)
  })

  it('hold for the kinds of failure too, with what is done about each', () => {
    expect(FAILURE_POLICIES).toEqual({
      'source-unreachable': 'retry',
      'target-unreachable': 'retry',
      'source-login': 'hold',
      'target-login': 'hold',
      'source-privilege': 'hold',
      'target-privilege': 'hold',
      'source-missing': 'hold',
      'target-missing': 'hold',
      'connection-unknown': 'hold',
      'row-refused': 'hold',
      'constraint-violated': 'hold',
      'object-refused': 'hold',
      'schema-changed': 'hold',
      'decision-broken': 'hold',
      'target-full': 'hold',
      'target-conflict': 'retry',
      'source-conflict': 'retry',
      'fenced-out': 'fail',
      'rows-lost': 'fail',
      'not-equal': 'fail',
      'hook-failed': 'fail',
      'snapshot-lost': 'fail',
      refused: 'fail',
      internal: 'fail',
    })
  })
})

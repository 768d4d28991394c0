import type { Remembered } from '../../core/memory.js'
import type { News } from '../../core/news.js'
import { NEWS_WEIGHTS, sentence } from '../../core/words.js'
import type { Paint } from '../output.js'
import { plain } from './text.js'

const STYLE = { bad: 'red', warn: 'yellow', note: 'cyan' } as const

/** What is new since the run before, worst first, each with what to do below it; nothing where there was no run before. */
export function renderNews({ since, news }: Pick<Remembered, 'since' | 'news'>, paint: Paint): string[] {
  if (since === null) return []
  if (news.length === 0) return [`No news since ${plain(since)}`]
  return [paint('bold', `News since ${plain(since)} (${news.length})`), ...news.flatMap((one) => lines(one, paint))]
}

const lines = ({ kind, subject, what, remedy }: News, paint: Paint): string[] => [
  `  ${paint(STYLE[NEWS_WEIGHTS[kind]], kind.replaceAll('-', ' '))}  ${paint('bold', plain(subject))}: ${plain(what)}`,
  `      ${sentence(plain(remedy))}`,
]

/** What became of its database, and why; of each hook that failed, a line. */
export function renderPublished({ published, notes }: Pick<Remembered, 'published' | 'notes'>, paint: Paint): string[] {
  const state = {
    published: [paint('green', published)],
    'was published': [published],
    'not published': [paint('yellow', published)],
    'in place': [],
  }
  return [...state[published], ...notes.map(plain)]
}

/** One thing that a run has and the one before it did not. */
export interface News {
  readonly kind:
    | 'table-new'
    | 'table-gone'
    | 'table-stopped'
    | 'table-slow'
    | 'table-shrunk'
    | 'table-grown'
    | 'column-new'
    | 'column-changed'
    | 'column-gone'
    | 'index-new'
    | 'index-gone'
    | 'range-end'
    | 'decision-broken'
    | 'row-refused'
    | 'finding'
  /** `orders`, `orders.flags`. */
  readonly subject: string
  readonly what: string
  /** What a person does about it; never empty. */
  readonly remedy: string
}

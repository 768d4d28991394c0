import { expect, test } from 'vitest'
import { statementsOf } from '../shared/datasets/split-sql.js'

test.each([
  ['a; b;\nc', ['a', 'b', 'c']],
  ['', []],
  [';;\n;', []],
  ["insert 'a;b', \"c;d\", 'it''s; \\'so\\';'; `e;f`;", ["insert 'a;b', \"c;d\", 'it''s; \\'so\\';'", '`e;f`']],
  ['-- one; two\n# three;\n/* four; */ a -- five;\n, b; c', ['a -- five;\n, b', 'c']],
  ['/*!50610 alter table t */;a', ['/*!50610 alter table t */', 'a']],
  ['a - 1; b / 2; 3--4', ['a - 1', 'b / 2', '3--4']],
  ['delimiter //\nbegin a; b; end//\nc //\nDELIMITER ;\nd;', ['begin a; b; end', 'c', 'd']],
  ['DELIMITER $$\nbegin # of; $$\n a; end$$\nDELIMITER ;\n', ['begin # of; $$\n a; end']],
])('%j is cut as the client cuts it', (script, wanted) => expect([...statementsOf(script)]).toEqual(wanted))

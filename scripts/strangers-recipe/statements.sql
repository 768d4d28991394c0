-- What is to be asked of each side, made from a file of evidence: one line for each digest, the statement in base64.
--   side, form, what it is called, what the evidence says, statement
\set evidence `sed -n 2p "$EVIDENCE"`

CREATE TEMPORARY TABLE evidence AS SELECT (:'evidence')::json AS e;

-- What stands in a column, as the line of a COPY has it. Types that are not here have no such expression in the source.
CREATE TEMPORARY TABLE columns AS
WITH listed AS (
  SELECT t.ordinality AS table_no, c.ordinality AS column_no, c.value ->> 'source' AS source, c.value ->> 'target' AS target,
    c.value ->> 'from' AS source_type, c.value ->> 'to' AS target_type, c.value ->> 'as' AS how, c.value ->> 'charset' AS charset,
    (c.value ->> 'exact')::boolean AS exact, '`' || replace(c.value ->> 'source', '`', '``') || '`' AS x
  FROM evidence, json_array_elements(e -> 'tables') WITH ORDINALITY AS t,
    json_array_elements(t.value -> 'columns') WITH ORDINALITY AS c),
said AS (
  SELECT *, substring(source_type FROM '\((\d)\)') AS fraction,
    target_type ~ '^timestamptz|with time zone' AS zoned,
    charset IN ('utf8mb4', 'utf8mb3', 'utf8', 'latin1', 'ascii') AS known_text,
    substring(source_type FROM '\([\d,]+\)') IS NOT DISTINCT FROM substring(target_type FROM '\([\d,]+\)') AS same_size
  FROM listed)
SELECT table_no, column_no, source, target, source_type,
  CASE
    WHEN NOT exact OR source_type ~ 'zerofill' THEN NULL
    WHEN how = 'integer' AND target_type IN ('smallint', 'integer', 'bigint', 'numeric(20,0)')
      THEN format('CAST(%s + 0 AS CHAR)', x)
    WHEN how = 'decimal' AND same_size THEN format('CAST(%s AS CHAR)', x)
    WHEN how = 'boolean' THEN format('CASE WHEN %1$s IS NULL THEN NULL WHEN %1$s = 1 THEN ''t'' ELSE ''f'' END', x)
    WHEN how = 'date' AND target_type = 'date' THEN format('CAST(%s AS CHAR)', x)
    WHEN how IN ('timestamp', 'time') AND same_size OR how IN ('timestamp', 'time') AND fraction IS NULL THEN
      CASE WHEN fraction IS NULL OR fraction = '0' THEN format('CAST(%s AS CHAR)', x)
        ELSE format('TRIM(TRAILING ''.'' FROM TRIM(TRAILING ''0'' FROM CAST(%s AS CHAR)))', x) END
    WHEN how = 'text' AND known_text AND target_type ~ '^(text|varchar)' OR how = 'enum' AND known_text THEN
      -- Backslash first, then what COPY writes with one.
      'REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(CONVERT(' || x || ' USING utf8mb4) COLLATE utf8mb4_bin'
        || $$, '\\', '\\\\'), _utf8mb4 x'08', '\\b'), _utf8mb4 x'09', '\\t'), _utf8mb4 x'0A', '\\n')$$
        || $$, _utf8mb4 x'0B', '\\v'), _utf8mb4 x'0C', '\\f'), _utf8mb4 x'0D', '\\r')$$
    WHEN how = 'bytes' THEN format($$CONCAT('\\\\x', LOWER(HEX(%s)))$$, x)
    WHEN how = 'uuid' AND source_type = 'uuid' THEN format('CAST(%s AS CHAR)', x)
  END AS value, zoned AND how = 'timestamp' AS zoned
FROM said;

CREATE TEMPORARY TABLE tables AS
SELECT t.ordinality AS table_no, t.value AS t, t.value ->> 'table' AS name,
  format('%I.%I', e -> 'target' ->> 'schema', t.value ->> 'target') AS target,
  '`' || replace(t.value ->> 'table', '`', '``') || '`' AS source,
  (SELECT string_agg(format('%I', c.target), ', ' ORDER BY column_no) FROM columns c WHERE c.table_no = t.ordinality) AS list,
  -- The line of a COPY, made by expressions: format('%s') writes a value as COPY does.
  (SELECT 'concat_ws(E''\t'', ' || string_agg(format($$
      CASE WHEN %1$I IS NULL THEN '\N' ELSE replace(replace(replace(replace(replace(replace(replace(format('%%s', %1$I),
        '\', '\\'), E'\b', '\b'), E'\t', '\t'), E'\n', '\n'), E'\v', '\v'), E'\f', '\f'), E'\r', '\r') END$$, c.target),
      ', ' ORDER BY column_no) || ')' FROM columns c WHERE c.table_no = t.ordinality) AS target_line,
  (SELECT $$CONCAT_WS('\t', $$ || string_agg(format($$COALESCE(%s, '\\N')$$,
      CASE WHEN zoned THEN format('CONCAT(%s, ''+00'')', value) ELSE value END), ', ' ORDER BY column_no) || ')'
    FROM columns c WHERE c.table_no = t.ordinality HAVING bool_and(value IS NOT NULL)) AS source_line
FROM evidence, json_array_elements(e -> 'tables') WITH ORDINALITY AS t;

CREATE TEMPORARY TABLE asked (table_no bigint, part bigint, side text, form text, what text, wanted text, statement text);

-- A range: its lines in the key's order.
INSERT INTO asked
SELECT table_no, p.ordinality, side, 'range', format('%s part %s', name, p.value ->> 'ordinal'), p.value ->> 'digest',
  CASE side
    WHEN 'target' THEN format('COPY (SELECT %s FROM ONLY %s WHERE %s ORDER BY %s) TO STDOUT', list, target,
      p.value -> 'where' ->> 'target', (SELECT string_agg(format('%I', o.value ->> 'column')
        || CASE WHEN (o.value ->> 'descending')::boolean THEN ' DESC' ELSE '' END, ', ' ORDER BY o.ordinality)
        FROM json_array_elements(t -> 'order') WITH ORDINALITY AS o))
    ELSE format('SELECT %s FROM %s WHERE %s ORDER BY %s', source_line, source, p.value -> 'where' ->> 'source',
      (SELECT string_agg('`' || replace(c.source, '`', '``') || '`'
        || CASE WHEN (o.value ->> 'descending')::boolean THEN ' DESC' ELSE '' END, ', ' ORDER BY o.ordinality)
        FROM json_array_elements(t -> 'order') WITH ORDINALITY AS o
        JOIN columns c ON c.table_no = tables.table_no AND c.target = o.value ->> 'column'))
  END
FROM tables, json_array_elements(t -> 'parts') WITH ORDINALITY AS p, unnest(ARRAY['target', 'source']) AS side
WHERE t -> 'form' ->> 'form' = 'ordered' AND p.value ->> 'digest' IS NOT NULL
  AND (side = 'target' OR source_line IS NOT NULL);

-- A table in buckets: the first 16 bytes of each line's SHA-256, added up. Rows, then four sums of 32 bits each.
INSERT INTO asked
SELECT table_no, 0, side, 'sum', name, (t -> 'copied' ->> 'rows') || ' ' || (t -> 'copied' ->> 'digest'),
  CASE side
    WHEN 'target' THEN 'SELECT count(*), '
      || (SELECT string_agg(format($$coalesce(sum(('x' || substr(h, %s, 8))::bit(32)::bigint), 0)$$, 1 + 8 * i), ', ' ORDER BY i)
          FROM generate_series(0, 3) AS i)
      || format($$ FROM (SELECT encode(sha256(convert_to(%s, 'UTF8')), 'hex') AS h FROM ONLY %s) AS hashed$$,
          target_line, target)
    ELSE 'SELECT COUNT(*), '
      || (SELECT string_agg(format('COALESCE(SUM(CAST(CONV(SUBSTR(h, %s, 8), 16, 10) AS UNSIGNED)), 0)', 1 + 8 * i), ', ' ORDER BY i)
          FROM generate_series(0, 3) AS i)
      || format(' FROM (SELECT SHA2(CONVERT(%s USING utf8mb4), 256) AS h FROM %s) AS hashed', source_line, source)
  END
FROM tables, unnest(ARRAY['target', 'source']) AS side
WHERE t -> 'form' ->> 'form' = 'buckets' AND t -> 'copied' ->> 'digest' IS NOT NULL
  AND (side = 'target' OR source_line IS NOT NULL);

-- A table with one column of another type is reproduced on the target alone.
INSERT INTO asked
SELECT c.table_no, 0, 'not', 'named', t.name, '-', 'not computed in the source, because of '
  || string_agg(c.source || ' (' || c.source_type || ')', ', ' ORDER BY column_no)
FROM columns c JOIN tables t USING (table_no) WHERE c.value IS NULL GROUP BY c.table_no, t.name;

SELECT side, form, translate(what, E'\t\n', '  '), wanted, translate(encode(convert_to(statement, 'UTF8'), 'base64'), E'\n', '')
FROM asked ORDER BY table_no, side DESC, part;

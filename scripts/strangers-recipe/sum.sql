-- Four sums of 32-bit parts, the highest first, as one number modulo 2^128: 32 hexadecimal digits.
WITH total AS (
  SELECT mod(:a::numeric * 79228162514264337593543950336 + :b::numeric * 18446744073709551616
    + :c::numeric * 4294967296 + :d::numeric, 340282366920938463463374607431768211456) AS n)
SELECT string_agg(lpad(to_hex(mod(div(n, power(4294967296::numeric, 3 - i)), 4294967296)::bigint), 8, '0'), '' ORDER BY i)
FROM total, generate_series(0, 3) AS i;

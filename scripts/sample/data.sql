-- About 400,000 rows, the same in every run: every "random" number is a checksum of its row's number.
SET SESSION sql_mode = '', time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0;
CREATE TABLE sample_digit (d int NOT NULL PRIMARY KEY);
INSERT INTO sample_digit VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
CREATE TABLE sample_number (n int NOT NULL PRIMARY KEY);
INSERT INTO sample_number SELECT 1 + a.d + 10*b.d + 100*c.d + 1000*d.d + 10000*e.d
  FROM sample_digit a, sample_digit b, sample_digit c, sample_digit d, sample_digit e;

INSERT INTO currencies VALUES ('EUR','Euro',2),('USD','US dollar',2),('JPY','日本円',0),('KWD','دينار كويتي',3),('CHF','Franken',2);
INSERT INTO countries VALUES ('DE','Germany','Deutschland',1),('FR','France','France',1),('JP','Japan','日本',0),('GR','Greece','Ελλάδα',1),
  ('US','United States',NULL,0),('TR','Türkiye','Türkiye',0),('IL','Israel','ישראל',0),('KW','Kuwait','الكويت',0);

INSERT INTO customers (id, email, full_name, born, newsletter, loyalty, credit, country, last_login, created_at, updated_at)
SELECT n * 3, concat('customer', n, '@example.org'),
  concat(elt(1 + crc32(concat('f', n)) % 8, 'Ana', 'Björn', 'Chloë', '大輔', 'Δημήτρης', 'O''Neil', 'Tab\tBy', 'Back\\slash'), ' ', elt(1 + crc32(concat('l', n)) % 5, 'Müller', 'Nguyễn', '👩‍🚀', 'de la Cruz', 'Smith ')),
  if(n % 7 = 0, NULL, date('1930-01-01') + interval crc32(concat('b', n)) % 30000 day),
  n % 2, if(n % 5 = 0, NULL, n % 3), (cast(crc32(concat('c', n)) % 2000000 as signed) - 1000000) / 100,
  elt(1 + crc32(concat('o', n)) % 9, 'DE', 'FR', 'JP', 'GR', 'US', 'TR', 'IL', 'KW', NULL),
  if(n % 11 = 0, NULL, timestamp('2019-01-01') + interval crc32(concat('i', n)) % 150000000 second),
  timestamp('1990-01-01') + interval crc32(concat('t', n)) % 1000000000 second,
  timestamp('2021-03-28 02:30:00') + interval crc32(concat('u', n)) microsecond
FROM sample_number WHERE n <= 40000;

INSERT INTO addresses (customer_id, kind, street, postcode, `order`)
SELECT 3 * (1 + crc32(concat('a', n)) % 40000), elt(1 + n % 4, 'billing', 'shipping', 'pick-up', 'größer'),
  concat(n, ' ', elt(1 + n % 3, 'Hauptstraße', 'Rue de l''Église', '12\n3rd floor')), if(n % 9 = 0, NULL, lpad(n % 100000, 5, '0')), n % 65536
FROM sample_number WHERE n <= 45000;

INSERT INTO categories (id, parent_id, slug) SELECT n, if(n <= 10, NULL, 1 + crc32(concat('p', n)) % 10), concat('category-', n) FROM sample_number WHERE n <= 120;

INSERT INTO products (id, sku, title, price, currency, weight, rating, attributes, tags, state, picture, digest, model_year, stock_code)
SELECT n, concat('SKU', lpad(n, 7, '0')), concat('Product ', n, elt(1 + n % 4, '', ' “quoted”', ' \\N', ' 🧨')),
  (crc32(concat('pp', n)) % 100000000) / 10000, elt(1 + n % 5, 'EUR', 'USD', 'JPY', 'KWD', 'CHF'),
  elt(1 + n % 6, 0.1, 16777216, 1e-7, 123456.7, -0.5, NULL), elt(1 + n % 6, 0.1, 1e15, 123456789.123456789, 1e-300, -4.5, NULL),
  if(n % 4 = 0, NULL, concat('{"width": ', n % 300, ', "depth": 1.50, "name": "caf\\u00e9 \\"', n, '\\"", "tags": ["a", null, true, {"k": []}], "b": 1e3, "aa": -0.0}')),
  elt(1 + n % 5, '', 'new', 'new,sale', 'fragile,two words', 'new,sale,fragile,two words'), elt(1 + n % 3, 'draft', 'active', 'retired'),
  if(n % 3 = 0, NULL, unhex(concat('00ff5c0a09', left(sha2(n, 256), 32)))), if(n % 10 = 0, NULL, unhex(left(sha2(concat('d', n), 256), 32))), if(n % 8 = 0, NULL, 1970 + n % 150), n * 7
FROM sample_number WHERE n <= 5000;

INSERT INTO product_categories SELECT n, 1 + (n + s.d) % 120 FROM sample_number JOIN sample_digit s ON s.d < 2 WHERE n <= 5000;
INSERT INTO product_translations
SELECT n, elt(1 + s.d, 'de', 'FR', 'el'), concat(elt(1 + s.d, 'Artikel ', 'Article ', 'Προϊόν '), n), if(n % 6 = 0, NULL, repeat(concat('zeile ', n, '\r\n'), n % 20))
FROM sample_number JOIN sample_digit s ON s.d < 3 WHERE n <= 5000;

INSERT INTO warehouses (name, place, opens, closes) VALUES ('Hamburg', ST_GeomFromText('POINT(9.99 53.55)'), '06:00:00', '22:00:00.125'),
  ('Lyon', ST_GeomFromText('POINT(4.83 45.76)'), '00:00:00', '23:59:59.999'), ('nowhere', NULL, NULL, NULL);
INSERT INTO stock SELECT 1 + s.d, n, cast(crc32(concat('s', n, s.d)) % 2000 as signed) - 1000, if(n % 4 = 0, NULL, timestamp('2024-02-29 12:00:00') + interval n * 1000 microsecond)
FROM sample_number JOIN sample_digit s ON s.d < 3 WHERE n <= 5000;

INSERT INTO coupons (code, percent, valid_from, flags, used)
SELECT unhex(left(sha2(n, 256), 32)), n % 100 + 0.25, timestamp('2022-01-01') + interval n day, n % 256, n % 2 FROM sample_number WHERE n <= 500;

INSERT INTO orders (id, customer_id, placed_at, shipped_on, state, total, currency, coupon, note)
SELECT n + (n DIV 1000) * 5000, 3 * (1 + crc32(concat('oc', n)) % 40000), if(n % 13 = 0, NULL, timestamp('2020-01-01') + interval crc32(concat('op', n)) % 150000000 second + interval n % 1000000 microsecond),
  if(n % 3 = 0, NULL, date('2020-01-01') + interval n % 1700 day), elt(1 + n % 5, 'cart', 'placed', 'paid', 'shipped', 'returned'),
  (crc32(concat('ot', n)) % 10000000) / 100, elt(1 + n % 5, 'EUR', 'USD', 'JPY', 'KWD', 'CHF'), if(n % 4 = 0, unhex(left(sha2(1 + n % 500, 256), 32)), NULL),
  elt(1 + n % 6, NULL, '', 'leave at the door', 'NULL', '\\.', 'Ünïcödé 🎁')
FROM sample_number WHERE n <= 60000;

INSERT INTO order_items (order_id, line, product_id, quantity, price)
SELECT n + (n DIV 1000) * 5000, 1 + s.d, 1 + crc32(concat('ip', n, s.d)) % 5000, 1 + n % 9, (crc32(concat('ii', n, s.d)) % 10000000) / 10000
FROM sample_number JOIN sample_digit s ON s.d < 2 WHERE n <= 45000;

INSERT INTO payments (order_id, amount, reference, settled, paid_at)
SELECT n + (n DIV 1000) * 5000, (crc32(concat('pa', n)) % 10000000) / 100, concat('réf-', n, '-€'), n % 2, timestamp('2020-10-25 02:59:59') + interval n second
FROM sample_number WHERE n <= 45000;

INSERT INTO shipments SELECT n + (n DIV 1000) * 5000, elt(1 + n % 3, 'post', 'bike', 'ship'), sec_to_time(crc32(concat('st', n)) % 3000000), (crc32(concat('sw', n)) % 50000) / 1000, if(n % 5 = 0, NULL, left(sha2(concat('tr', n), 256), 32))
FROM sample_number WHERE n <= 20000;

INSERT INTO reviews (product_id, customer_id, stars, body, written_at)
SELECT 1 + crc32(concat('rp', n)) % 5000, 3 * (1 + crc32(concat('rc', n)) % 40000), 1 + n % 5,
  if(n % 10 = 0, NULL, concat(elt(1 + n % 5, 'Great!\n', 'Meh — “ok”\t', '最高です。', '😀😀😀 ', 'x'), repeat(elt(1 + n % 3, 'lorem ipsum ', 'né ', '\\ '), n % 40))),
  timestamp('2023-01-01') + interval n minute
FROM sample_number WHERE n <= 25000;

INSERT INTO settings VALUES ('theme', 'dark', 0), ('Theme', 'light', NULL), ('empty', '', 1), ('nothing', NULL, NULL), ('long', repeat('abcdefghij', 200000), 0), ('trailing ', 'space ', 0);
INSERT INTO audit_log SELECT timestamp('2025-01-01') + interval n second + interval n % 3 microsecond, if(n % 4 = 0, NULL, concat('user', n % 17)), elt(1 + n % 3, 'login', 'logout', 'said "\\t"') FROM sample_number WHERE n <= 25000;
INSERT INTO audit_log SELECT '2025-01-01 00:00:00', 'twice', 'the same row' FROM sample_digit WHERE d < 2;
INSERT INTO legacy_notes SELECT n, concat('caf', unhex('e9'), ' ', n), if(n % 2 = 0, NULL, 'テスト カナ'), concat('ωide ', n), elt(1 + n % 3, '0000-00-00 00:00:00', '2001-02-03 04:05:06', NULL) FROM sample_number WHERE n <= 3000;
INSERT INTO `ImportBatches` (`FileName`, `Rows`, `Checksum`) SELECT concat('batch_', n, '.csv'), n * 100, 18446744073709551615 - n FROM sample_number WHERE n <= 2000;

DROP TABLE sample_number;
DROP TABLE sample_digit;

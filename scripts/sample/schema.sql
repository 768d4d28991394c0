-- The sample shop: 21 tables with the values that hurt people in a move from MySQL or MariaDB to PostgreSQL.
-- Works on MySQL 5.7 to 9 and on MariaDB 10.4 and later.
CREATE TABLE currencies (
  code char(3) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  name varchar(40) NOT NULL,
  minor_units tinyint NOT NULL DEFAULT 2
) COMMENT='ISO 4217';

CREATE TABLE countries (
  code char(2) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  name varchar(60) NOT NULL,
  local_name varchar(60) COLLATE utf8mb4_bin DEFAULT NULL,
  in_union tinyint(1) NOT NULL DEFAULT 0
);

CREATE TABLE customers (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(120) NOT NULL,
  full_name varchar(80) NOT NULL DEFAULT '',
  born date DEFAULT NULL,
  newsletter tinyint(1) NOT NULL DEFAULT 1,
  loyalty tinyint(1) DEFAULT NULL COMMENT '0 none, 1 silver, 2 gold: not a boolean at all',
  credit decimal(12,2) NOT NULL DEFAULT '0.00',
  country char(2) CHARACTER SET ascii DEFAULT NULL,
  last_login datetime DEFAULT NULL,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  UNIQUE KEY email (email),
  KEY by_country (country, full_name),
  CONSTRAINT customers_country FOREIGN KEY (country) REFERENCES countries (code) ON UPDATE CASCADE ON DELETE SET NULL
) COMMENT='People who buy; it''s the "big" one';

CREATE TABLE addresses (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id bigint unsigned NOT NULL,
  kind enum('billing','shipping','pick-up','größer') NOT NULL DEFAULT 'shipping',
  street varchar(120) NOT NULL,
  postcode varchar(12) DEFAULT NULL,
  `order` smallint unsigned NOT NULL DEFAULT 0,
  KEY by_customer (customer_id),
  CONSTRAINT addresses_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);

CREATE TABLE categories (
  id smallint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id smallint unsigned DEFAULT NULL,
  slug varchar(60) NOT NULL,
  UNIQUE KEY slug (slug),
  KEY parent_id (parent_id),
  CONSTRAINT categories_parent FOREIGN KEY (parent_id) REFERENCES categories (id)
);

CREATE TABLE products (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sku char(10) NOT NULL,
  title varchar(200) NOT NULL,
  price decimal(14,4) NOT NULL,
  currency char(3) CHARACTER SET ascii NOT NULL DEFAULT 'EUR',
  weight float DEFAULT NULL,
  rating double DEFAULT NULL,
  attributes json DEFAULT NULL,
  tags set('new','sale','fragile','two words') NOT NULL DEFAULT '',
  state enum('draft','active','retired') NOT NULL DEFAULT 'draft',
  picture blob,
  digest binary(16) DEFAULT NULL,
  model_year year DEFAULT NULL,
  stock_code int(8) unsigned zerofill NOT NULL DEFAULT 0,
  UNIQUE KEY sku (sku),
  KEY by_state_price (state, price),
  FULLTEXT KEY title_words (title),
  CONSTRAINT products_currency FOREIGN KEY (currency) REFERENCES currencies (code)
);

CREATE TABLE product_categories (
  product_id int unsigned NOT NULL,
  category_id smallint unsigned NOT NULL,
  PRIMARY KEY (product_id, category_id),
  KEY category_id (category_id),
  CONSTRAINT pc_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
  CONSTRAINT pc_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);

CREATE TABLE product_translations (
  product_id int unsigned NOT NULL,
  language varchar(8) NOT NULL,
  title varchar(200) NOT NULL,
  description text,
  PRIMARY KEY (language, product_id),
  KEY product_id (product_id),
  CONSTRAINT pt_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);

CREATE TABLE warehouses (
  id tinyint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(40) NOT NULL,
  place point DEFAULT NULL,
  opens time DEFAULT '08:00:00',
  closes time(3) DEFAULT '18:30:00.500'
);

CREATE TABLE stock (
  warehouse_id tinyint unsigned NOT NULL,
  product_id int unsigned NOT NULL,
  quantity mediumint NOT NULL DEFAULT 0,
  counted_at datetime(3) DEFAULT NULL,
  PRIMARY KEY (product_id, warehouse_id),
  KEY warehouse_id (warehouse_id),
  CONSTRAINT stock_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouses (id),
  CONSTRAINT stock_product FOREIGN KEY (product_id) REFERENCES products (id)
);

CREATE TABLE coupons (
  code varbinary(16) NOT NULL PRIMARY KEY,
  percent decimal(5,2) NOT NULL,
  valid_from datetime NOT NULL,
  valid_to datetime NOT NULL DEFAULT '2037-12-31 23:59:59',
  flags bit(8) NOT NULL DEFAULT b'00000101',
  used bit(1) NOT NULL DEFAULT b'0'
);

CREATE TABLE orders (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id bigint unsigned NOT NULL,
  placed_at timestamp(6) NULL DEFAULT NULL,
  shipped_on date DEFAULT NULL,
  state enum('cart','placed','paid','shipped','returned') NOT NULL,
  total decimal(14,2) NOT NULL,
  currency char(3) CHARACTER SET ascii NOT NULL,
  coupon varbinary(16) DEFAULT NULL,
  note varchar(255) DEFAULT NULL,
  KEY by_customer (customer_id, placed_at DESC),
  KEY by_state (state),
  CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id),
  CONSTRAINT orders_currency FOREIGN KEY (currency) REFERENCES currencies (code),
  CONSTRAINT orders_coupon FOREIGN KEY (coupon) REFERENCES coupons (code)
);

CREATE TABLE order_items (
  order_id bigint NOT NULL,
  line smallint NOT NULL,
  product_id int unsigned NOT NULL,
  quantity smallint unsigned NOT NULL DEFAULT 1,
  price decimal(14,4) NOT NULL,
  line_total decimal(20,4) GENERATED ALWAYS AS (quantity * price) STORED,
  PRIMARY KEY (order_id, line),
  KEY product_id (product_id),
  CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT items_product FOREIGN KEY (product_id) REFERENCES products (id)
);

CREATE TABLE payments (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id bigint NOT NULL,
  amount decimal(14,2) NOT NULL,
  reference varchar(40) CHARACTER SET latin1 NOT NULL,
  settled tinyint(1) NOT NULL DEFAULT 0,
  paid_at datetime NOT NULL,
  KEY order_id (order_id),
  UNIQUE KEY reference (reference),
  CONSTRAINT payments_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE TABLE shipments (
  order_id bigint NOT NULL PRIMARY KEY,
  carrier varchar(20) NOT NULL,
  transit time DEFAULT NULL COMMENT 'hours on the road; more than a day is usual',
  weight_kg decimal(8,3) DEFAULT NULL,
  tracking varchar(40) DEFAULT NULL,
  CONSTRAINT shipments_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE TABLE reviews (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  product_id int unsigned NOT NULL,
  customer_id bigint unsigned NOT NULL,
  stars tinyint unsigned NOT NULL,
  body mediumtext,
  written_at datetime NOT NULL DEFAULT '2020-01-01 00:00:00',
  KEY product_id (product_id, stars),
  CONSTRAINT reviews_product FOREIGN KEY (product_id) REFERENCES products (id),
  CONSTRAINT reviews_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
);

CREATE TABLE settings (
  name varchar(64) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  value longtext,
  is_secret tinyint(1) DEFAULT NULL
);

CREATE TABLE audit_log (
  happened_at datetime(6) NOT NULL,
  actor varchar(40) DEFAULT NULL,
  what text,
  KEY happened_at (happened_at)
) COMMENT='no key at all';

CREATE TABLE legacy_notes (
  id int NOT NULL PRIMARY KEY,
  body varchar(200) CHARACTER SET latin1 DEFAULT NULL,
  kana varchar(60) CHARACTER SET sjis DEFAULT NULL,
  wide varchar(60) CHARACTER SET ucs2 DEFAULT NULL,
  expired_on datetime DEFAULT NULL COMMENT 'holds zero dates'
) DEFAULT CHARSET=latin1;

CREATE TABLE `ImportBatches` (
  `BatchId` int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `FileName` varchar(100) NOT NULL,
  `Rows` bigint unsigned NOT NULL,
  `Checksum` bigint unsigned NOT NULL COMMENT 'larger than a signed 64-bit integer'
) AUTO_INCREMENT=90001;

CREATE TABLE empty_table (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  remark varchar(10) DEFAULT NULL
) AUTO_INCREMENT=500;

CREATE VIEW open_orders AS SELECT id, customer_id, total FROM orders WHERE state IN ('placed', 'paid');

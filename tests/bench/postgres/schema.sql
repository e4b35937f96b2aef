-- What pgbench claims from: one campaign's stock, and a coupon for each user of it.
CREATE TABLE stock (
  campaign_id bigint PRIMARY KEY,
  remaining   bigint NOT NULL
);
CREATE TABLE coupon (
  campaign_id bigint NOT NULL,
  user_id     text   NOT NULL,
  code        text   NOT NULL,
  issued_at   timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, user_id)
);
INSERT INTO stock VALUES (1, 1000000000);

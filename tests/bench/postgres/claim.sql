-- A claim as one transaction: is this the user's first, is there stock left, keep it. The stock comes last,
-- so that the row that everybody needs is held for as short as possible.
\set user random(1, 1000000000000000)
BEGIN;
INSERT INTO coupon (campaign_id, user_id, code, issued_at, expires_at)
  VALUES (1, 'user-' || lpad(:user::text, 15, '0'), upper(substr(md5(:user::text), 1, 16)), now(), now() + interval '7 days');
UPDATE stock SET remaining = remaining - 1 WHERE campaign_id = 1 AND remaining > 0;
END;

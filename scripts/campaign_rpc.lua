-- Campaigns made over the Campaign RPC: their period and their total are all the limits they have,
-- and those belong to the campaign itself. Coupons are issued to nobody.
return policy {
  name = "campaign_rpc",
  doc = "No rule: the campaign's own period and total are the only limits.",
  rules = {},
}

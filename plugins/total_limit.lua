-- How many coupons a campaign gives out in all, whatever its pool holds. The campaign's own `total`
-- is a limit already; this one is for a pool that is to be given out in parts.

return plugin {
  name = "total_limit", version = "1.0.0", priority = 250,
  doc = "At most `max` coupons over the whole campaign.",
  params = {
    max = { type = "integer", min = 0, required = true,
      doc = "How many coupons, redeemed and expired ones included. 0: none for now." },
  },

  issue = function(p, facts)
    local issued = facts.campaign.issued
    if issued >= p.max then
      return deny("sold_out", "All coupons have been given out.", { issued = issued, max = p.max })
    end
  end,
}

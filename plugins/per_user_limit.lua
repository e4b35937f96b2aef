-- How many coupons of a campaign one user may have. A coupon issued to nobody counts for nobody.

return plugin {
  name = "per_user_limit", version = "1.0.0", priority = 200,
  doc = "At most `max` coupons of the campaign per user (and per subject, when asked).",
  params = {
    max = { type = "integer", min = 1, default = 1, doc = "How many coupons, redeemed and expired ones included." },
    per = { type = "string", enum = { "campaign", "subject" }, default = "campaign",
      doc = "\"campaign\": over the whole campaign; \"subject\": for each subject (a work, a product, a store) anew." },
  },

  issue = function(p, facts)
    local held = p.per == "subject" and facts.user.issued_for_subject or facts.user.issued
    if held >= p.max then
      return deny("already_issued", "You already have this coupon.", { held = held, max = p.max })
    end
  end,
}

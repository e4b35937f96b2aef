local function claim(t, params, user)
  return t.decide {
    hook = "issue", rules = { per_user_limit(params) },
    facts = { user = user, subject = params.per == "subject" and "work:12" or nil },
  }
end

return test "per_user_limit" {
  ["a first coupon is given"] = function(t)
    t.allowed(claim(t, {}, { issued = 0 }))
  end,

  ["a second coupon is refused"] = function(t)
    local d = claim(t, { max = 1 }, { issued = 1 })
    t.denied(d, "already_issued")
    t.equal(d.detail, { held = 1, max = 1 })
    t.equal(d.sentence, "You already have this coupon.")
  end,

  ["without a maximum it is one"] = function(t)
    t.denied(claim(t, {}, { issued = 1 }), "already_issued")
  end,

  ["the maximum itself is reached, not passed"] = function(t)
    t.allowed(claim(t, { max = 3 }, { issued = 2 }))
    t.denied(claim(t, { max = 3 }, { issued = 3 }), "already_issued")
    t.denied(claim(t, { max = 3 }, { issued = 4 }), "already_issued")
  end,

  ["a redeemed coupon still counts"] = function(t)
    t.denied(claim(t, {}, { issued = 1, redeemed = 1 }), "already_issued")
  end,

  ["per subject, coupons for other subjects do not count"] = function(t)
    t.allowed(claim(t, { per = "subject" }, { issued = 5, issued_for_subject = 0 }))
    t.denied(claim(t, { per = "subject" }, { issued = 5, issued_for_subject = 1 }), "already_issued")
  end,

  ["per campaign, coupons for any subject count"] = function(t)
    t.denied(claim(t, { per = "campaign" }, { issued = 1, issued_for_subject = 0 }), "already_issued")
  end,

  ["whoever has reached the maximum is refused, and nobody else"] = function(t)
    t.forall {
      hook = "issue", rules = { per_user_limit { max = 3 } }, runs = 40,
      holds = { ["allowed below three"] = function(d, facts) return d.allowed == (facts.user.issued < 3) end },
    }
  end,
}

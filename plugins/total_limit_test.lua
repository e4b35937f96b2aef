local function claim(t, max, issued)
  return t.decide { hook = "issue", rules = { total_limit { max = max } }, facts = { campaign = { issued = issued } } }
end

return test "total_limit" {
  ["the last coupon is given, the next is not"] = function(t)
    t.allowed(claim(t, 100, 0))
    t.allowed(claim(t, 100, 99))
    local d = claim(t, 100, 100)
    t.denied(d, "sold_out")
    t.equal(d.detail, { issued = 100, max = 100 })
  end,

  ["a limit lowered below what was given refuses"] = function(t)
    t.denied(claim(t, 100, 250), "sold_out")
  end,

  ["a limit of 0 gives nothing"] = function(t)
    t.denied(claim(t, 0, 0), "sold_out")
  end,

  ["the campaign's own total makes no difference"] = function(t)
    local facts = { campaign = { total = 1000, issued = 100 } }
    t.denied(t.decide { hook = "issue", rules = { total_limit { max = 100 } }, facts = facts }, "sold_out")
  end,
}

local function ask(t, params, value, hook)
  params.attribute = "tier"
  return t.decide {
    hook = hook or "issue", rules = { segment(params) }, facts = { user = { attributes = { tier = value } } },
  }
end

local function outside(t, d, reason)
  t.denied(d, "not_in_segment")
  t.equal(d.detail, { attribute = "tier", reason = reason })
end

return test "segment" {
  ["any_of: one of the values"] = function(t)
    t.allowed(ask(t, { any_of = { "gold", "silver" } }, "silver"))
    outside(t, ask(t, { any_of = { "gold", "silver" } }, "bronze"), "not listed")
  end,

  ["any_of: a missing attribute is outside"] = function(t)
    outside(t, ask(t, { any_of = { "gold" } }, nil), "missing")
  end,

  ["any_of: values may be text, numbers and booleans, and are not converted"] = function(t)
    t.allowed(ask(t, { any_of = { 3 } }, 3))
    t.allowed(ask(t, { any_of = { true } }, true))
    t.allowed(ask(t, { any_of = { false } }, false))
    outside(t, ask(t, { any_of = { 3 } }, "3"), "not listed")
    outside(t, ask(t, { any_of = { "true" } }, true), "not listed")
    outside(t, ask(t, { any_of = { true } }, false), "not listed")
  end,

  ["none_of: none of the values"] = function(t)
    t.allowed(ask(t, { none_of = { "staff" } }, "gold"))
    outside(t, ask(t, { none_of = { "staff" } }, "staff"), "excluded")
    outside(t, ask(t, { none_of = { false } }, false), "excluded")
  end,

  ["none_of: a missing attribute is inside"] = function(t)
    t.allowed(ask(t, { none_of = { "staff" } }, nil))
  end,

  ["min and max: both ends belong to the range"] = function(t)
    local function at(value) return ask(t, { min = 20, max = 29 }, value) end
    outside(t, at(19), "below min")
    t.allowed(at(20))
    t.allowed(at(29))
    outside(t, at(30), "above max")
    outside(t, at(29.5), "above max")
  end,

  ["min and max: the range may be one number"] = function(t)
    t.allowed(ask(t, { min = 7, max = 7 }, 7))
    outside(t, ask(t, { min = 7, max = 7 }, 8), "above max")
  end,

  ["min or max alone"] = function(t)
    t.allowed(ask(t, { min = 0 }, 1000000))
    outside(t, ask(t, { min = 0 }, -1), "below min")
    t.allowed(ask(t, { max = 0 }, -1000000))
    outside(t, ask(t, { max = 0 }, 1), "above max")
  end,

  ["min and max: what is missing or no number is outside"] = function(t)
    outside(t, ask(t, { min = 0 }, nil), "missing")
    outside(t, ask(t, { max = 10 }, "5"), "not a number")
    outside(t, ask(t, { min = 0 }, true), "not a number")
  end,

  ["everything that is given must hold"] = function(t)
    local params = { any_of = { 1, 2, 3 }, none_of = { 2 }, min = 2 }
    outside(t, ask(t, params, 1), "below min")
    outside(t, ask(t, params, 2), "excluded")
    t.allowed(ask(t, params, 3))
    outside(t, ask(t, params, 4), "not listed")
  end,

  ["getting and using are both checked, unless the rule says one"] = function(t)
    for _, case in ipairs {
      -- on, refused at issue, refused at redeem
      { nil, true, true },
      { "both", true, true },
      { "issue", true, false },
      { "redeem", false, true },
    } do
      for i, hook in ipairs { "issue", "redeem" } do
        local d = ask(t, { any_of = { "gold" }, on = case[1] }, "bronze", hook)
        if case[i + 1] then outside(t, d, "not listed") else t.allowed(d) end
      end
    end
  end,

  ["two attributes take the rule twice"] = function(t)
    local rules = {
      segment { as = "tier", attribute = "tier", any_of = { "gold" } },
      segment { as = "age", attribute = "age", min = 20 },
    }
    local function claim(attributes)
      return t.decide { hook = "issue", rules = rules, facts = { user = { attributes = attributes } } }
    end
    t.allowed(claim { tier = "gold", age = 20 })
    t.denied(claim { tier = "gold", age = 19 }, "not_in_segment")
    t.denied(claim { tier = "bronze", age = 20 }, "not_in_segment")
  end,

  ["a rule that would let everybody in is refused"] = function(t)
    t.equal(t.misfit { rules = { segment { attribute = "tier" } } }, "params.segment: give any_of, none_of, min or max")
  end,
}

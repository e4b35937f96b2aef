local tea = { sku = "tea-100", tags = { "drinks", "organic" } }
local coffee = { sku = "coffee-250", tags = { "drinks" } }
local mug = { sku = "mug-1" }

local function use(t, params, items)
  return t.decide {
    hook = "redeem", rules = { product_filter(params) },
    facts = { order = items and { amount = 10000, currency = "KRW", items = items } or nil },
  }
end

return test "product_filter" {
  ["one included item is enough"] = function(t)
    t.allowed(use(t, { include_skus = { "tea-100" } }, { mug, tea }))
    t.allowed(use(t, { include_tags = { "organic" } }, { mug, tea }))
  end,

  ["an order without any included item is refused"] = function(t)
    local d = use(t, { include_skus = { "tea-100" }, include_tags = { "organic" } }, { mug, coffee })
    t.denied(d, "product_not_eligible")
    t.equal(d.detail, { mode = "any", items = 2, eligible = 0 })
    t.equal(d.sentence, "This coupon is not for the products in your order.")
  end,

  ["an item is included by its SKU or by one of its tags"] = function(t)
    local params = { include_skus = { "mug-1" }, include_tags = { "books", "organic" }, mode = "all" }
    t.allowed(use(t, params, { mug, tea }))
    t.denied(use(t, params, { mug, tea, coffee }), "product_not_eligible")
  end,

  ["mode all wants every item"] = function(t)
    local params = { include_tags = { "drinks" }, mode = "all" }
    t.allowed(use(t, params, { tea, coffee }))
    local d = use(t, params, { tea, coffee, mug })
    t.denied(d, "product_not_eligible")
    t.equal(d.detail, { mode = "all", items = 3, eligible = 2 })
    t.equal(d.sentence, "This coupon cannot be used on some of the products in your order.")
  end,

  ["an excluded item is not eligible, whatever includes it"] = function(t)
    t.denied(use(t, { include_tags = { "drinks" }, exclude_skus = { "tea-100" } }, { tea }), "product_not_eligible")
    t.denied(use(t, { include_skus = { "tea-100" }, exclude_tags = { "organic" } }, { tea }), "product_not_eligible")
  end,

  ["with exclusions alone every other item is eligible"] = function(t)
    local params = { exclude_tags = { "organic" } }
    t.allowed(use(t, params, { mug }))
    t.allowed(use(t, params, { tea, mug }))
    t.denied(use(t, params, { tea }), "product_not_eligible")
  end,

  ["mode all refuses an order with an excluded item"] = function(t)
    local params = { exclude_skus = { "mug-1" }, mode = "all" }
    t.allowed(use(t, params, { tea, coffee }))
    t.denied(use(t, params, { tea, mug }), "product_not_eligible")
  end,

  ["a part of a name is not the name"] = function(t)
    t.denied(use(t, { include_skus = { "tea" }, include_tags = { "drink" } }, { tea }), "product_not_eligible")
  end,

  ["without an order, or without its items, nothing can be checked"] = function(t)
    local params = { include_tags = { "drinks" } }
    t.denied(use(t, params), "order_required")
    t.denied(use(t, params, {}), "order_required")
    t.denied(use(t, { exclude_tags = { "drinks" }, mode = "all" }, {}), "order_required")
  end,

  ["a rule that would let every order pass is refused"] = function(t)
    t.equal(t.misfit { rules = { product_filter {} } },
      "params.product_filter: give include_skus, include_tags, exclude_skus or exclude_tags")
  end,
}

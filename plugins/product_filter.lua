-- Which products a coupon is for. It decides whether the coupon can be used on an order; how much
-- comes off is for other rules, and they look at the whole order.

-- Whether `list` is given and holds `value`.
local function holds(list, value)
  for _, held in ipairs(list or {}) do
    if held == value then return true end
  end
  return false
end

local function named_by(item, skus, tags)
  if holds(skus, item.sku) then return true end
  for _, tag in ipairs(item.tags) do
    if holds(tags, tag) then return true end
  end
  return false
end

local function is_eligible(p, item)
  if named_by(item, p.exclude_skus, p.exclude_tags) then return false end
  if not p.include_skus and not p.include_tags then return true end
  return named_by(item, p.include_skus, p.include_tags)
end

local function names(doc)
  return { type = "list", of = { type = "string", max_length = 128 }, min = 1, max = 1000, doc = doc }
end

return plugin {
  name = "product_filter", version = "1.0.0", priority = 400,
  doc = "Only for orders with certain products, or without others. "
    .. "An item is eligible when it is included and not excluded.",
  params = {
    include_skus = names("Items with these SKUs are included. With neither include list every item is."),
    include_tags = names("Items with one of these tags are included."),
    exclude_skus = names("Items with these SKUs are not eligible, whatever includes them."),
    exclude_tags = names("Items with one of these tags are not eligible, whatever includes them."),
    mode = { type = "string", enum = { "any", "all" }, default = "any",
      doc = "\"any\": one eligible item is enough; \"all\": every item must be eligible." },
  },

  check = function(p)
    if not (p.include_skus or p.include_tags or p.exclude_skus or p.exclude_tags) then
      return "give include_skus, include_tags, exclude_skus or exclude_tags"
    end
  end,

  redeem = function(p, facts)
    local items = facts.order and facts.order.items
    if not items or #items == 0 then
      return deny("order_required", "This coupon can only be used on an order that lists its items.")
    end
    local eligible = 0
    for _, item in ipairs(items) do
      if is_eligible(p, item) then eligible = eligible + 1 end
    end
    if eligible < (p.mode == "all" and #items or 1) then
      local sentence = p.mode == "all" and "This coupon cannot be used on some of the products in your order."
        or "This coupon is not for the products in your order."
      return deny("product_not_eligible", sentence, { mode = p.mode, items = #items, eligible = eligible })
    end
  end,
}

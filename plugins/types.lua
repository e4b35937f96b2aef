---@meta _
-- What the Lua language server (LuaLS, "sumneko") should know about plugins and scripts: completion,
-- parameter help and type errors in the editor. Not loaded by Scrip, and not part of the policy set.
--
-- Open the folder that holds plugins/ and scripts/ as the workspace; nothing needs to be configured.
-- Functions that the language server knows and Scrip does not have (string.find, os.time, pcall, ...)
-- are listed in plugins/README.md.

-- Time --------------------------------------------------------------------------------------------

---Microseconds since 1970-01-01T00:00:00Z.
---@alias scrip.Instant integer

---An instant in a test: microseconds, or RFC 3339 such as "2026-11-21T10:00:00+09:00".
---@alias scrip.TestInstant integer|string

---An IANA name such as "Asia/Seoul".
---@alias scrip.Zone string

---A percentage: an integer, or a decimal number as text ("12.5").
---@alias scrip.Decimal integer|string

---@class scrip.LocalTime
---@field year integer
---@field month integer 1 to 12
---@field day integer 1 to 31
---@field hour integer 0 to 23
---@field minute integer
---@field second integer
---@field microsecond integer
---@field weekday integer Monday 1 to Sunday 7
---@field yearday integer 1 to 366
---@field offset integer seconds east of UTC
---@field dst boolean daylight-saving time is in force
---@field zone string abbreviation, such as "KST"

---@class scrip.DateAndTime
---@field year integer
---@field month integer
---@field day integer may run over: day 32 is the first of the next month
---@field hour? integer default 0
---@field minute? integer default 0
---@field second? integer default 0

---What a wall clock in the zone shows at the instant.
---@param zone scrip.Zone
---@param instant scrip.Instant
---@return scrip.LocalTime
function local_time(zone, instant) end

---The instant at which a wall clock in the zone shows this. A time that the change to daylight
---saving skips gives the instant of the change; one that occurs twice gives the first.
---@param zone scrip.Zone
---@param time scrip.DateAndTime
---@return scrip.Instant
function instant_of(zone, time) end

---The local day that holds the instant: its first instant, and the first of the next day.
---@param zone scrip.Zone
---@param instant scrip.Instant
---@return scrip.Instant first
---@return scrip.Instant last not part of the day
function local_day(zone, instant) end

---The same time of day, so many days of the zone's calendar later.
---@param zone scrip.Zone
---@param instant scrip.Instant
---@param days integer below 0: before
---@return scrip.Instant
function days_later(zone, instant, days) end

-- Money -------------------------------------------------------------------------------------------

---@alias scrip.Rounding "floor"|"half_up"|"half_even"

---amount * percent / 100, exact, rounded as named.
---@param amount integer minor units
---@param percent scrip.Decimal
---@param rounding scrip.Rounding
---@return integer
function percent_of(amount, percent, rounding) end

-- Names of counters -------------------------------------------------------------------------------

---The text itself when it has at most 36 bytes (a UUID has), else "#" and 32 hexadecimal digits of its
---SHA-256: two texts never come out alike by chance, nor by choice. For users and subjects, which have
---up to 128 bytes, in the names of counters, which have 64.
---@param text string
---@return string
function short(text) end

-- Facts: read-only --------------------------------------------------------------------------------

---@class scrip.Campaign
---@field id string
---@field total? integer how many may be issued in all; nil: no limit
---@field issued integer coupons that were ever given out
---@field remaining? integer nil: no limit
---@field redeemed integer
---@field starts_at? scrip.Instant
---@field ends_at? scrip.Instant not part of the period
---@field timezone scrip.Zone
---@field metadata table<string, any> what the campaign was created with

---@class scrip.User
---@field id? string nil: issued to nobody
---@field issued integer coupons of the campaign that the user ever got
---@field issued_for_subject integer of these, for the subject of this decision
---@field redeemed integer of these, redeemed or held now
---@field attributes table<string, string|number|boolean> what the shop has told about the user

---@class scrip.Coupon
---@field code string
---@field created_at scrip.Instant when its code was made
---@field issued_at? scrip.Instant
---@field expires_at? scrip.Instant
---@field redeemed_at? scrip.Instant
---@field counted_at? scrip.Instant when the redemption was counted: earlier than redeemed_at when it was held
---@field discount? integer what the redemption gave (cancel), minor units
---@field currency? string of the discount

---@class scrip.OrderItem
---@field sku string
---@field quantity integer
---@field amount integer minor units, of all `quantity` together
---@field tags string[]

---@class scrip.Order
---@field id? string
---@field amount integer minor units
---@field currency string ISO 4217
---@field items scrip.OrderItem[]
---@field most_discount? integer what this coupon may give at most, when it is one of several and a cap has cut them (redeem)

---@class scrip.StackedCampaign
---@field id string
---@field metadata table<string, any>

---A coupon of an order with several.
---@class scrip.StackedCoupon
---@field code string
---@field campaign scrip.StackedCampaign
---@field group string the campaign's `metadata.stacking_group`; "default" without it
---@field issued_at scrip.Instant
---@field expires_at? scrip.Instant
---@field discount integer what its own rules would give, were it the only one

---@class scrip.Facts
---@field hook "issue"|"redeem"|"cancel"|"remind"|"stack"
---@field now scrip.Instant
---@field campaign scrip.Campaign nil in `stack`
---@field user scrip.User
---@field subject? string what besides the user a limit is counted per
---@field coupon scrip.Coupon not known yet when `counters` is called for an issue
---@field order? scrip.Order redeem; always in stack
---@field coupons scrip.StackedCoupon[] stack: by campaign and code, not as the caller named them
---@field discount integer what the rules that ran before this one have granted, at most the order's amount (redeem)
---@field counter table<string, integer> each counter that `counters` named

-- Plugins -----------------------------------------------------------------------------------------

---@class scrip.Verdict

---Refuses.
---@param code string what programs read: [a-z][a-z0-9_]*, up to 64 characters
---@param sentence string what the customer reads, up to 500 bytes
---@param detail? table what the operator reads: plain values, up to 2 KiB of JSON
---@return scrip.Verdict
function deny(code, sentence, detail) end

---@class scrip.Effect
---@field expires_at? scrip.Instant of several rules the earliest counts (issue)
---@field discount? integer 0 to the order's amount; those of several rules add up (redeem)
---@field count? table<string, integer> what is added to counters, in the commit of the decision
---@field note? string kept in the trace; in `remind`, the text of the notice
---@field once? string|integer in `remind`: what the notice is called; a coupon gets one of a name
---@field order? integer[] in `stack`: the places of facts.coupons, the first applied first; one rule may say it
---@field base? "remaining"|"original" in `stack`: what each coupon is computed from; one rule may say it
---@field cap? integer in `stack`: the most that all of them take off; of several rules the smallest counts

---Allows, with an effect.
---@param effect scrip.Effect
---@return scrip.Verdict
function effect(effect) end

---@class scrip.Param
---@field type "integer"|"boolean"|"string"|"decimal"|"instant"|"zone"|"currency"|"scalar"|"list"|"record"
---@field doc? string
---@field default? any
---@field required? boolean
---@field min? integer integer, decimal: smallest value; list: fewest members
---@field max? integer integer, decimal: largest value; list: most members
---@field enum? string[] string: the values
---@field max_length? integer string: bytes
---@field or_false? boolean integer: false fits too, for none
---@field of? scrip.Param list: its members
---@field fields? table<string, scrip.Param> record: its members by name

---@alias scrip.Hook fun(p: table, facts: scrip.Facts): scrip.Verdict?

---@class scrip.Plugin
---@field name string what scripts call it: [a-z][a-z0-9_]*
---@field version string "1.0.0"
---@field priority? integer lower runs first; default 500
---@field doc string
---@field params? table<string, scrip.Param>
---@field check? fun(p: table): string? a sentence when the parameters do not fit together
---@field counters? fun(p: table, facts: scrip.Facts): string[] names of the counters that the hooks read
---@field window? fun(p: table, facts: scrip.Facts): scrip.Instant?, scrip.Instant? when `issue` does not refuse for the time: the window that is open at `facts.now` or the next one, its opening and its closing instant
---@field issue? scrip.Hook
---@field redeem? scrip.Hook
---@field cancel? scrip.Hook
---@field remind? scrip.Hook
---@field stack? scrip.Hook for the policy `stacking`: whether the coupons of an order go together, and how
---@field remind_from? fun(p: table): integer?, scrip.Zone? from how many days before a coupon's last day on `remind` is asked, and in whose days; nothing: never

---@param manifest scrip.Plugin
---@return scrip.Plugin
function plugin(manifest) end

-- Scripts -----------------------------------------------------------------------------------------

---A plugin with parameters.
---@class scrip.Rule

---@class scrip.RuleParams
---@field as? string the rule's name; needed when a policy uses a plugin twice

---@class scrip.Policy
---@field name string the file's name
---@field doc? string
---@field rules scrip.Rule[]

---@param policy scrip.Policy
---@return scrip.Policy
function policy(policy) end

---@alias scrip.Weekday "mon"|"tue"|"wed"|"thu"|"fri"|"sat"|"sun"

---@class scrip.EventWindowParams : scrip.RuleParams
---@field timezone? scrip.Zone default: the campaign's
---@field daily? string[] the windows of a day, "10:00/1m"; default: the whole day
---@field days? scrip.Weekday[] default: every day
---@field first_day? string "2026-11-21"; default: no first
---@field last_day? string default: no last
---@field quota? integer coupons a window

---Gives coupons out only while a window is open, and at most `quota` in each window.
---@param params scrip.EventWindowParams
---@return scrip.Rule
function event_window(params) end

---@class scrip.SegmentParams : scrip.RuleParams
---@field attribute string
---@field any_of? (string|number|boolean)[]
---@field none_of? (string|number|boolean)[]
---@field min? integer
---@field max? integer
---@field on? "issue"|"redeem"|"both" default: "both"

---Only for users whose attribute is one of some values, none of others, or a number in a range.
---@param params scrip.SegmentParams
---@return scrip.Rule
function segment(params) end

---@class scrip.PerUserLimitParams : scrip.RuleParams
---@field max? integer default: 1
---@field per? "campaign"|"subject" default: "campaign"

---At most `max` coupons of the campaign per user (and per subject, when asked).
---@param params scrip.PerUserLimitParams
---@return scrip.Rule
function per_user_limit(params) end

---@class scrip.TotalLimitParams : scrip.RuleParams
---@field max integer

---At most `max` coupons over the whole campaign.
---@param params scrip.TotalLimitParams
---@return scrip.Rule
function total_limit(params) end

---@class scrip.DailyCapParams : scrip.RuleParams
---@field max integer
---@field on? "issue"|"redeem" default: "issue"
---@field per? "campaign"|"user" default: "campaign"
---@field timezone? scrip.Zone default: the campaign's

---At most `max` coupons are issued (or redeemed) per local day, over the campaign or per user.
---@param params scrip.DailyCapParams
---@return scrip.Rule
function daily_cap(params) end

---@class scrip.FirstOrderOnlyParams : scrip.RuleParams
---@field attribute? string default: "orders"

---Only for a user who has made no order yet.
---@param params scrip.FirstOrderOnlyParams
---@return scrip.Rule
function first_order_only(params) end

---@class scrip.ProductFilterParams : scrip.RuleParams
---@field include_skus? string[]
---@field include_tags? string[]
---@field exclude_skus? string[]
---@field exclude_tags? string[]
---@field mode? "any"|"all" default: "any"

---Only for orders with certain products, or without others.
---@param params scrip.ProductFilterParams
---@return scrip.Rule
function product_filter(params) end

---@class scrip.CancelWindowParams : scrip.RuleParams
---@field hours? integer
---@field minutes? integer

---Cancelling is allowed for `hours` and `minutes` after the redemption.
---@param params scrip.CancelWindowParams
---@return scrip.Rule
function cancel_window(params) end

---@class scrip.DiscountParams : scrip.RuleParams
---@field amount? integer minor units; this or percent
---@field percent? scrip.Decimal this or amount
---@field max_amount? integer
---@field min_order? integer
---@field rounding? scrip.Rounding default: "floor"
---@field currency? string ISO 4217; default: any

---Takes a fixed amount or a percentage off the order.
---@param params scrip.DiscountParams
---@return scrip.Rule
function discount(params) end

---@class scrip.ExampleParams : scrip.RuleParams
---@field from_hour integer
---@field to_hour integer
---@field percent? scrip.Decimal default: 5
---@field orders? integer default: 100
---@field only? boolean default: false

---An extra discount during happy hour.
---@param params scrip.ExampleParams
---@return scrip.Rule
function example(params) end

---@class scrip.ExpiryParams : scrip.RuleParams
---@field days? integer
---@field hours? integer
---@field from? "issued"|"created" default: "issued"
---@field at? string RFC 3339
---@field end_of_day? boolean default: false
---@field timezone? scrip.Zone default: the campaign's
---@field remind_days? integer[]
---@field remind_text? string {days} stands for the days that are left
---@field remind_text_today? string

---Ends a coupon some time after it was issued (or its code was made), or at an instant.
---@param params scrip.ExpiryParams
---@return scrip.Rule
function expiry(params) end

---@class scrip.BudgetParams : scrip.RuleParams
---@field max integer
---@field currency? string ISO 4217

---Refuses a redemption that would bring the discounts of the campaign above `max`.
---@param params scrip.BudgetParams
---@return scrip.Rule
function budget(params) end

---@class scrip.QuotaLimit
---@field what "issued"|"redeemed"|"discount"
---@field limit? integer|false the most of it, money in minor units; nil or false: no limit
---@field period "daily"|"weekly"|"monthly"|"campaign"
---@field per "user"|"subject"|"campaign"

---@class scrip.QuotaParams : scrip.RuleParams
---@field limits scrip.QuotaLimit[]
---@field timezone? scrip.Zone default: the campaign's
---@field currency? string ISO 4217

---Limits on coupons issued, coupons redeemed and money given away, by day, week, month or campaign.
---@param params scrip.QuotaParams
---@return scrip.Rule
function quota(params) end

---@class scrip.StackGroup
---@field group string
---@field most? integer so many of the group an order
---@field alone? boolean no other group beside it
---@field with? string[] only these beside it; default: all

---@class scrip.StackGroupsParams : scrip.RuleParams
---@field most? integer so many coupons an order
---@field groups? scrip.StackGroup[]

---How many coupons an order takes, and which groups go together.
---@param params scrip.StackGroupsParams
---@return scrip.Rule
function stack_groups(params) end

---@class scrip.StackOrderParams : scrip.RuleParams
---@field first? string[] groups, in the order in which they are applied
---@field by? "expiry"|"issued"|"largest"|"smallest" default: "expiry"
---@field base? "remaining"|"original" default: "remaining"

---In which order coupons are applied, and from what each is computed.
---@param params scrip.StackOrderParams
---@return scrip.Rule
function stack_order(params) end

---@class scrip.OrderCapParams : scrip.RuleParams
---@field amount? integer minor units
---@field percent? scrip.Decimal of the order
---@field currency? string ISO 4217; required with amount

---How much all coupons of an order take off together, at most.
---@param params scrip.OrderCapParams
---@return scrip.Rule
function order_cap(params) end

-- Tests -------------------------------------------------------------------------------------------

---@class scrip.TestCampaign
---@field id? string default: "test"
---@field total? integer
---@field issued? integer
---@field remaining? integer default: total - issued
---@field redeemed? integer
---@field starts_at? scrip.TestInstant
---@field ends_at? scrip.TestInstant
---@field timezone? scrip.Zone default: "UTC"
---@field metadata? table<string, any>

---@class scrip.TestUser
---@field id? string default: "user-1"
---@field issued? integer
---@field issued_for_subject? integer
---@field redeemed? integer
---@field attributes? table<string, string|number|boolean>

---@class scrip.TestCoupon
---@field code? string
---@field created_at? scrip.TestInstant
---@field issued_at? scrip.TestInstant
---@field expires_at? scrip.TestInstant
---@field redeemed_at? scrip.TestInstant
---@field counted_at? scrip.TestInstant default: redeemed_at
---@field discount? integer
---@field currency? string

---@class scrip.TestItem
---@field sku string
---@field quantity? integer default: 1
---@field amount? integer default: 0
---@field tags? string[]

---@class scrip.TestOrder
---@field id? string
---@field amount integer
---@field currency string
---@field items? scrip.TestItem[]
---@field most_discount? integer

---@class scrip.TestStackedCoupon
---@field code? string default: "TEST-CODE-1" and so on
---@field group? string default: that of the metadata
---@field campaign? { id?: string, metadata?: table<string, any> }
---@field issued_at? scrip.TestInstant default: now
---@field expires_at? scrip.TestInstant
---@field discount? integer default: 0

---Only what a test is about; the rest has defaults.
---@class scrip.TestFacts
---@field now? scrip.TestInstant default: 2026-01-01T00:00:00Z
---@field campaign? scrip.TestCampaign
---@field user? scrip.TestUser
---@field subject? string
---@field coupon? scrip.TestCoupon
---@field order? scrip.TestOrder
---@field counter? table<string, integer> default: 0 each
---@field coupons? scrip.TestStackedCoupon[] stack: required

---@class scrip.Question
---@field hook "issue"|"redeem"|"cancel"|"remind"|"stack"
---@field rules? scrip.Rule[] these rules,
---@field policy? string or those of this script
---@field params? table<string, table> what a campaign overrides, by rule
---@field facts? scrip.TestFacts

---@class scrip.TraceEntry
---@field rule string
---@field result "passed"|"effect"|"denied"|"failed"
---@field code? string

---@class scrip.Decision
---@field allowed boolean
---@field failed boolean a rule raised an error or returned nonsense
---@field code? string
---@field sentence? string
---@field detail? table
---@field expires_at? scrip.Instant
---@field discount? integer
---@field order? integer[] stack
---@field base? "remaining"|"original" stack
---@field cap? integer stack
---@field count table<string, integer>
---@field notes string[]
---@field trace scrip.TraceEntry[]

---@class scrip.Tester
local tester = {}

---Asks the rules.
---@param question scrip.Question
---@return scrip.Decision
function tester.decide(question) end

---@param text string RFC 3339 with an offset
---@return scrip.Instant
function tester.at(text) end

---@param decision scrip.Decision
function tester.allowed(decision) end

---@param decision scrip.Decision
---@param code string
function tester.denied(decision, code) end

---@param decision scrip.Decision
function tester.failed(decision) end

---@param decision scrip.Decision
---@param amount integer
function tester.discount(decision, amount) end

---@param decision scrip.Decision
---@param instant? scrip.TestInstant nil: it does not expire
function tester.expires_at(decision, instant) end

---@param decision scrip.Decision
---@param name string
---@param change integer
function tester.counted(decision, name, change) end

---@param got any
---@param wanted any
---@param message? string
function tester.equal(got, wanted, message) end

---@param value any
---@param message? string
function tester.ok(value, message) end

---@class scrip.Ask
---@field rules? scrip.Rule[]
---@field policy? string
---@field params? table<string, table>
---@field facts? scrip.TestFacts

---The window that is open, or the next one; nil: none.
---@param question scrip.Ask
---@return { opens_at: scrip.Instant, closes_at?: scrip.Instant }?
function tester.window(question) end

---From when on the rules want to be asked about reminders.
---@param question scrip.Ask
---@return { days: integer, zone?: scrip.Zone }[]
function tester.reminding(question) end

---Why the rules do not take their parameters; nil: they do.
---@param question scrip.Ask
---@return string?
function tester.misfit(question) end

---@alias scrip.Property fun(decision: scrip.Decision, facts: scrip.Facts): boolean, string?

---@class scrip.Forall : scrip.Question
---@field holds table<integer|string, "never_negative"|"never_above_order"|"monotone_in_amount"|scrip.Property>
---@field runs? integer default: 100

---Asks about made-up facts, and looks whether what `holds` names holds for each.
---@param question scrip.Forall
function tester.forall(question) end

---In the facts of t.forall: any from a to b, both included.
---@generic T : integer|string
---@param a T
---@param b T
---@return T
function tester.between(a, b) end

---In the facts of t.forall: any of these; false: absent.
---@generic T
---@param values T[]
---@return T
function tester.one_of(values) end

---In the facts of t.forall: 0 to `most` items.
---@generic T
---@param item T
---@param most integer
---@return T[]
function tester.list_of(item, most) end

---@class scrip.Case : scrip.TestFacts
---@field hook? "issue"|"redeem"|"cancel"|"remind"|"stack"
---@field rules? scrip.Rule[]
---@field policy? string
---@field params? table<string, table>
---@field facts? scrip.TestFacts
---@field allowed? true
---@field denied? string|true
---@field failed? true
---@field discount? integer|false
---@field expires_at? scrip.TestInstant|false
---@field counted? table<string, integer>
---@field notes? string[]
---@field sentence? string
---@field detail? table

---A case of a table of cases: `case "name" { order = { amount = 1000 }, discount = 100 }`.
---@param name string
---@return fun(members: scrip.Case): table
function case(name) end

---A test file: `return test "title" { ["what holds"] = function(t) ... end }`. A table of cases may
---stand in the function's place.
---@param title string
---@return fun(tests: table<string, fun(t: scrip.Tester)|table>): table
function test(title) end

-- Plain text functions in place of Lua's patterns ------------------------------------------------------

---Whether `text` occurs in `s`.
---@param s string
---@param text string
---@return boolean
function string.contains(s, text) end

---Whether `s` begins with `text`.
---@param s string
---@param text string
---@return boolean
function string.starts_with(s, text) end

---The pieces of `s` between separators.
---@param s string
---@param separator string
---@return string[]
function string.split(s, separator) end

-- Brings a webhook's state in its partition up to its definition.
-- ARGV[3] webhook · ARGV[4] revision · ARGV[5] active · ARGV[6] paused · ARGV[7] slots of its own, 0 = default
-- ARGV[8] attempts per minute, 0 = unlimited
-- ARGV[9] leaving · ARGV[10] "1" = what waits is due at once, oldest first, and the webhook counts as healthy
-- Returns JSON: hints, notes
local id = ARGV[3]
local w = load_webhook(id) or { id = id }
if tonumber(ARGV[4]) < num(w, "rev") then return cjson.encode(reply) end
local was_active = is_active(w)
local known = w.rev ~= nil
local paused = tonumber(ARGV[6])
if paused == 1 and num(w, "ps") == 0 then save(w, "ps", running_now()) end
if paused == 0 and num(w, "ps") > 0 then save(w, "pz", num(w, "pz") + running_now() - num(w, "ps"), "ps", 0) end
save(w, "rev", ARGV[4], "act", ARGV[5], "pau", paused, "conc", ARGV[7], "rl", ARGV[8], "lv", ARGV[9])
if not known then save(w, "in", ARGV[4]) end
if known and not was_active and is_active(w) then save(w, "pd", now, "gn", 0, "hr", num(w, "hr") + 1) end
if ARGV[10] == "1" and known then start_over(w) end
advance(w)
return cjson.encode(reply)

-- Orders that everything is paused, or goes on.
-- KEYS[1] pause
-- ARGV[1] 1 = paused, 0 = goes on · ARGV[2] now in ms, empty = Redis TIME
-- ARGV[3] the newest order that a partition has heard of: one that is not known here was lost, and this one is newer
-- Returns the number of the order, and since when everything is paused, 0 = it is not
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local kept = redis.call("HMGET", KEYS[1], "rv", "at")
local order, since = tonumber(kept[1] or 0), tonumber(kept[2] or 0)
local heard = tonumber(ARGV[3])
local is_other = (since > 0) ~= (ARGV[1] == "1")
if is_other or heard > order then
  -- Also where a Redis that took another one's place has not heard of the last one, this one is newer.
  order = math.max(order + 1, heard + 1, now)
  if is_other then since = ARGV[1] == "1" and now or 0 end
  redis.call("HSET", KEYS[1], "rv", string.format("%d", order), "at", string.format("%d", since))
end
return { order, since }

-- Remembers when an API key was last used, if it is still there.
-- KEYS[1] API keys · KEYS[2] uses
-- ARGV[1] id · ARGV[2] now in ms, empty = Redis TIME
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
if redis.call("HEXISTS", KEYS[1], ARGV[1]) == 1 then redis.call("HSET", KEYS[2], ARGV[1], now) end

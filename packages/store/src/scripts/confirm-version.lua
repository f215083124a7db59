-- An API process says which version it routes by, and that it lives.
-- KEYS[1] version · KEYS[2] processes · KEYS[3] confirmed
-- ARGV[1] process · ARGV[2] version · ARGV[3] now in ms, empty = Redis TIME
-- Returns the current version
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call("ZADD", KEYS[2], now, ARGV[1])
-- Who is said to have been heard of later than now was heard of before the clock was set back.
for _, other in ipairs(redis.call("ZRANGEBYSCORE", KEYS[2], now + 1000, "+inf")) do redis.call("ZADD", KEYS[2], now, other) end
redis.call("HSET", KEYS[3], ARGV[1], ARGV[2])
-- Processes that have been silent for a minute are forgotten.
for _, gone in ipairs(redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", now - 60000)) do
  redis.call("ZREM", KEYS[2], gone)
  redis.call("HDEL", KEYS[3], gone)
end
return redis.call("GET", KEYS[1]) or "0"

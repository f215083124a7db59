-- A worker says that it lives.
-- KEYS[1] workers
-- ARGV[1] process · ARGV[2] now in ms, empty = Redis TIME
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call("ZADD", KEYS[1], now, ARGV[1])
-- Who is said to have been heard of later than now was heard of before the clock was set back.
for _, other in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], now + 1000, "+inf")) do redis.call("ZADD", KEYS[1], now, other) end
-- Who has been silent for a minute is forgotten.
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - 60000)
return redis.status_reply("OK")
